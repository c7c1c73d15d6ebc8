"""Finds the project that a directory is in, and reads its two files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from roost.machine import environments
from roost.machine.files import is_project_file, read_bounded, read_or_refuse
from roost.machine.layout import Layout, gone
from roost.rules.errors import InvalidPin, NoProject, to_type
from roost.rules.model import FILE_LIMIT, NAME_FILE, VERSION_FILE, Pin, PinProblem, Project, Store
from roost.rules.pins import absent_env_name, explain_unknown, is_version, parse_name_file, parse_version_file, pyenv_env_names
from roost.rules.spellings import Installed


def find(directory: Path, layout: Layout, *, quote: bool = True) -> Project:
    """The project that ``directory`` is in. Raises NoProject, InvalidPin.

    ``quote``: may an error show what a project file holds? A hook's must not, because a mere ``cd`` asks for it. What a
    link out of the project leads to is never shown.
    """
    name_file = nearest(NAME_FILE, directory)
    if name_file is None:
        return _pyenv_named(directory, layout, quote=quote)
    root = name_file.parent
    name = _value(parse_name_file(content(name_file)), name_file, quote=quote)
    if name is None:
        raise NoProject("no-env-here", f"{name_file} is empty: no env here", advice="write a name such as myproject-venv into it", file=name_file)
    version_file = nearest(VERSION_FILE, root)
    if version_file is None:
        raise InvalidPin(
            "version-file-missing",
            f"To use {NAME_FILE} you need a {VERSION_FILE}",
            command=to_type("roost", "init", root),
            file=name_file,
        )
    version = _value(parse_version_file(content(version_file), _installed(layout, quote=quote)), version_file, quote=quote)
    assert version is not None
    others = version.others if is_inside(version_file) else ()
    return Project(root, version.value, others, name.value, version_file, name_file)


def unknown_version(project: Project, layout: Layout, *, quote: bool) -> InvalidPin:
    """The refusal of a version that is not installed and that no release is called."""
    data = content(project.version_file)
    problem = explain_unknown(data, _installed(layout, quote=quote))
    named = pyenv_env_names(data)
    env = pyenv_env(*named, layout.pyenv_store) if named else None
    if env is not None and (version := environments.version_of(env)):
        # pyenv-virtualenv's word for an env that is here tells more than its letters do.
        problem = problem._replace(advice=f"write {version}")
    return _refusal(problem, project.version_file, quote=quote)


def _installed(layout: Layout, *, quote: bool) -> Installed:
    """What a hint about a range chooses from; None where no hint is shown."""
    return (lambda: environments.interpreters(layout.pyenv_store)) if quote else None


def below(directory: Path) -> list[Path]:
    """The roots of the projects at ``directory`` and below, in the order of their paths.

    No link is followed, and no hidden directory and no env is looked into. A project file that cannot be
    read makes a project too, so that somebody hears of it.
    """
    roots = []
    for name, directories, _ in os.walk(directory):
        here = Path(name)
        directories[:] = [part for part in directories if not part.startswith(".") and not (here / part / "pyvenv.cfg").exists()]
        if is_project_file(here / NAME_FILE) and not _opts_out(here / NAME_FILE):
            roots.append(here)
    return sorted(roots)


def _opts_out(name_file: Path) -> bool:
    """Does the file say "no env here" (F9)?"""
    try:
        return parse_name_file(read_bounded(name_file, FILE_LIMIT)) is None
    except OSError:
        return False


def beginning(directory: Path, store: Store) -> Path | None:
    """The file that makes ``directory`` or a directory above it a project: one with an env's name in it, or a lone version
    file that names an env in the way of pyenv-virtualenv, here or not (F13, F15). None if there is none.
    """
    name_file = nearest(NAME_FILE, directory)
    if name_file is not None:
        return None if _opts_out(name_file) else name_file
    version_file = nearest(VERSION_FILE, directory)
    return version_file if version_file is not None and named_env(_content_or_nothing(version_file), store) else None


def _pyenv_named(directory: Path, layout: Layout, *, quote: bool) -> Project:
    """The project of an env that a lone version file names as pyenv-virtualenv does (F13). Raises NoProject."""
    version_file = nearest(VERSION_FILE, directory)
    if version_file is not None:
        data = _content_or_nothing(version_file)
        named = named_env(data, layout.pyenv_store)
        if named is not None and named.place is not None:
            pin = parse_version_file(data)
            others = pin.others if isinstance(pin, Pin) and is_inside(version_file) else ()
            return Project(version_file.parent, named.version or named.name, others, named.name, version_file, version_file, named=named.place)
        if named is not None:
            which = f"the env {named.name}" if quote and is_inside(version_file) else "an env"
            message = f"{VERSION_FILE} names {which}, as pyenv-virtualenv does, and there is no such env on this machine"
            raise NoProject("pyenv-env-missing", message, command=to_type("roost", "init", layout.elsewhere(version_file.parent)), file=version_file)
    if directory != layout.cwd:
        command = to_type("roost", "init", directory)
    elif refusal := gone(directory, NoProject):
        raise refusal
    else:
        command = "roost init"
    raise NoProject("no-project", f"no {NAME_FILE} in {directory} or above", command=command)


class NamedEnv(NamedTuple):
    """The env that a version file names in the way of pyenv-virtualenv.

    ``place``: None if it is not here. ``version``: None if neither the file nor the place tells it.
    """

    version: str | None
    name: str
    place: Path | None


def named_env(data: bytes, store: Store) -> NamedEnv | None:
    """The env that a version file names in the way of pyenv-virtualenv, in ``store`` or not (F13, F15); None if it names none."""
    named = pyenv_env_names(data)
    if named is None:
        return None
    version, name = named
    if place := pyenv_env(version, name, store):
        return NamedEnv(environments.version_of(place) or None, name, place)
    is_interpreter = version is None and (store.path / name).is_dir()
    return None if absent_env_name(data) is None or is_interpreter else NamedEnv(version, name, None)


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
    # An env is known by its place below an interpreter. A link that leads anywhere else would let
    # whoever made it choose any directory of the machine.
    for entry in sorted(os.scandir(store.path), key=lambda entry: entry.name):
        env = store.env(entry.name, name)
        if not entry.is_symlink() and is_version(os.fsencode(entry.name)) and not env.is_symlink() and env.exists() and env.samefile(alias):
            return env
    return None


def nearest(name: str, directory: Path) -> Path | None:
    """The project file of that name in ``directory``, or in the nearest directory above that has one."""
    place = os.fspath(directory)  # text, because making a path object of each candidate takes longer than the look
    while True:
        candidate = os.path.join(place, name)
        if is_project_file(candidate):
            return Path(candidate)
        above = os.path.dirname(place)
        if above == place:
            return None
        place = above


def content(path: Path) -> bytes:
    """What a project file holds, as far as it may go. Raises InvalidPin."""
    return read_or_refuse(path, FILE_LIMIT, InvalidPin)


def _content_or_nothing(path: Path) -> bytes:
    """For a lone version file: one that cannot be read names no env, and is pyenv's business."""
    try:
        return read_bounded(path, FILE_LIMIT)
    except OSError:
        return b""


def _value(parsed: Pin | PinProblem | None, path: Path, *, quote: bool) -> Pin | None:
    if isinstance(parsed, PinProblem):
        raise _refusal(parsed, path, quote=quote)
    return parsed


def _refusal(problem: PinProblem, path: Path, *, quote: bool) -> InvalidPin:
    unquoted = problem.unquoted(path.name)
    if not is_inside(path):
        problem = unquoted
    elif not quote and problem != unquoted:
        return InvalidPin(problem.slug, unquoted.message, command="roost status", file=path)
    return InvalidPin(problem.slug, problem.message, advice=problem.advice, file=path)


def is_inside(path: Path) -> bool:
    """Does the file lie below the directory in which it was found? A link may lead anywhere."""
    return not path.is_symlink() or Path(os.path.realpath(path)).is_relative_to(os.path.realpath(path.parent))
