"""``roost upgrade``: which version is the next one, which word then stands in the file, and in which order all is done (U1, U2)."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Final, NamedTuple

from roost.rules.errors import to_type
from roost.rules.plan import Action
from roost.rules.versions import order, resolve

_LINE: Final = re.compile(r"([A-Za-z]*)([0-9]+)\.([0-9]+)")
_FREE_THREADED: Final = re.compile(r".*[0-9]t")


class Steps(NamedTuple):
    """The actions of an upgrade, in order.

    ``fill`` happens while the new env is still marked as half-made, so that no shell turns it on before its packages are there.
    ``settle`` happens then, too; after it the new env is whole, and for a request that both versions meet that is the whole move. ``commit``
    writes the project's file, if that is needed, and nothing comes after it.
    """

    prepare: tuple[Action, ...]
    make: tuple[Action, ...]
    fill: tuple[Action, ...]
    settle: tuple[Action, ...]
    commit: tuple[Action, ...]

    @property
    def actions(self) -> tuple[Action, ...]:
        return self.prepare + self.make + self.fill + self.settle + self.commit


def line_of(version: str) -> str:
    """What the releases of the same minor version continue: ``3.12`` for 3.12.1, ``3.13t`` for 3.13.0t. Empty if that cannot be told."""
    match = _LINE.match(version)
    return match[0] + ("t" if match and _FREE_THREADED.fullmatch(version) else "") if match else ""


def line_after(version: str) -> str:
    """The next minor version, as it can be typed; empty where the numbers are not those of Python itself."""
    match = _LINE.match(version)
    if match is None or match[1]:
        return ""
    return f"{match[2]}.{int(match[3]) + 1}" + ("t" if _FREE_THREADED.fullmatch(version) else "")


def newest_after(version: str, installed: Collection[str]) -> str | None:
    """The newest installed release of the same minor version, if it is newer than ``version``."""
    newest = resolve(line_of(version), installed, ()).version
    return newest if newest is not None and order(newest) > order(version) else None


def new_word(request: str, typed: str | None, before: str, after: str, installed: Collection[str], holding: Collection[str]) -> str:
    """What stands in ``.python-version`` once the env has moved from version ``before`` to ``after``.

    A full version stays a full version. A prefix stays as it is if it then means the new env, because a prefix goes with the newest version that
    has the env (V3); otherwise it becomes the prefix that the user ``typed``, or the full version. ``holding``: the versions that have the env.
    """
    if request == before:
        return after
    words = (word for word in (request, typed) if word and resolve(word, {*installed, after}, {*holding, after}).version == after)
    return next(words, after)


def upgrade_command(place: Path | None, *words: str | None) -> str:
    """`roost upgrade` with these words, as it can be typed. ``place``: the project's directory, None if the user is in it."""
    return to_type("roost", "upgrade", *(["-C", place] if place else []), *words)
