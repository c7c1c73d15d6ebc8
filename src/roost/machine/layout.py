"""Where everything lives: one frozen value, made once from the environment (V1, V6)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from platformdirs import PlatformDirs

from roost.rules.errors import RoostError, UsageError, to_type
from roost.rules.model import SYSTEM, Store
from roost.rules.pins import shown


class Layout(NamedTuple):
    """The places and the environment that a run works with.

    ``search_path`` is PATH without an active env, conda and pyenv's shims (V7). ``pyenv`` is the
    command, None on a machine without one. ``managed``: does pyenv keep interpreters here (V6)?
    """

    cwd: Path
    environ: Mapping[str, str]
    pyenv_root: Path
    data: Path
    cache: Path
    logs: Path
    settings: Path
    search_path: str
    pyenv: Path | None
    managed: bool

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], cwd: Path) -> Layout:
        """Raises UsageError if a variable names no usable directory."""
        dirs = PlatformDirs("roost", appauthor=False)
        pyenv_root = _directory(environ, "PYENV_ROOT", home_of(environ) / ".pyenv")
        data = _directory(environ, "ROOST_HOME", dirs.user_data_path)
        search_path = _search_path(environ, pyenv_root)
        own = pyenv_root / "bin" / "pyenv"
        found = shutil.which("pyenv", path=search_path) or (str(own) if os.access(own, os.X_OK) else None)
        return cls(
            cwd=cwd,
            environ=environ,
            pyenv_root=pyenv_root,
            data=data,
            cache=data / "cache" if environ.get("ROOST_HOME") else dirs.user_cache_path,
            logs=data / "logs" if environ.get("ROOST_HOME") else dirs.user_log_path,
            settings=dirs.user_config_path / "config.toml",
            search_path=search_path,
            pyenv=Path(found) if found else None,
            managed=(pyenv_root / "versions").is_dir() or shutil.which("pyenv", path=environ.get("PATH", "")) is not None,
        )

    @property
    def pyenv_store(self) -> Store:
        return Store(self.pyenv_root / "versions", "pyenv")

    @property
    def own_store(self) -> Store:
        return Store(self.data / "versions", "roost")

    def elsewhere(self, root: Path) -> Path | None:
        """``root`` if the user is not in it: a command that is told to type then has to name it."""
        return None if self.cwd.is_relative_to(root) else root

    def source(self, request: str) -> str:
        """Where the interpreter for ``request`` comes from: ``pyenv`` or ``path`` (V6)."""
        return "path" if request == SYSTEM or not self.managed else "pyenv"

    def stores(self, request: str) -> tuple[Store, ...]:
        """Where an env for ``request`` may lie: the one that comes first wins (V9)."""
        return (self.pyenv_store, self.own_store) if self.source(request) == "pyenv" else (self.own_store,)


def logical_cwd(environ: Mapping[str, str]) -> Path:
    """``$PWD`` where it names the working directory, else the real path; ``/`` if it is gone (F11)."""
    named = environ.get("PWD", "")
    with suppress(OSError):
        if named.startswith("/") and os.path.samefile(named, "."):
            return Path(named)
    try:
        return Path.cwd()
    except OSError:
        return Path(named if named.startswith("/") else "/")


def gone(cwd: Path, refusal: type[RoostError]) -> RoostError | None:
    """Why nothing is to be found or made in ``cwd``, the working directory: somebody removed it while a shell stood in it. None if it is there."""
    try:
        os.getcwd()
    except FileNotFoundError:
        there = next(place for place in (cwd, *cwd.parents) if place.is_dir())
        return refusal("directory-gone", "the working directory is gone", command=to_type("cd", there))
    return None


def home_of(environ: Mapping[str, str]) -> Path:
    """The user's own directory."""
    return Path(environ.get("HOME") or Path.home())


def _directory(environ: Mapping[str, str], variable: str, default: Path) -> Path:
    text = environ.get(variable) or str(default)
    if not text.startswith("/") or any(character in ":" or ord(character) < 0x20 for character in text):
        raise UsageError(
            "variable-invalid",
            f"{variable} is '{shown(os.fsencode(text))}', which is not an absolute path without ':' and control characters",
            command=f"unset {variable}",
            advice=f"or set it to a directory such as {default}",
        )
    return Path(text)


def _search_path(environ: Mapping[str, str], pyenv_root: Path) -> str:
    active = {os.path.join(environ[name], "bin") for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if environ.get(name)}
    shims = str(pyenv_root / "shims")
    fields = (field for field in environ.get("PATH", os.defpath).split(":") if field.startswith("/"))
    return ":".join(field for field in fields if field.rstrip("/") not in active and field.rstrip("/") != shims)
