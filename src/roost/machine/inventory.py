"""What is in the stores and how large it is: envs, half-made ones too, and what a stopped run left beside them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from roost.machine import environments
from roost.machine.layout import Layout
from roost.rules.model import BUILDING_MARK, Env, EnvState, Store, lock_of
from roost.rules.pins import is_env_name, is_version


def envs(layout: Layout) -> list[Env]:
    """Every env of both stores, half-made ones too, ordered by place; one that lies in pyenv's store by itself comes before the rest.

    No link is followed, and a directory that is no env, whatever its name, is none.
    """
    alone = [environments.inspect(path) for path in sorted(_directories(layout.pyenv_store.path)) if is_env(path)]
    return [env for env in alone if env.state is not EnvState.INCOMPLETE] + _envs_in(env_directories(layout))


def envs_behind_links(layout: Layout) -> list[Env]:
    """The envs of interpreters that are links out of the stores, as people link Homebrew's in: to be seen, and not to be removed."""
    roots = tuple(os.path.join(os.path.realpath(store.path), "") for store in stores(layout))
    real = {os.path.realpath(link): link for store in stores(layout) for link in sorted(_links(store.path)) if is_version(os.fsencode(link.name))}
    return _envs_in([link / "envs" for path, link in real.items() if not path.startswith(roots)])


def _envs_in(directories: Iterable[Path]) -> list[Env]:
    return [environments.inspect(path) for directory in directories for path in sorted(_directories(directory)) if is_env(path)]


def env_directories(layout: Layout) -> list[Path]:
    """The directories in which envs lie: ``<version>/envs``, in both stores."""
    versions = (path for store in stores(layout) for path in sorted(_directories(store.path)) if is_version(os.fsencode(path.name)))
    return [path / "envs" for path in versions if not os.path.islink(path / "envs")]


def stores(layout: Layout) -> tuple[Store, Store]:
    """Both, pyenv's first (V9)."""
    return layout.pyenv_store, layout.own_store


def is_env(path: Path) -> bool:
    """Is the directory ``path``, by its name and what it holds, an env, whole or half?"""
    return is_env_name(os.fsencode(path.name)) and (os.path.isfile(path / "pyvenv.cfg") or is_half_made(path))


def is_half_made(path: Path) -> bool:
    """Did a roost that was stopped leave this?

    Its mark says so; without one, the lock beside it does, if there is nothing in the directory that no env holds.
    """
    if os.path.isfile(path / BUILDING_MARK):
        return True
    try:
        inside = set(os.listdir(path))
    except OSError:
        return False
    return os.path.isfile(lock_of(path)) and inside <= environments.ENV_PARTS and not os.path.lexists(path / "bin" / "python")


def made_by_roost(prefix: Path) -> bool:
    """Does a note say so (E6), or is it half-made and ours?"""
    return environments.read_note(prefix) is not None or is_half_made(prefix)


def noted_projects(note: Mapping[str, Any] | None) -> tuple[Path, ...]:
    """The projects that an env's note names; a text that cannot be a place on this machine is passed over."""
    found = []
    for text in (note or {}).get("projects", []):
        with suppress(ValueError):
            if text.startswith("/") and b"\0" not in os.fsencode(text):
                found.append(Path(text))
    return tuple(found)


def alias_of(prefix: Path, layout: Layout) -> Path | None:
    """The link ``versions/<name>`` in pyenv's store, if it leads to the env at ``prefix`` (E9)."""
    alias = layout.pyenv_store.path / prefix.name
    return alias if alias.is_symlink() and alias != prefix and os.path.realpath(alias) == os.path.realpath(prefix) else None


def located(path: Path, layout: Layout) -> Path | None:
    """``path`` as the place of an env, or of a link instead of one, in a store; None if it is no such place.

    Links on the way are followed: what then lies outside of the stores is not theirs, whatever it is called.
    """
    if not is_env_name(os.fsencode(path.name)) or not os.path.lexists(path):
        return None
    above = os.path.realpath(path.parent)
    for store in stores(layout):
        root = os.path.realpath(store.path)
        version, _, rest = os.path.relpath(above, root).partition("/")
        if rest == "envs" and is_version(os.fsencode(version)):
            return _taken(store.env(version, path.name))
    return _taken(layout.pyenv_store.path / path.name) if above == os.path.realpath(layout.pyenv_store.path) else None


def _taken(path: Path) -> Path | None:
    return path if path.is_symlink() or is_env(path) else None


def old_envs(layout: Layout) -> list[Path]:
    """The places of the envs beside which an old one lies, left by a ``--recreate`` that was killed (E8)."""
    return [prefix for prefix in _named_in(".before", env_directories(layout)) if _is_directory(environments.aside(prefix))]


