"""Names, limits and the values that pass between the layers."""

from __future__ import annotations

import enum
import signal
from pathlib import Path
from typing import Final, NamedTuple, Protocol

VERSION_FILE: Final = ".python-version"
NAME_FILE: Final = ".python-virtualenv"
FILE_LIMIT: Final = 4096  # bytes, F2
VERSION_LIMIT: Final = 128  # bytes, F6
NAME_LIMIT: Final = 64  # bytes, F7
RESERVED_NAMES: Final = frozenset({"system", "envs"})  # F7
BUILDING_MARK: Final = ".roost-building"
DEPENDENCIES_FILE: Final = ".roost-dependencies.json"
NOTE_FILE: Final = ".roost.json"
SCHEMA: Final = 1
SYSTEM: Final = "system"
# The signals on which roost cleans up before it exits: Ctrl-C, `kill`, and a closed terminal.
STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PYENV_PAGE: Final = "https://github.com/pyenv/pyenv#installation"
OLDEST_TARGET: Final = (3, 6)  # E2
# The problems of a project file whose message shows nothing of its content.
_UNQUOTING: Final = frozenset({"encoding", "too-long", "nul-byte", "bom", "version-empty"})


class State(str, enum.Enum):
    """What ``status`` says of a project (spec C)."""

    READY = "ready"
    ENV_MISSING = "env-missing"
    ENV_INCOMPLETE = "env-incomplete"
    ENV_BROKEN = "env-broken"
    INTERPRETER_MISSING = "interpreter-missing"
    INVALID = "invalid"
    NO_PROJECT = "no-project"


class EnvState(str, enum.Enum):
    """E3."""

    READY = "ready"
    MISSING = "missing"
    INCOMPLETE = "incomplete"
    BROKEN = "broken"


class Pin(NamedTuple):
    """The value of a project file; ``others`` are the first words of its later lines (F5)."""

    value: str
    others: tuple[str, ...] = ()


class PinProblem(NamedTuple):
    """Why the content of a project file is invalid, and what to write instead (F8)."""

    slug: str
    message: str
    advice: str

    def unquoted(self, file: str) -> PinProblem:
        """The same without a word of the file's content: a ``file`` in a clone may be a link to anything that can be read."""
        if self.slug in _UNQUOTING:
            return self
        if file == VERSION_FILE:
            return PinProblem(self.slug, f"{file} names no valid version", "write a version such as 3.12.1")
        return PinProblem(self.slug, f"{file} names no valid env", "write a name such as myproject-venv")


class Problem(NamedTuple):
    """One entry of ``problems`` in ``status --json``. ``command`` can be typed as it stands, ``advice`` is a sentence."""

    code: str
    message: str
    command: str = ""
    advice: str = ""
    file: str | None = None


class Project(NamedTuple):
    """Where a project begins and what its files ask for.

    If the version file names an existing env in the way of pyenv-virtualenv (F13), ``name_file`` is
    that file too and ``named`` is that env's place.
    """

    root: Path
    request: str
    others: tuple[str, ...]
    env_name: str
    version_file: Path
    name_file: Path
    named: Path | None = None


class Interpreter(NamedTuple):
    """A Python that envs can be made from. ``source`` is ``pyenv`` or ``path`` (V6)."""

    version: str
    info: tuple[int, int, int]
    executable: Path
    source: str


class Store(NamedTuple):
    """A directory of versions: pyenv's, or roost's own, where envs lie in the same way (V6, V9). ``owner``: ``pyenv`` or ``roost``."""

    path: Path
    owner: str

    def interpreter(self, version: str) -> Path:
        """The Python of that version, whether it is there or not."""
        return self.path / version / "bin" / "python"

    def env(self, version: str, name: str) -> Path:
        """The place of an env, whether it is there or not (E1)."""
        return self.path / version / "envs" / name


class Env(NamedTuple):
    """A virtualenv by place, and what a look at it tells (E3). ``version``: of the directory that it lies below; empty if there is none."""

    name: str
    prefix: Path
    state: EnvState
    version: str = ""

    @property
    def python(self) -> Path:
        return self.prefix / "bin" / "python"

    @property
    def label(self) -> str:
        """The name that tells it from others of its name: ``3.12.1/envs/shop``."""
        return f"{self.version}/envs/{self.name}" if self.version else self.name


def lock_of(place: Path) -> Path:
    """The lock of the env or the interpreter at ``place`` (E4). It lies beside it, so that it outlives what stands there."""
    return place.parent / f".{place.name}.lock"


class Narrator(Protocol):
    """Whom a long job tells how far it is: ``step`` for the lines to keep, ``detail`` for each line."""

    def step(self, line: str) -> None: ...

    def detail(self, line: str) -> None: ...
