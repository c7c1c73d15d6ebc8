"""For which kinds of processor a program was built, and what this Mac has: Apple's processors also run Intel's programs (W6)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from roost.machine.files import read_bounded
from roost.machine.process import ProcessFailed, run

# The numbers by which the head of a Mac's program (Mach-O) names kinds of processor.
_KINDS: Final = {0x01000007: "x86_64", 0x0100000C: "arm64"}
# How that head begins: of a program for one kind, and of a universal one, which holds several programs.
_SINGLE: Final = 0xFEEDFACF
_SEVERAL: Final = 0xCAFEBABE
_PATIENCE: Final = 10.0  # seconds


def of_program(path: Path) -> frozenset[str]:
    """The kinds of processor that a Mac's program is for; empty for whatever is none."""
    try:
        head = read_bounded(path, 4096)
    except OSError:
        return frozenset()
    if len(head) < 8:
        return frozenset()
    if struct.unpack("<I", head[:4])[0] == _SINGLE:
        kinds = [struct.unpack("<I", head[4:8])[0]]
    elif struct.unpack(">I", head[:4])[0] == _SEVERAL:
        count = min(struct.unpack(">I", head[4:8])[0], (len(head) - 8) // 20)
        kinds = [struct.unpack_from(">I", head, 8 + 20 * number)[0] for number in range(count)]
    else:
        kinds = []
    return frozenset(_KINDS[kind] for kind in kinds if kind in _KINDS)


def is_apple_silicon(environ: Mapping[str, str]) -> bool:
    """Has this Mac one of Apple's own processors? Also from a program that Rosetta translates, to which it claims to be Intel's."""
    try:
        return run(["sysctl", "-n", "hw.optional.arm64"], environ, timeout=_PATIENCE).output.strip() == "1"
    except ProcessFailed:
        return False
