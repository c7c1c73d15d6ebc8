"""From a request, or a range of another tool's, and the names that are installed to one version (V2, V3, I1)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from roost.rules.model import SYSTEM
from roost.rules.pins import is_version

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

_NOT_FINAL: Final = re.compile(r".*-(dev|src|latest)|.*(a|b|rc)[0-9]+")
_FREE_THREADED: Final = re.compile(r".*[0-9]t")
_RELEASE: Final = re.compile(r"[0-9]+(\.[0-9]+)+")
_FULL: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
# One clause of a range: PEP 440's operators, and Poetry's caret and tilde.
_CLAUSE: Final = re.compile(r"(===|~=|==|!=|<=|>=|<|>|=|\^|~)?\s*([0-9A-Za-z.*+!_-]+)")


@dataclass(frozen=True)
class Resolution:
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


def meets(version: str, wanted: str) -> bool:
    """Does ``version`` meet ``wanted``: a request as in ``.python-version``, or a range? Raises ValueError if it is neither.

    A range is PEP 440's (``>=3.11,<3.13``) or Poetry's (``^3.11``, ``~3.11``, ``3.11.*``, ``~3.10 || ~3.12``).
    """
    if is_version(wanted.encode("utf-8", "surrogateescape")):
        return version == wanted or continues(version, wanted)
    return _RELEASE.fullmatch(version) is not None and any(range_.contains(version) for range_ in _ranges(wanted))


def pick_release(wanted: str, installed: Iterable[str], known: Iterable[str]) -> str | None:
    """The newest release of ``installed`` that meets ``wanted``, else the newest of ``known`` (I1). Raises ValueError as ``meets``.

    A full version that is in neither is what it is: a pyenv that is updated may know it. Otherwise None.
    """
    for names in (installed, known):
        meeting = [name for name in names if meets(name, wanted)]
        if wanted in meeting:
            return wanted
        if meeting:
            return max(meeting, key=order)
    return wanted if _FULL.fullmatch(wanted) else None


def _ranges(wanted: str) -> list[SpecifierSet]:
    """The alternatives of ``wanted``, each in the words of PEP 440. Raises ValueError."""
    from packaging.specifiers import SpecifierSet  # here: most commands meet no range

    alternatives = []
    for alternative in re.split(r"\|\|?", wanted):
        if re.sub(r"[\s,]", "", _CLAUSE.sub("", alternative)):
            raise ValueError(f"not a range of versions: {wanted}")
        clauses = [clause for operator, version in _CLAUSE.findall(alternative) for clause in _in_pep_440(operator, version)]
        alternatives.append(SpecifierSet(",".join(clauses)))
    return alternatives


def _in_pep_440(operator: str, version: str) -> list[str]:
    """One clause; a bare version is meant as a prefix, as in ``.python-version``."""
    fields = version.split(".")
    if operator == "^":
        return [f">={version}", f"=={fields[0]}.*"]
    if operator == "~":
        return [f">={version}", f"=={'.'.join(fields[:2])}.*"]
    if version == "*":
        return []
    if not operator:
        return [f"=={version}" if version.endswith(".*") else f"=={version}.*"]
    return ["==" + version if operator == "=" else operator + version]
