"""Words for what ``roost doctor`` finds in the project here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from roost.rules import startup
from roost.rules.errors import to_type
from roost.rules.findings import Area, Finding, Level
from roost.rules.model import NAME_FILE, Problem
from roost.rules.startup import Line

# What ``roost status`` says of a project that is ready, too.
_SURPRISES: Final = {
    "newer-interpreter": "this env does not have the fixes of that release",
    "pyenv-version-set": "pyenv and its shims follow that variable, roost does not",
    "other-env-active": "`python` and `pip` are that env's here",
}


def project(problems: Iterable[Problem]) -> Iterator[Finding]:
    """What ``roost status`` says here."""
    for each in problems:
        why = _SURPRISES.get(each.code)
        level = Level.NOTICE if why else Level.PROBLEM
        yield Finding(Area.PROJECT, level, each.code, each.message, why or "the project's env cannot be activated", each.command, each.advice, each.file)


def ignored(file: Path, why_ignored: str) -> Finding:
    """A project file that git leaves out, as GitHub's own template for Python once did."""
    command = f"printf '\\n!{file.name}\\n' >> {to_type(file.parent / '.gitignore')}"
    why = "a clone of the project does not contain it, and so has no env"
    return Finding(Area.PROJECT, Level.PROBLEM, "file-ignored", f"git ignores {file.name} ({why_ignored})", why, command, file=str(file))


def direnv_layout(line: Line) -> Finding:
    """direnv makes and turns on an env of its own here. To have it trust the rest of the file is no advice to give."""
    command = startup.taken_out(line)
    message = f"{line.place} makes direnv activate an env of its own"
    why = f"it replaces the one that {NAME_FILE} names"
    advice = "direnv then asks you about the rest of the file" if command else "remove it from that file"
    return Finding(Area.PROJECT, Level.PROBLEM, "second-activator", message, why, command, advice, str(line.file))
