"""From a request and the names that are installed to the one version that serves it (V2, V3)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from roost.rules.model import SYSTEM
from roost.rules.pins import is_version

_NOT_FINAL: Final = re.compile(r".*-(dev|src|latest)|.*(a|b|rc)[0-9]+")
_FREE_THREADED: Final = re.compile(r".*[0-9]t")


class Resolution(NamedTuple):
    """The version that serves a request, None if nothing does, and a newer one that would (V3)."""

    version: str | None
    newer: str | None = None


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of ``version``: ``3.12.1-dev`` is (3, 12, 1), ``pypy3.10`` none."""
    match = re.match(r"[0-9]+(\.[0-9]+)*", version)
    return tuple(map(int, match.group().split("."))) if match else ()


def order(version: str) -> tuple[tuple[int, ...], int, str]:
    """Sorts versions as pyenv does: field by field, split at ``.`` and ``-``, by leading number."""
    fields = [int(match.group()) if (match := re.match("[0-9]+", field)) else 0 for field in re.split("[.-]", version)]
    while fields and fields[-1] == 0:
        fields.pop()
    return tuple(fields), len(version), version


def continues(version: str, request: str) -> bool:
    """Is ``version`` a final release that continues ``request`` by ``.`` or ``-`` (V2)?

    Free-threaded builds only for a request such as ``3.13t``; ``system`` is continued by everything.
    """
    free_threaded = _FREE_THREADED.fullmatch(request) is not None
    if not is_version(version.encode("utf-8", "surrogateescape")) or _NOT_FINAL.fullmatch(version):
        return False
    if (_FREE_THREADED.fullmatch(version) is not None) != free_threaded:
        return False
    stem = request[:-1] if free_threaded else request
    return request == SYSTEM or version.startswith((f"{stem}.", f"{stem}-"))


def resolve(request: str, installed: Iterable[str], holding: Collection[str]) -> Resolution:
    """The version of ``installed`` that ``request`` means.

    ``holding``: the installed versions that have the project's env. A prefix stays with the newest of
    those; an exact name always wins.
    """
    names = set(installed)
    if request in names and request != SYSTEM:
        return Resolution(request)
    matching = sorted((name for name in names if continues(name, request)), key=order)
    if not matching:
        return Resolution(None)
    newest = matching[-1]
    held = [name for name in matching if name in holding]
    if held and held[-1] != newest:
        return Resolution(held[-1], newer=newest)
    return Resolution(newest)