def dangling_aliases(layout: Layout) -> list[Path]:
    """The links in pyenv's store that were made for an env of their name in a store, where nothing is now.

    One that leads to a disk that is not mounted is none of them.
    """
    return sorted(link for link in _links(layout.pyenv_store.path) if _is_dangling_alias(link, layout))


def _is_dangling_alias(link: Path, layout: Layout) -> bool:
    if os.path.exists(link) or not is_env_name(os.fsencode(link.name)):
        return False
    target = Path(os.readlink(link))
    version = target.parent.parent.name
    ours = is_version(os.fsencode(version)) and target in {store.env(version, link.name) for store in stores(layout) if os.path.isdir(store.path)}
    away = any(os.path.islink(place) and not os.path.exists(place) for place in (target, *target.parents))
    return ours and not away and not os.path.lexists(environments.aside(target))


def unmounted(prefix: Path) -> Path | None:
    """What is gone beside the env at ``prefix``: the whole directory of versions, or what a link on the way leads to. None if the env alone is."""
    store = prefix.parent.parent.parent if prefix.parent.name == "envs" else prefix.parent
    dangling = (place for place in (prefix, *prefix.parents) if os.path.islink(place) and not os.path.exists(place))
    return next(dangling, None if os.path.isdir(store) else store)


def idle_locks(layout: Layout) -> list[Path]:
    """The lock files of envs and interpreters that are not there any more; a lock is always empty."""
    directories = [layout.pyenv_store.path, *env_directories(layout)]
    gone = (place for place in _named_in(".lock", directories) if not os.path.lexists(place) and not os.path.lexists(environments.aside(place)))
    return [lock for lock in map(lock_of, gone) if os.path.isfile(lock) and not os.path.islink(lock) and os.path.getsize(lock) == 0]


def logs(layout: Layout) -> list[Path]:
    """What roost wrote down about builds and failures."""
    return sorted(Path(entry.path) for entry in _entries(os.fspath(layout.logs)) if entry.name.endswith(".log") and entry.is_file(follow_symlinks=False))


def _named_in(ending: str, directories: list[Path]) -> list[Path]:
    """The places ``X`` for which there is a ``.X`` with that ending, where X may be called so."""
    found = []
    for directory in directories:
        names = (entry.name[1:].removesuffix(ending) for entry in _entries(os.fspath(directory)) if entry.name.startswith(".") and entry.name.endswith(ending))
        valid = is_env_name if directory.name == "envs" else is_version
        found += [directory / name for name in sorted(names) if valid(os.fsencode(name))]
    return found


def _is_directory(path: Path) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _links(directory: Path) -> list[Path]:
    return [directory / entry.name for entry in _entries(os.fspath(directory)) if entry.is_symlink()]


class Size(NamedTuple):
    """``own``: the bytes of an env's files on disk. ``shared``: the same for each file that has more names than one, by where it lies."""

    own: int
    shared: dict[tuple[int, int], int]

    @property
    def bytes(self) -> int:
        return self.own + sum(self.shared.values())


def sizes(prefixes: Iterable[Path]) -> list[Size]:
    """How much disk each of the trees takes, counted side by side; a file with several names counts once in each."""
    from concurrent.futures import ThreadPoolExecutor  # here: it takes as long to import as a thousand envs to list

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(_size, prefixes))


def total(counted: Iterable[Size]) -> int:
    """The same for all of them together: a file that several share counts once."""
    own, shared = 0, dict[tuple[int, int], int]()
    for size in counted:
        own += size.own
        shared |= size.shared
    return own + sum(shared.values())


def _size(prefix: Path) -> Size:
    own, shared = 0, dict[tuple[int, int], int]()
    for entry in _below(os.fspath(prefix)):
        try:
            stat = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # gone meanwhile
        if stat.st_nlink > 1 and not entry.is_dir(follow_symlinks=False):
            shared[stat.st_dev, stat.st_ino] = stat.st_blocks * 512
        else:
            own += stat.st_blocks * 512
    return Size(own, shared)


def _below(directory: str) -> Iterator[os.DirEntry[str]]:
    waiting = [directory]
    while waiting:
        for entry in _entries(waiting.pop()):
            yield entry
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)


def _directories(directory: Path) -> list[Path]:
    return [directory / entry.name for entry in _entries(os.fspath(directory)) if entry.is_dir(follow_symlinks=False)]


def _entries(directory: str) -> list[os.DirEntry[str]]:
    """A directory that is not there, or may not be read, is as good as empty."""
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except OSError:
        return []
