"""Kernelspecs on disk, by looks alone: which there are, and whether each can start."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Final

from roost.machine.environments import has_ipykernel, python_version
from roost.machine.files import read_bounded
from roost.rules.kernelspec import Kernel, KernelState, parse_mark

_LIMIT: Final = 1 << 20  # bytes of a kernel.json
_MINOR: Final = re.compile(r"(?:python|pypy)([0-9]+\.[0-9]+)t?")


def scan(directory: Path) -> list[Kernel]:
    """The kernels in one kernels directory, by name, as they are written; empty if it is not there. See ``judged``."""
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return []
    return [_read(directory / name) for name in names if os.path.isfile(directory / name / "kernel.json")]


def find(directory: Path, name: str) -> Kernel | None:
    """The kernel of that name, in whatever letters; the exact one if there are two."""
    return called(name, scan(directory))


def called(name: str, present: list[Kernel]) -> Kernel | None:
    """The same among ``present``."""
    alike = [kernel for kernel in present if kernel.name.lower() == name.lower()]
    return next((kernel for kernel in alike if kernel.name == name), alike[0] if alike else None)


def judged(kernel: Kernel) -> Kernel:
    """The kernel with its state: can it start, as far as a look at its env can tell?"""
    if kernel.state is KernelState.BROKEN:
        return kernel
    try:
        reason = _fault(kernel)
    except OSError as error:
        reason = f"its env cannot be read: {error.strerror}"
    return kernel._replace(state=KernelState.STALE, reason=reason) if reason else kernel


def _read(path: Path) -> Kernel:
    """A row for whatever lies there: a file that cannot be used is a row too."""
    broken = Kernel(path.name, path, "", "", None, KernelState.BROKEN)
    try:
        document = json.loads(read_bounded(path / "kernel.json", _LIMIT))
    except OSError as error:
        return broken._replace(reason=f"kernel.json cannot be read: {error.strerror}")
    except (ValueError, RecursionError):
        return broken._replace(reason="kernel.json cannot be read: it is not JSON")
    argv = document.get("argv") if isinstance(document, dict) else None
    if not argv or not isinstance(argv, list) or not all(isinstance(word, str) for word in argv):
        return broken._replace(reason="kernel.json has no argv")
    return Kernel(path.name, path, str(document.get("display_name", "")), argv[0], parse_mark(document), KernelState.OK)


def _fault(kernel: Kernel) -> str:
    """Why a kernel cannot start, as far as a look can tell; empty if it can."""
    python = Path(kernel.interpreter)
    if not python.is_absolute():
        return ""  # what it means depends on the Jupyter that starts it
    if not os.path.lexists(python):
        return f"the interpreter is gone: {python}"
    try:
        mode = python.stat().st_mode
    except OSError:
        return f"{python} is a broken link"
    if not stat.S_ISREG(mode) or not os.access(python, os.X_OK):
        return f"{python} cannot be run"
    if kernel.mark is None:
        return ""
    version = python_version(kernel.mark.env)
    now = _MINOR.fullmatch(python.resolve().name)
    if now and not f"{version}.".startswith(f"{now[1]}."):
        return f"{kernel.mark.env} was made for Python {version}, and its python is {now[1]} now"
    if not has_ipykernel(kernel.mark.env):
        return f"ipykernel is not installed in {kernel.mark.env} (Python {version})"
    return ""
