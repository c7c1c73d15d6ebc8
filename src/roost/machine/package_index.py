"""What a package index has for another Python; nothing is downloaded (U5)."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from roost.machine.process import Completed, ProcessFailed, for_packages, run_all
from roost.rules.freeze import Outlook, Package

# As much output as tells an index that has nothing from one that does not answer.
_QUICKLY: Final = ("-vv", "--no-input", "--retries=1", "--timeout=10")
_ASKING: Final = 60.0  # seconds for an index to say which versions of a package there are
_AT_A_TIME: Final = 8
_UNREACHED: Final = re.compile(r"Could not fetch URL \S+: (?!404 )")
_AVAILABLE: Final = re.compile(r"^Available versions: (.+)$", re.MULTILINE)

_Found = Mapping[Package, Sequence[str] | None]


def outlooks(packages: Collection[Package], python: str, pip: Path, environ: Mapping[str, str]) -> tuple[Outlook, ...]:
    """What there is of each package for the Python of version ``python``; the index is asked only for those of which that is in doubt.

    ``pip``: one that can be started by the Python that runs roost, whatever is in the envs.
    """
    doubtful = [package for package in packages if package.from_index and (package.tied or not _suits(package, python))]
    built = _on_index(doubtful, python, pip, environ, "--only-binary", ":all:")
    unbuilt = [package for package, versions in built.items() if versions is not None and package.version not in versions]
    sources = _on_index(unbuilt, python, pip, environ)
    return tuple(_outlook(package, python, built, sources) for package in packages)


def _outlook(package: Package, python: str, built: _Found, sources: _Found) -> Outlook:
    if package not in built:
        return Outlook(package, "same" if _suits(package, python) else "unfit")
    ready, others = built[package], sources.get(package) or ()
    if ready is None:
        return Outlook(package, "unknown")
    if package.version in ready:
        return Outlook(package, "same")
    if package.version in others:
        return Outlook(package, "source")
    newest = next(iter([*ready, *others]), "")
    return Outlook(package, "other" if newest else "none", newest)


def _on_index(packages: Sequence[Package], python: str, pip: Path, environ: Mapping[str, str], *options: str) -> dict[Package, list[str] | None]:
    """The versions of each package that an index has for that Python, newest first; None if it does not answer."""
    ask: list[str | Path] = [sys.executable, pip, "index", "versions", "--python-version", python, *_QUICKLY, *options]
    commands = [[*ask, *(["--pre"] if _is_prerelease(package) else []), package.name] for package in packages]
    answers = run_all(commands, {**for_packages(environ), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}, _AT_A_TIME, _ASKING)
    return dict(zip(packages, map(_versions, answers), strict=True))


def _versions(answer: Completed | ProcessFailed) -> list[str] | None:
    if isinstance(answer, ProcessFailed):
        return None if answer.status is None or _UNREACHED.search(answer.output) else []
    match = _AVAILABLE.search(answer.output)
    return match[1].split(", ") if match else []


def _is_prerelease(package: Package) -> bool:
    try:
        return Version(package.version).is_prerelease
    except InvalidVersion:
        return False


def _suits(package: Package, python: str) -> bool:
    try:
        return SpecifierSet(package.pythons).contains(python, prereleases=True)
    except InvalidSpecifier:
        return True
