"""What lies in the stores, by looks alone: interpreters, envs, and the note in an env (E1, E3, E6, V1)."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from roost.machine.files import explain, may_write, read_bounded, write_atomic
from roost.machine.layout import Layout
from roost.rules.errors import EnvNotMade
from roost.rules.model import BUILDING_MARK, DEPENDENCIES_FILE, NOTE_FILE, SCHEMA, Env, EnvState, Store
from roost.rules.pins import is_env_name, is_version

# What an env holds at the top when its making or its removal was stopped: a directory with anything else is not ours to clear.
ENV_PARTS: Final = frozenset(
    {"bin", "include", "lib", "lib64", "share", "pyvenv.cfg", ".gitignore", "CACHEDIR.TAG", NOTE_FILE, DEPENDENCIES_FILE, BUILDING_MARK}
)
_NOTE_LIMIT: Final = 1 << 20
_INSTALLING: Final = ".roost-installing"


def interpreters(store: Store) -> list[str]:
    """The names of the interpreters in pyenv's ``store``: with a Python that can be run, and no env."""
    names = _names(store.path)
    halves = {name for name in names if name.endswith(_INSTALLING)}
    prefixes = (store.path / name for name in names if is_version(os.fsencode(name)))
    return [prefix.name for prefix in prefixes if is_interpreter(prefix) and installing_mark(prefix).name not in halves]


def is_interpreter(prefix: Path) -> bool:
    """Is there a Python at ``prefix`` that is not an env's?"""
    return os.access(prefix / "bin" / "python", os.X_OK) and not (prefix / "pyvenv.cfg").exists()


def installing_mark(prefix: Path) -> Path:
    """The file that stands beside an interpreter's prefix while it is filled: ``bin/python`` is there long before the rest."""
    return prefix.with_name(f".{prefix.name}{_INSTALLING}")


def defines(request: str, layout: Layout) -> bool:
    """Has pyenv a definition of that name, or of one that continues it? Plugins bring names that no stock pyenv knows."""
    return any(next(directory.glob(f"{request}{rest}"), None) for directory in definitions(layout) for rest in ("", "[.-]*"))


def definitions(layout: Layout) -> list[Path]:
    """Where pyenv's definitions of versions lie: the user's own directories, and those of its plugins."""
    own = [Path(entry) for entry in layout.environ.get("PYTHON_BUILD_DEFINITIONS", "").split(":") if entry]
    return [*own, *sorted((layout.pyenv_root / "plugins").glob("*/share/python-build"))]


def inspect(prefix: Path) -> Env:
    """What a look at ``prefix`` tells, without starting it (E3). Raises EnvNotMade if the user may not look into it."""
    python = prefix / "bin" / "python"
    if _is_marked(prefix):
        state = EnvState.INCOMPLETE
    elif os.access(python, os.X_OK) and (prefix / "pyvenv.cfg").is_file():
        state = EnvState.READY
    elif not prefix.is_dir():
        state = EnvState.MISSING
    elif not os.path.lexists(python):
        state = EnvState.INCOMPLETE
    else:
        state = EnvState.BROKEN
    return Env(prefix.name, prefix, state, version_of(prefix))


def version_of(prefix: Path) -> str:
    """The version of the directory that an env lies below, as in ``3.12.1/envs/shop``; empty if there is none."""
    return prefix.parent.parent.name if prefix.parent.name == "envs" else ""


def _is_marked(prefix: Path) -> bool:
    """Has the making of this env not been finished? The first look into the directory: to one that is closed every file seems to be missing."""
    try:
        os.stat(prefix / BUILDING_MARK)
    except PermissionError as error:
        reason, remedy = explain(error, prefix)
        raise EnvNotMade("env-unreadable", f"the env {prefix} cannot be read: {reason}", advice=remedy, file=prefix) from error
    except OSError:
        return False
    return True


def holds(env: Env) -> bool:
    """Does the env keep a request with its version (V3)? A half-made one does not; one whose Python is gone does."""
    return env.state in {EnvState.READY, EnvState.BROKEN} and (env.prefix / "pyvenv.cfg").is_file()


def choose(version: str, name: str, stores: Sequence[Store]) -> Env:
    """The env of that version: the first that is ready (V9); if none is, that of the first store in which one can be made."""
    envs = [inspect(store.env(version, name)) for store in stores]
    makeable = (env for env in envs if may_write(env.prefix.parent))
    return next((env for env in envs if env.state is EnvState.READY), None) or next(makeable, envs[0])


def versions_with(name: str, store: Store) -> list[str]:
    """The versions in ``store`` that have an env of that name, in whatever state."""
    return [version for version in _names(store.path) if store.env(version, name).is_dir()]


def find_all(layout: Layout, name: str | None = None) -> list[Env]:
    """The envs of that name, or all, of pyenv's store and roost's own, ordered by place. A link is none."""
    found = []
    for store in (layout.pyenv_store, layout.own_store):
        for version in sorted(_directories(store.path)):
            names = sorted(_directories(store.path / version / "envs")) if name is None else [name]
            if is_version(os.fsencode(version)):
                places = (store.env(version, each) for each in names if is_env_name(os.fsencode(each)))
                found += [inspect(prefix) for prefix in places if _is_env(prefix)]
    return found


