"""The project's own files, those of other tools too: which Python they name, and what they need. Nothing of them is run."""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, NamedTuple

from roost.machine.files import is_project_file, misfit, parse_toml, read_bounded
from roost.rules.dependencies import LOCKS, REQUIREMENTS_FILES, ProjectFiles
from roost.rules.errors import PackagesFailed
from roost.rules.pins import shown
from roost.rules.ranges import meets

_LIMIT: Final = 1 << 20  # bytes
# Where a table names a Python, by file; the files in the order of I1.
_IN_TABLES: Final = {
    "pyproject.toml": (("project", "requires-python"), ("tool", "poetry", "dependencies", "python")),
    "mise.toml": (("tools", "python"),),
    ".mise.toml": (("tools", "python"),),
    "Pipfile": (("requires", "python_full_version"), ("requires", "python_version")),
}
_VERSION_FILES: Final = ("pyproject.toml", ".tool-versions", "mise.toml", ".mise.toml", "runtime.txt", "Pipfile", "setup.cfg")


class NamedVersion(NamedTuple):
    """A Python that a file of another tool asks for: a version, a prefix or a range; ``part`` says where in the file."""

    wanted: str
    part: str
    file: Path


class Mention(NamedTuple):
    """What a file that roost leaves alone says of envs, in printable ASCII."""

    text: str
    file: Path


class _Unusable(Exception):
    """Why a file cannot be used, in words that follow its name."""


def read_dependencies(root: Path) -> ProjectFiles:
    """What lies in ``root`` and says what the project needs. Raises PackagesFailed for a file that cannot be used.

    A directory or a dangling link that is called like a lock or a requirements file is among the names: the job that would read it
    refuses it, instead of installing something else that the project has.
    """
    tables = {name: _required(root / name) for name in ("pyproject.toml", "Pipfile")}
    setup = ("setup.py",) if is_project_file(root / "setup.py") else ()
    pyproject = tables["pyproject.toml"]
    return ProjectFiles(
        names=frozenset([*(name for name in os.listdir(root) if name in LOCKS or fnmatchcase(name, REQUIREMENTS_FILES)), *setup]),
        installable=any(isinstance(_look_up(pyproject, keys), dict) for keys in (("project",), ("build-system",), ("tool", "poetry"))),
        extras=tuple(_table(pyproject, ("project", "optional-dependencies"))),
        groups=_table(pyproject, ("dependency-groups",)),
        pythons={name: wanted for name in tables for wanted in _all_wanted(name, tables[name])[:1]},
    )


def find_versions(root: Path) -> tuple[list[NamedVersion], list[str]]:
    """The Pythons that other tools' files in ``root`` ask for, the first to be taken first (I1); and what was passed over, in words."""
    found, passed_over = [], []
    for name in _VERSION_FILES:
        path = root / name
        try:
            for part, value in _named_in(name, _text(path)):
                if wanted := _wanted(value):
                    found.append(NamedVersion(wanted, part, path))
                else:
                    passed_over.append(f"{part} in {path} names no version")
        except _Unusable as error:
            passed_over.append(f"{path} {error}")
    return found, passed_over


def find_mentions(root: Path) -> list[Mention]:
    """What the files of other activators in ``root`` say of envs: zsh-autoswitch's ``.venv``, direnv's ``layout`` lines (I3)."""
    mentions = []
    for name, pattern in ((".venv", r"\s*(\S+)"), (".envrc", r"\s*(layout\s.*\S)")):
        with suppress(_Unusable):  # then there is nothing to be said of it
            lines = [match[1] for line in _text(root / name).splitlines() if (match := re.match(pattern, line))]
            mentions += [Mention(shown(line.encode()), root / name) for line in lines]
    return mentions


def _named_in(name: str, text: str) -> Iterator[tuple[str, object]]:
    """Each part of the file called ``name`` that should name a Python, and what stands there. Raises _Unusable."""
    if name in _IN_TABLES:
        yield from _named_in_tables(name, _toml(text))
    elif name == ".tool-versions":
        for line in text.splitlines():
            tool, *words = line.partition("#")[0].split() or [""]
            if tool == "python":
                yield tool, words
    elif name == "runtime.txt":
        for word in text.split()[:1]:
            yield "the version", word
    else:
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read_string(text)
        except configparser.Error as error:
            raise _Unusable("is not in the form of an ini file") from error
        if parser.has_option("options", "python_requires"):
            yield "python_requires", parser.get("options", "python_requires")


def _named_in_tables(name: str, tables: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for keys in _IN_TABLES[name]:
        if (value := _look_up(tables, keys)) is not None:
            yield keys[-1], value


def _all_wanted(name: str, tables: Mapping[str, Any]) -> list[str]:
    return [wanted for _, value in _named_in_tables(name, tables) if (wanted := _wanted(value))]


def _wanted(value: object) -> str | None:
    """The version, prefix or range that ``value`` asks for; of several the first. None if pyenv can have no such thing."""
    if isinstance(value, list):
        return next(filter(None, map(_wanted, value)), None)
    if isinstance(value, dict):  # mise: with options
        return _wanted(value.get("version"))
    if not isinstance(value, str):
        return None
    kind, colon, rest = value.strip().removeprefix("python-").partition(":")
    # asdf and mise: latest, latest:3.12, prefix:3.12; but neither path:/opt/python nor ref:main.
    wanted = (rest if kind in {"latest", "prefix"} else "") if colon else {"latest": "*", "system": ""}.get(kind, kind)
    try:
        meets("3.0", wanted)
    except ValueError:
        return None
    return wanted or None


def _required(path: Path) -> Mapping[str, Any]:
    """The tables of ``path``, none if there is no such file. Raises PackagesFailed."""
    try:
        if what := misfit(path):
            raise _Unusable(what)
        return _toml(_text(path))
    except _Unusable as error:
        raise PackagesFailed("manifest-invalid", f"{path} {error}", advice="correct it, or skip the dependencies with --no-deps", file=path) from error


def _text(path: Path) -> str:
    """The content of ``path``, nothing if there is no such file. Raises _Unusable."""
    if not is_project_file(path):
        return ""
    if not path.resolve().is_relative_to(path.parent.resolve()):
        raise _Unusable("is a link that leads out of the project")
    try:
        data = read_bounded(path, _LIMIT)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise _Unusable(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _Unusable("is not UTF-8") from error
    if len(data) > _LIMIT:
        raise _Unusable(f"is longer than {_LIMIT} bytes")
    return text


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return parse_toml(text)
    except ValueError as error:
        raise _Unusable(f"is not valid TOML: {shown(str(error).encode(), 200)}") from error


def _look_up(tables: Any, keys: tuple[str, ...]) -> Any:
    """What stands at ``keys``, None if one of them is not there or is no table."""
    for key in keys:
        tables = tables.get(key) if isinstance(tables, dict) else None
    return tables


def _table(tables: Any, keys: tuple[str, ...]) -> Mapping[str, Any]:
    value = _look_up(tables, keys)
    return value if isinstance(value, dict) else {}
