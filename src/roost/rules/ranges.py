"""Ranges of versions, as ``>=3.11,<3.13``: which release to take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from roost.rules.spellings import EXAMPLE

_LOWER_BOUNDS = frozenset({">=", ">", "~=", "~", "^"})


def version_inside(clauses: Sequence[tuple[str, str]], installed: Iterable[str]) -> str | None:
    """The newest of ``installed`` that meets all ``clauses``, else the lowest version that they ask for.

    A clause is an operator and a number. None if there is nothing better to say than an example.
    """
    wanted = SpecifierSet(",".join(_standard(operator, number) for operator, number in clauses))
    releases = [name for name in installed if _is_release(name) and name in wanted]
    if releases:
        return max(releases, key=Version)
    bounds = [number.removesuffix(".*") for operator, number in clauses if operator in _LOWER_BOUNDS]
    return max(bounds, key=Version) if bounds and EXAMPLE not in wanted else None


def _standard(operator: str, number: str) -> str:
    """The clause as packaging reads it, which knows neither poetry's operators nor a star behind ``>=``."""
    if operator in {"!=", "=", "==", "==="}:
        return f"{'!=' if operator == '!=' else '=='}{number}"
    number = number.removesuffix(".*")
    major, *rest = number.split(".")
    if operator == "^" or (operator in {"~", "~="} and not rest):
        return f">={number},<{int(major) + 1}"
    if operator == "~":
        return f"~={number}" if len(rest) > 1 else f"~={number}.0"
    return operator + number


def _is_release(name: str) -> bool:
    """Is ``name`` a final release of CPython? No other name in pyenv's store is a version to packaging."""
    try:
        return not Version(name).is_prerelease
    except InvalidVersion:
        return False
