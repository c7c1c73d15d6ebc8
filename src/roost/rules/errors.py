"""One exception class for each exit code (spec C)."""

from __future__ import annotations

import shlex
from typing import ClassVar


def to_type(*words: object) -> str:
    """A command that can be typed as it stands, whatever blanks its paths have. None is left out."""
    return shlex.join(str(word) for word in words if word is not None)


class RoostError(Exception):
    """A refusal: what is wrong, in which file, and what helps.

    ``code`` is the process exit code, ``slug`` the stable name of the problem in ``--json``. ``command``
    can be typed, or run by a program, as it stands; ``advice`` is a sentence for a person. ``detail``
    is what another program said of it.
    """

    code: ClassVar[int] = 1

    def __init__(self, slug: str, message: str, *, command: str = "", advice: str = "", file: object = None, detail: str = "") -> None:
        super().__init__(message)
        self.slug = slug
        self.message = message
        self.command = command
        self.advice = advice
        self.file = None if file is None else str(file)
        self.detail = detail


class UsageError(RoostError):
    """The call's own words or variables are off."""

    code = 2


class NoProject(RoostError):
    """No project file decides here; or there is no env, or kernel, of the name that was given."""

    code = 3


class InvalidPin(RoostError):
    """A project file is missing or invalid (F8, F12)."""

    code = 4


class InterpreterUnavailable(RoostError):
    """The interpreter is not installed and was not, or could not be, installed."""

    code = 5


class EnvNotMade(RoostError):
    """The env could not be made, or is broken."""

    code = 6


class LockTimeout(RoostError):
    """Another roost kept the lock for too long."""

    code = 7


class KernelFailed(RoostError):
    """The kernel could not be registered, belongs to somebody else, or does not work."""

    code = 8


class PackagesFailed(RoostError):
    """Dependencies or packages could not be installed; the env stays as ready as it was (D4, U3)."""

    code = 9


class NotExecutable(RoostError):
    """The command is there, and cannot be started (X1)."""

    code = 126


class NoCommand(RoostError):
    """There is no such command in the env, nor on PATH (X3)."""

    code = 127


class Interrupted(RoostError):
    """The user, or the system, stopped roost."""

    code = 130


WORK_TO_DO = 10
