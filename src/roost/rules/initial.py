"""From what a directory holds to the two files of a project (I): what they are to say, why, and what that changes."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from roost.rules.model import Pin, PinProblem
from roost.rules.pins import rewrite_word, shown
from roost.rules.ranges import meets, pick_release
from roost.rules.text import one_line
from roost.rules.versions import resolve


class Kind(enum.Enum):
    """What one of the two files is before ``roost init``."""

    ABSENT = enum.auto()
    BLANK = enum.auto()  # a version file without a value, as `touch` makes it
    VALID = enum.auto()
    NAMED = enum.auto()  # a version file that names an env in the way of pyenv-virtualenv
    OPTED_OUT = enum.auto()  # a name file without a value, which says "no env here"
    INVALID = enum.auto()


class File(NamedTuple):
    """One of the two files as it is. ``value``: the version or the name that it gives, None if it gives none.

    ``problem``: why it is invalid.
    """

    path: Path
    data: bytes | None
    kind: Kind
    value: str | None = None
    problem: PinProblem | None = None


class Source(NamedTuple):
    """What says which Python the project wants: a version, a prefix or a range; and where it says so, in words."""

    wanted: str
    where: str


class Chosen(NamedTuple):
    """What a file is to say, and why."""

    value: str
    reason: str


class WriteFile(NamedTuple):
    """Give a file this content. ``before``: what it holds now, None if it is not there."""

    path: Path
    before: bytes | None
    after: bytes

    def describe(self) -> str:
        return f"{'write' if self.before is None else 'change'} {self.path}"

    def diff(self) -> str:
        """The change as a unified diff; nothing in it moves the cursor."""
        from difflib import unified_diff  # here: most runs show none

        lines = unified_diff(
            _lines(self.before or b""),
            _lines(self.after),
            one_line(str(self.path)) if self.before is not None else "/dev/null",
            one_line(str(self.path)),
            lineterm="",
        )
        return "\n".join(lines)


NEWEST = Source("*", "")
KEPT = "kept as it is"
_WIDTH = 200  # of a line of a diff; one of NUL bytes would fill the screen


def file_of(path: Path, data: bytes | None, parsed: Pin | PinProblem | None) -> File:
    """The file at ``path``, whose content the grammar reads as ``parsed``."""
    if data is None:
        return File(path, None, Kind.ABSENT)
    if parsed is None:
        return File(path, data, Kind.OPTED_OUT)
    if isinstance(parsed, Pin):
        return File(path, data, Kind.VALID, parsed.value)
    if parsed.slug == "version-empty":
        return File(path, data, Kind.BLANK)
    return File(path, data, Kind.INVALID, problem=parsed)


def choose_version(source: Source, installed: Collection[str], known: Callable[[], Collection[str]]) -> Chosen | None:
    """The newest release of ``installed`` that ``source`` wants, else the newest of those that pyenv has ``known`` (I1)."""
    suffix = f" for {source.where}" if source.where else ""
    if value := pick_release(source.wanted, installed, ()):
        return Chosen(value, f"from {source.where}" if value == source.wanted else f"the newest installed release{suffix}")
    if value := pick_release(source.wanted, (), known()):
        return Chosen(value, f"the newest release known to pyenv{suffix}")
    return None


def outside(request: str, sources: Sequence[Source], installed: Collection[str]) -> list[str]:
    """Where files of other tools ask for another Python than ``request`` means here, in words."""
    version = resolve(request, installed, ()).version or request
    if not version.replace(".", "").isdigit():
        return []  # of a PyPy, or a build without a GIL, a range of releases says nothing
    return [source.where for source in sources if not meets(version, source.wanted)]


def change(file: File, value: str) -> WriteFile | None:
    """What has to be written so that ``file`` gives ``value``; None if it does."""
    if file.kind is Kind.VALID and file.value == value:
        return None
    keeps_rest = file.kind in {Kind.VALID, Kind.NAMED, Kind.BLANK}
    after = rewrite_word(file.data or b"" if keeps_rest else b"", value)
    return None if after == file.data else WriteFile(file.path, file.data, after)


def conflict(file: File, value: str) -> str:
    """What somebody wrote into ``file`` and would be lost if it gave ``value``, in words that follow its name; empty if nothing would (I4).

    A word that names an env in the way of pyenv-virtualenv is not lost: its parts go into the two files.
    """
    if file.value is not None and file.value != value:
        return f"says {file.value}"
    if file.kind is Kind.OPTED_OUT:
        return "says that there is to be no env here"
    return f"is invalid ({file.problem.message})" if file.problem is not None else ""


def _lines(data: bytes) -> list[str]:
    return [shown(line, _WIDTH) for line in data.removesuffix(b"\n").split(b"\n")] if data else []
