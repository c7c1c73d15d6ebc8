"""What ``roost doctor`` finds: what, where, why it matters and what corrects it (W1)."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import NamedTuple

from roost.rules.errors import RoostError, to_type


class Area(str, enum.Enum):
    """What a finding is about, in the order in which they are shown."""

    MACHINE = "machine"
    SHELL = "shell"
    ENVS = "envs"
    PROJECT = "project"


class Level(str, enum.Enum):
    """Does something have to be corrected, or is it only good to know?"""

    PROBLEM = "problem"
    NOTICE = "notice"


class Finding(NamedTuple):
    """``message``: what, and where if ``file`` does not say it; ``why`` it matters; ``command`` can be typed as it stands, ``advice`` is a sentence."""

    area: Area
    level: Level
    code: str
    message: str
    why: str
    command: str = ""
    advice: str = ""
    file: str | None = None


def check_failed(area: Area, what: str, error: Exception) -> Finding:
    """A check that could not be made: what it would have found, nobody knows."""
    if isinstance(error, RoostError):
        return Finding(area, Level.NOTICE, "check-failed", f"{what}: {error.message}", "so this was not checked", error.command, error.advice, error.file)
    message = f"{what} could not be checked: {type(error).__name__}: {error}"
    return Finding(area, Level.NOTICE, "check-failed", message, "so nothing can be said about it", advice="fix that, or report it")


def unset(name: str, shell: str) -> str:
    """The command that takes a variable out of the environment of ``shell``."""
    return f"set -e {name}" if shell == "fish" else f"unset {name}"


def prepend(directory: Path, shell: str) -> str:
    """Puts a directory in front of PATH."""
    return f"set -gx PATH {to_type(directory)} $PATH" if shell == "fish" else f'export PATH={to_type(directory)}:"$PATH"'
