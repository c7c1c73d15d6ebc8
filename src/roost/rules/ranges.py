"""Ranges of versions, as ``>=3.11,<3.13``: what meets them, and which release to take (I1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from roost.rules.pins import is_version
from roost.rules.spellings import EXAMPLE
from roost.rules.versions import continues, order

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

_LOWER_BOUNDS: Final = frozenset({">=", ">", "~=", "~", "^"})
_RELEASE: Final = re.compile(r"[0-9]+(\.[0-9]+)+")
_FULL: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
# One clause of a range: PEP 440's operators, and Poetry's caret and tilde.
_CLAUSE: Final = re.compile(r"(===|~=|==|!=|<=|>=|<|>|=|\^|~)?\s*([0-9A-Za-z.*+!_-]+)")


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


def version_inside(clauses: Sequence[tuple[str, str]], installed: Iterable[str]) -> str | None:
    """The newest of ``installed`` that meets all ``clauses``, else the lowest version that they ask for.

    A clause is an operator and a number. None if there is nothing better to say than an example.
    """
    wanted = _specifiers(clauses)
    releases = [name for name in installed if _RELEASE.fullmatch(name) and wanted.contains(name)]
    if releases:
        return max(releases, key=order)
    bounds = [number.removesuffix(".*") for operator, number in clauses if operator in _LOWER_BOUNDS]
    return max(bounds, key=order) if bounds and not wanted.contains(EXAMPLE) else None


def _ranges(wanted: str) -> list[SpecifierSet]:
    """The alternatives of ``wanted``. Raises ValueError."""
    alternatives = re.split(r"\|\|?", wanted)
    if any(re.sub(r"[\s,]", "", _CLAUSE.sub("", alternative)) for alternative in alternatives):
        raise ValueError(f"not a range of versions: {wanted}")
    return [_specifiers(_CLAUSE.findall(alternative)) for alternative in alternatives]


def _specifiers(clauses: Iterable[tuple[str, str]]) -> SpecifierSet:
    from packaging.specifiers import SpecifierSet  # here: most commands meet no range

    return SpecifierSet(",".join(part for operator, number in clauses for part in _standard(operator, number)))


def _standard(operator: str, number: str) -> list[str]:
    """One clause as packaging reads it, which knows neither Poetry's operators nor a star behind ``>=``.

    A bare number is meant as a prefix, as in ``.python-version``.
    """
    if number == "*":
        return []
    if not operator:
        return [f"=={number.removesuffix('.*')}.*"]
    if operator in {"!=", "=", "==", "==="}:
        return [f"{'!=' if operator == '!=' else '=='}{number}"]
    number = number.removesuffix(".*")
    fields = number.split(".")
    if operator == "^" or (operator in {"~", "~="} and len(fields) == 1):
        return [f">={number}", f"=={fields[0]}.*"]
    if operator == "~":
        return [f">={number}", f"=={'.'.join(fields[:2])}.*"]
    return [operator + number]
