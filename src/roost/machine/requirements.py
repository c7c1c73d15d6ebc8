"""What an installation reads, so that an unchanged input is not installed again (D3)."""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from roost.machine.files import is_project_file, misfit, read_or_refuse
from roost.rules.dependencies import Listed, Source
from roost.rules.errors import PackagesFailed
from roost.rules.pins import shown

_LIMIT: Final = 1 << 26  # bytes of one file: locks are long
_DEPTH: Final = 50
_OPTION: Final = re.compile(r"(-[rce]|--requirement|--constraint|--editable)\s*=?\s*(.+)")
# What decides how a directory is built; setuptools may take the dependencies from requirements files.
_BUILD_FILES: Final = ("pyproject.toml", "setup.py", "setup.cfg", "requirements*.txt", "requirements/*.txt")


def fingerprint(root: Path, source: Source, installer: str) -> str:
    """A hash over ``source``, the name of what installs it, and every file that is read for it. Raises PackagesFailed."""
    total = hashlib.sha256(json.dumps([installer, source]).encode())
    for path in find_inputs(root, source):
        data = _content(path)
        total.update(json.dumps([os.path.relpath(path, root), len(data)]).encode() + data)
    return total.hexdigest()


def find_inputs(root: Path, source: Source) -> tuple[Path, ...]:
    """The files that decide what an installation of ``source`` in ``root`` installs, nested ones included. Raises PackagesFailed."""
    for name in source.requirements if isinstance(source, Listed) else source.files[:1]:
        if what := misfit(root / name):
            advice = "put a file in its place, or skip the dependencies with --no-deps"
            raise PackagesFailed("manifest-invalid", f"{root / name} {what}", advice=advice, file=root / name)
    if not isinstance(source, Listed):
        return tuple(root / name for name in source.files if is_project_file(root / name))
    found: dict[Path, None] = {}
    for name in source.requirements:
        if not is_project_file(root / name):
            raise PackagesFailed(
                "requirements-missing", f"there is no file {shown(os.fsencode(name))} in {root}", advice="write it, or remove it from deps", file=root / name
            )
        _collect(root, root / name, found, ())
    for name in source.editables:
        found |= dict.fromkeys(_build_files(root / name.partition("[")[0]))
    if source.groups:
        found[root / "pyproject.toml"] = None
    return tuple(found)


def _collect(root: Path, path: Path, found: dict[Path, None], within: tuple[Path, ...]) -> None:
    """Adds to ``found`` the requirements file at ``path`` and what it includes. ``within``: the files that include it."""
    if path in within or len(within) > _DEPTH:
        raise PackagesFailed("requirements-nested", f"{path} includes itself, or is included too deeply, by {within[-1]}", advice="remove that line", file=path)
    if path in found:
        return
    found[path] = None
    for is_included, value in _local_lines(path):
        # pip takes directories relative to where it is started, and included files relative to the file.
        target = Path(os.path.normpath((path.parent if is_included else root) / value))
        if is_included:
            if not is_project_file(target):
                message = f"{path} includes {shown(os.fsencode(value))}, which {misfit(target) or 'does not exist'}"
                raise PackagesFailed("requirements-missing", message, advice="correct that line", file=path)
            _collect(root, target, found, (*within, path))
        elif is_project_file(target):
            found[target] = None
        else:
            found |= dict.fromkeys(_build_files(target))


def _build_files(directory: Path) -> list[Path]:
    if not os.path.isdir(directory):  # pip will say so; a name may also be too long for a question
        return []
    return [path for pattern in _BUILD_FILES for path in sorted(directory.glob(pattern)) if is_project_file(path)]


def _local_lines(path: Path) -> Iterator[tuple[bool, str]]:
    """What a requirements file names on this disk, each with whether it is included as ``-r`` and ``-c`` do."""
    for line in _logical_lines(path):
        match = _OPTION.fullmatch(line)
        option, value = (match[1].lstrip("-")[0], _unquoted(match[2])) if match else ("", line)
        if option not in {"r", "c"}:
            value = re.split(r"[\s\[;]", value, maxsplit=1)[0]
        # An address is fetched, a variable is not known here, and a word without a slash names a package.
        if not re.search(r"://|\$\{", value) and (option or "/" in value or value == "."):
            yield option in {"r", "c"}, value


def _logical_lines(path: Path) -> Iterator[str]:
    """The lines of a requirements file as pip reads them: joined where they end with a backslash, without comments."""
    data = _content(path)
    # PowerShell's `pip freeze > requirements.txt` writes UTF-16, which pip reads.
    utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = data.decode("utf-16", "replace") if utf_16 else data.decode("utf-8-sig", "surrogateescape")
    joined = ""
    for line in text.splitlines():
        comment = re.match(r"\s*#", line)
        joined += " " + line if comment else line.removesuffix("\\")
        if comment or not line.endswith("\\"):
            yield re.sub(r"(^|\s+)#.*$", "", joined).strip()
            joined = ""
    yield joined.strip()


def _content(path: Path) -> bytes:
    return read_or_refuse(path, _LIMIT, PackagesFailed)


def _unquoted(text: str) -> str:
    try:
        return shlex.split(text)[0]
    except (ValueError, IndexError):
        return text
