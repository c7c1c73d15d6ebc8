"""Finds the project files that decide for a directory, and reads them (F1, F2, F11-F13)."""

from __future__ import annotations

import os
from pathlib import Path

from roost.machine.files import is_project_file, read_bounded
from roost.machine.layout import Layout
from roost.rules.errors import InvalidPin, NoProject, to_type
from roost.rules.model import FILE_LIMIT, NAME_FILE, VERSION_FILE, Pin, PinProblem, Project, Store
from roost.rules.pins import is_version, parse_name_file, parse_version_file, pyenv_env_names


def find(directory: Path, layout: Layout, *, quote: bool = True) -> Project:
    """The project that ``directory`` is in. Raises NoProject, InvalidPin (F8, F12).

    ``quote``: may an error show what a project file holds? It never shows that of a link out of the project.
    """
    name_file = _nearest(NAME_FILE, directory)
    if name_file is None:
        return _pyenv_named(directory, layout)
    root = name_file.parent
    name = _value(parse_name_file(_content(name_file)), name_file, quote=quote)
    if name is None:
        raise NoProject("no-env-here", f"{name_file} is empty: no env here", advice="write a name such as myproject-venv into it", file=name_file)
    version_file = _nearest(VERSION_FILE, root)
    if version_file is None:
        raise InvalidPin(
            "version-file-missing",
            f"To use {NAME_FILE} you need a {VERSION_FILE}",
            command=f"echo 3.12.1 > {to_type(root / VERSION_FILE)}",
            file=name_file,
        )
    version = _value(parse_version_file(_content(version_file)), version_file, quote=quote)
    assert version is not None
    others = version.others if _is_inside(version_file) else ()
    return Project(root, version.value, others, name.value, version_file, name_file)


def below(directory: Path) -> list[Path]:
    """The roots of the projects at ``directory`` and below, in the order of their paths.

    No link is followed, no hidden directory and no env is looked into; a project that cannot be read is one.
    """
    roots = []
    for name, directories, _ in os.walk(directory):
        here = Path(name)
        directories[:] = [part for part in directories if not part.startswith(".") and not (here / part / "pyvenv.cfg").exists()]
        if is_project_file(here / NAME_FILE) and not _opts_out(here / NAME_FILE):
            roots.append(here)
    return sorted(roots)


def _opts_out(name_file: Path) -> bool:
    """F9."""
    try:
        return parse_name_file(read_bounded(name_file, FILE_LIMIT)) is None
    except OSError:
        return False


def _pyenv_named(directory: Path, layout: Layout) -> Project:
    """F13: an env of pyenv-virtualenv's that a lone version file names."""
    version_file = _nearest(VERSION_FILE, directory)
    data = b"" if version_file is None else _content_or_nothing(version_file)
    if version_file is not None:
        named = pyenv_env_names(data)
        env = None if named is None else pyenv_env(*named, layout.pyenv_store)
        if env is not None:
            pin = parse_version_file(data)
            others = pin.others if isinstance(pin, Pin) and _is_inside(version_file) else ()
            version = env.parent.parent.name if env.parent.name == "envs" else env.name
            return Project(version_file.parent, version, others, env.name, version_file, version_file, named=env)
    raise NoProject("no-project", f"no {NAME_FILE} in {directory} or above", command=f"echo myproject-venv > {NAME_FILE}")


def pyenv_env(version: str | None, name: str, store: Store) -> Path | None:
    """The env that pyenv-virtualenv means by this name: below that version, or by its alias in ``store`` if there is none."""
    if version is not None:
        env = store.env(version, name)
        return env if (env / "pyvenv.cfg").is_file() else None
    alias = store.path / name
    if not (alias / "pyvenv.cfg").is_file():
        return None
    if not alias.is_symlink():
        return alias
    for entry in sorted(os.scandir(store.path), key=lambda entry: entry.name):
        env = store.env(entry.name, name)
        if not entry.is_symlink() and is_version(os.fsencode(entry.name)) and not env.is_symlink() and env.exists() and env.samefile(alias):
            return env
    return None


def _nearest(name: str, directory: Path) -> Path | None:
    return next((path / name for path in (directory, *directory.parents) if is_project_file(path / name)), None)


def _content(path: Path) -> bytes:
    try:
        return read_bounded(path, FILE_LIMIT)
    except OSError as error:
        raise InvalidPin("unreadable", f"{path} cannot be read: {error.strerror}", command=to_type("chmod", "u+r", path), file=path) from error


def _content_or_nothing(path: Path) -> bytes:
    """A lone version file that cannot be read names no env; the rest is pyenv's business."""
    try:
        return read_bounded(path, FILE_LIMIT)
    except OSError:
        return b""


def _value(parsed: Pin | PinProblem | None, path: Path, *, quote: bool) -> Pin | None:
    if not isinstance(parsed, PinProblem):
        return parsed
    unquoted = parsed.unquoted(path.name)
    if not _is_inside(path):
        parsed = unquoted
    elif not quote and parsed != unquoted:
        raise InvalidPin(parsed.slug, unquoted.message, command="roost status", file=path)
    raise InvalidPin(parsed.slug, parsed.message, advice=parsed.hint, file=path)


def _is_inside(path: Path) -> bool:
    """Does the file lie below the directory in which it was found? A link may lead anywhere."""
    return not path.is_symlink() or Path(os.path.realpath(path)).is_relative_to(os.path.realpath(path.parent))
