"""Finds the project that a directory is in, and reads its two files."""

from __future__ import annotations

import os
from pathlib import Path

from roost.machine.files import is_project_file, read_bounded
from roost.machine.layout import Layout
from roost.rules.errors import InvalidPin, NoProject, to_type
from roost.rules.model import FILE_LIMIT, NAME_FILE, VERSION_FILE, Pin, PinProblem, Project
from roost.rules.pins import absent_env_name, explain_unknown, is_version, parse_name_file, parse_version_file, pyenv_env_names
from roost.rules.spellings import Installed


def find(directory: Path, layout: Layout, installed: Installed = tuple, *, quote: bool = True) -> Project:
    """The project that ``directory`` is in.

    ``quote``: may a refusal show what is in a file? A hook must not, for it speaks in every directory that
    one enters. Raises NoProject, InvalidPin.
    """
    name_file = _nearest(NAME_FILE, directory)
    if name_file is None:
        return _pyenv_named(directory, layout)
    root = name_file.parent
    name = _value(parse_name_file(_content(name_file), quote=quote and _lies_here(name_file)), name_file)
    if name is None:
        raise NoProject("no-env-here", f"{name_file} is empty: no env here", "write a name such as myproject-venv into it", str(name_file))
    version_file = _nearest(VERSION_FILE, root)
    if version_file is None:
        raise InvalidPin(
            "version-file-missing",
            f"To use {NAME_FILE} you need a {VERSION_FILE}",
            f"echo 3.12.1 > {to_type(root / VERSION_FILE)}",
            str(name_file),
        )
    version = _value(parse_version_file(_content(version_file), installed, quote=quote and _lies_here(version_file)), version_file)
    assert version is not None
    return Project(root, version.value, version.others, name.value, version_file, name_file)


def unknown_version(project: Project, layout: Layout, installed: Installed, *, quote: bool = True) -> InvalidPin:
    """The refusal of a version that is not installed and that no release is called."""
    data = _content(project.version_file)
    may_quote = quote and _lies_here(project.version_file)
    problem = explain_unknown(data, installed, quote=may_quote)
    named = pyenv_env_names(data)
    env = _existing(*named, layout.pyenv_root / "versions") if named else None
    # pyenv-virtualenv's word for an env that is here tells more than its letters do.
    hint = f"write {env.parent.parent.name}" if env and env.parent.name == "envs" and may_quote else problem.hint
    return InvalidPin(problem.slug, problem.message, hint, str(project.version_file))


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


def _pyenv_named(directory: Path, layout: Layout) -> Project:
    """The project of an env that a lone version file names as pyenv-virtualenv does (F13). Raises NoProject."""
    version_file = _nearest(VERSION_FILE, directory)
    if version_file is not None:
        data = _content_or_nothing(version_file)
        store = layout.pyenv_root / "versions"
        named = pyenv_env_names(data)
        env = _existing(*named, store) if named else None
        if env is not None:
            pin = parse_version_file(data)
            others = pin.others if isinstance(pin, Pin) else ()
            version = env.parent.parent.name if env.parent.name == "envs" else env.name
            return Project(version_file.parent, version, others, env.name, version_file, version_file, named=env)
        absent = absent_env_name(data)
        if absent is not None and not (store / absent).is_dir():
            which = f"the env {absent}" if _lies_here(version_file) else "an env"
            raise NoProject(
                "pyenv-env-missing", f"{VERSION_FILE} names {which} in the way of pyenv-virtualenv, and that env is not here", "roost init", str(version_file)
            )
    raise NoProject("no-project", f"no {NAME_FILE} in {directory} or above", f"echo myproject-venv > {NAME_FILE}")


def _existing(version: str | None, name: str, store: Path) -> Path | None:
    """The env that these words of pyenv-virtualenv's mean, None if it is not in ``store``."""
    if version is not None:
        env = store / version / "envs" / name
        return env if (env / "pyvenv.cfg").is_file() else None
    alias = store / name
    if not (alias / "pyvenv.cfg").is_file():
        return None
    if not alias.is_symlink():
        return alias
    # An env is known by its place below an interpreter. A link that leads anywhere else would let
    # whoever made it choose any directory of the machine.
    for entry in sorted(os.scandir(store), key=lambda entry: entry.name):
        env = store / entry.name / "envs" / name
        if not entry.is_symlink() and is_version(os.fsencode(entry.name)) and not env.is_symlink() and env.exists() and env.samefile(alias):
            return env
    return None


def _nearest(name: str, directory: Path) -> Path | None:
    return next((path / name for path in (directory, *directory.parents) if is_project_file(path / name)), None)


def _lies_here(path: Path) -> bool:
    """Is the file itself where its name stands? A link in a clone may lead to any file that the user can read."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(path.parent))


def _content(path: Path) -> bytes:
    try:
        return read_bounded(path, FILE_LIMIT)
    except OSError as error:
        raise InvalidPin("unreadable", f"{path} cannot be read: {error.strerror}", to_type("chmod", "u+r", path), str(path)) from error


def _content_or_nothing(path: Path) -> bytes:
    """For a lone version file: one that cannot be read names no env, and is pyenv's business."""
    try:
        return read_bounded(path, FILE_LIMIT)
    except OSError:
        return b""


def _value(parsed: Pin | PinProblem | None, path: Path) -> Pin | None:
    if isinstance(parsed, PinProblem):
        raise InvalidPin(parsed.slug, parsed.message, parsed.hint, str(path))
    return parsed
