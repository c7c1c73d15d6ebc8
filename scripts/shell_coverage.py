"""Which lines of the shell half did the tests run? Reads the traces that tests/support/trace.py lets the shells write.

python -m scripts.shell_coverage DIRECTORY [LEAST_PER_CENT]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_SHELL: Final = Path(__file__).resolve().parents[1] / "shell"
_BASH: Final = re.compile(r"\++(?P<file>/[^:]*):(?P<function>[^:]*):(?P<options>[^:]*):(?P<line>\d+):")
_ZSH: Final = re.compile(r"\++(?P<file>/[^:]*):(?P<function>):(?P<options>):(?P<line>\d+):")
_FISH: Final = re.compile(r"\d+\t\d+\t-*> (?P<command>.*)")
# What no shell traces: the words that hold a command together, the head of a function, a pattern of `case`.
_FRAME: Final = re.compile(
    r"""(?x) (?: [{}()\s;&|]|\b(?:fi|else|esac|done|do|then|in|end|begin)\b|>/dev/null|2>&1)* (?:\#.*)? $
    | [\w-]+\(\)\s*\{ | function\s | [^\s()]+\)\s*(?:;;)?$ | '?\S*'?\)\s*;;$ | case\s.*\s\S+$ | (?:if|while)\s*$ | for\s+\w+\s+in\b.*do$ | for\s+\w+;\s*do$"""
)
_LEADING: Final = re.compile(r"^(?:(?:if|else if|while|and|or|not|begin|else|!)[ ;]+)+")


def main(directory: Path, least: int) -> int:
    traced = {name: set[int]() for name in ("core.sh", "roost.bash", "roost.zsh")}
    for trace in [*directory.glob("bash.*"), *directory.glob("zsh.*")]:
        for name, line in lines_in(trace):
            if name in traced:
                traced[name].add(line)
    commands = {" ".join(command.split()) for trace in directory.glob("fish.*") for command in _commands_in(trace)}
    covered = {name: by_number(_SHELL / name, lines) for name, lines in traced.items()}
    covered["roost.fish"] = by_text(_SHELL / "roost.fish", commands)
    poor = False
    for name, (lines, ran) in covered.items():
        share = 100 * len(ran) / len(lines)
        poor |= share < least
        missed = ", ".join(map(str, sorted(lines - ran)))
        print(f"{name:12} {share:5.1f} %  {len(ran)} of {len(lines)} lines{f'; not run: {missed}' if missed else ''}")
    return 1 if poor else 0


def lines_in(trace: Path) -> Iterator[tuple[str, int]]:
    """The file and the line of each command that was traced."""
    pattern = _BASH if trace.name.startswith("bash") else _ZSH
    starts: dict[tuple[str, str], int] = {}
    for file in ("core.sh", "roost.bash"):
        for number, text in enumerate((_SHELL / file).read_text(encoding="utf-8").splitlines(), 1):
            if head := re.match(r"(\w+)\(\)", text):
                starts[file, head[1]] = number
    with trace.open(encoding="utf-8", errors="replace") as stream:
        for text in stream:
            if found := pattern.match(text):
                name, line = Path(found["file"]).name, int(found["line"])
                if "i" in found["options"]:
                    line += starts.get((name, found["function"]), 1) - 1
                yield name, line


def _commands_in(trace: Path) -> Iterator[str]:
    with trace.open(encoding="utf-8", errors="replace") as stream:
        for text in stream:
            if found := _FISH.match(text):
                yield found["command"]


def _groups(path: Path) -> Iterator[list[tuple[int, str]]]:
    """The lines that make one command: a command may go on in the next line."""
    group: list[tuple[int, str]] = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        stripped = text.strip()
        if not group and (not stripped or stripped.startswith("#")):
            continue
        group.append((number, stripped))
        if not stripped.endswith(("\\", "&&", "||", "|")):
            yield group
            group = []


def by_number(path: Path, ran: set[int]) -> tuple[set[int], set[int]]:
    lines, hit = set(), set()
    for group in _groups(path):
        if all(_FRAME.match(text) for _, text in group):
            continue
        lines.add(group[0][0])
        if any(number in ran for number, _ in group):
            hit.add(group[0][0])
    return lines, hit


def by_text(path: Path, ran: set[str]) -> tuple[set[int], set[int]]:
    """fish's profile holds each command as it is written, and no line numbers."""
    lines, hit = set(), set()
    for group in _groups(path):
        text = " ".join(part.removesuffix("\\") for _, part in group)
        first = " ".join(_LEADING.sub("", re.split(r"\s#\s|; |\s\|\s|&&|\|\|", _LEADING.sub("", text, count=1))[0], count=1).rstrip(";").split())
        if _FRAME.match(text) or not first or first in {"end", "else", "switch"} or first.startswith("case "):
            continue
        lines.add(group[0][0])
        if any(command == first or command.endswith(first) or command.startswith(first) for command in ran):
            hit.add(group[0][0])
    return lines, hit


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
