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
    "newer-interpreter": "what was corrected in that release is not in this env",
    "pyenv-version-set": "pyenv and its shims follow that variable, roost does not",
    "other-env-active": "`python` and `pip` are that env's here",
}


def project(problems: Iterable[Problem]) -> Iterator[Finding]:
    """What ``roost status`` says here."""
    for each in problems:
        why = _SURPRISES.get(each.code)
        level = Level.NOTICE if why else Level.PROBLEM
        yield Finding(Area.PROJECT, level, each.code, each.message, why or "the project's env cannot be turned on", each.command, each.advice, each.file)


def ignored(file: Path, why_ignored: str) -> Finding:
    """A project file that git leaves out, as GitHub's own template for Python once did."""
    command = f"printf '\\n!{file.name}\\n' >> {to_type(file.parent / '.gitignore')}"
    why = "who clones the project does not get it, and has no env"
    return Finding(Area.PROJECT, Level.PROBLEM, "file-ignored", f"git ignores {file.name} ({why_ignored})", why, command, file=str(file))


def direnv_layout(line: Line) -> Finding:
    """direnv makes and turns on an env of its own here. To have it trust the rest of the file is no advice to give."""
    command = startup.taken_out(line)
    message = f"{line.place} has direnv turn on an env of its own"
    why = f"it takes the place of the one that {NAME_FILE} names"
    advice = "direnv then asks you about the rest of the file" if command else "take it out of that file"
    return Finding(Area.PROJECT, Level.PROBLEM, "second-activator", message, why, command, advice, str(line.file))