def aliases(layout: Layout, known: Collection[str]) -> list[str]:
    """The names in pyenv's store that stand for an env that is ready: links to one of those ``known``, or envs that lie there."""
    store = layout.pyenv_store.path
    named = (store / name for name in sorted(_names(store)) if is_env_name(os.fsencode(name)) and os.path.isfile(store / name / "pyvenv.cfg"))
    return [path.name for path in named if inspect(path).state is EnvState.READY and (path.name in known or not path.is_symlink())]


def note_project(prefix: Path, project: Path) -> None:
    """Adds the project to the note of an env that roost made, if it is not in it (E6)."""
    note = read_note(prefix)
    if note is None or str(project) in note.get("projects", []):
        return
    with suppress(OSError):  # a note, not a database: an env that may not be written to works all the same
        directory = os.open(prefix, os.O_RDONLY | os.O_CLOEXEC)
        try:
            # `up -r` notes several projects of one env at the same moment: without the lock, the later would leave the earlier out.
            with suppress(OSError):  # some network disks have no such lock
                fcntl.flock(directory, fcntl.LOCK_EX)
            note = read_note(prefix) or note
            write_note(prefix, {**note, "projects": sorted({*note.get("projects", []), str(project)})})
        finally:
            os.close(directory)


def read_note(prefix: Path) -> dict[str, Any] | None:
    """The note in the env, None if there is none or it cannot be used (E6)."""
    try:
        note = json.loads(read_bounded(prefix / NOTE_FILE, _NOTE_LIMIT))
    except (OSError, ValueError):
        return None
    if not isinstance(note, dict):
        return None
    projects = note.get("projects", [])
    return note if isinstance(projects, list) and all(isinstance(project, str) for project in projects) else None


def made_by(prefix: Path) -> str:
    """``roost`` if the env has our note, else ``other``."""
    return "roost" if read_note(prefix) is not None else "other"


def write_note(prefix: Path, note: dict[str, Any]) -> None:
    """Raises OSError."""
    write_atomic(prefix / NOTE_FILE, (json.dumps(note, indent=1) + "\n").encode())


def noted_dependencies(prefix: Path) -> dict[str, dict[str, str]]:
    """What was installed into the env from projects' files (D3): by project, the ``tool`` and the ``hash`` of what it read.

    It is no part of the note, which only an env of roost's has: packages go into envs of other tools too.
    """
    try:
        known = json.loads(read_bounded(prefix / DEPENDENCIES_FILE, _NOTE_LIMIT))["projects"]
        return {project: {"tool": str(each["tool"]), "hash": str(each["hash"])} for project, each in known.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def note_dependencies(prefix: Path, projects: dict[str, dict[str, str]]) -> None:
    """Raises OSError."""
    write_atomic(prefix / DEPENDENCIES_FILE, (json.dumps({"schema": SCHEMA, "projects": projects}, indent=1) + "\n").encode())


def aside(prefix: Path) -> Path:
    """Where the old env waits while the one at ``prefix`` is replaced (E8)."""
    return prefix.with_name(f".{prefix.name}.before")


def configuration(prefix: Path) -> dict[str, str]:
    """What ``pyvenv.cfg`` says of the env at ``prefix``; empty if there is none."""
    try:
        lines = (prefix / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {key.strip().lower(): value.strip() for key, equals, value in pairs if equals}


def python_version(prefix: Path) -> str:
    """The version of the Python that an env was made for, as in ``3.12.1``; of an unusual one, what can be told."""
    known = configuration(prefix)
    fields = (known.get("version_info") or known.get("version") or inspect(prefix).version).split(".")
    return ".".join(fields[:3])


def has(prefix: Path, file: str) -> bool:
    """Is there such a file among the packages that the env at ``prefix`` sees?"""
    return any((path / file).is_file() for path in site_packages(prefix))


def has_ipykernel(prefix: Path) -> bool:
    """Can the env at ``prefix`` be a kernel?"""
    return has(prefix, "ipykernel_launcher.py")


def has_pip(prefix: Path) -> bool:
    """Has the env at ``prefix`` a pip of its own? Its interpreter's, or half a one, does for ``%pip`` at most."""
    return os.access(prefix / "bin" / "pip", os.X_OK) and has(prefix, "pip/__init__.py")


def ipykernel_version(prefix: Path) -> str:
    """The release of ipykernel in the env, by the name of its directory; empty if it does not say."""
    found = (path.name.split("-") for place in site_packages(prefix) for path in place.glob("ipykernel-*-info"))
    return next((fields[1].removesuffix(".dist").removesuffix(".egg") for fields in found if len(fields) > 1), "")


def site_packages(prefix: Path) -> list[Path]:
    """Where the packages lie that an env sees: its own, and those of its interpreter if it was made so."""
    places = [prefix]
    known = configuration(prefix)
    if known.get("include-system-site-packages") == "true" and "home" in known:
        places.append(Path(known["home"]).parent)
    minor = ".".join(python_version(prefix).split(".")[:2])
    found = (path for place in places for path in sorted(place.glob("lib/*/site-packages")))
    return [path for path in found if path.parent.name.removesuffix("t").endswith(minor)]


def _names(directory: Path) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []


def _directories(directory: Path) -> list[str]:
    try:
        with os.scandir(directory) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _is_env(prefix: Path) -> bool:
    return not prefix.is_symlink() and os.path.isfile(prefix / "pyvenv.cfg")
