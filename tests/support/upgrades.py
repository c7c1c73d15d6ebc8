"""A machine with three interpreters, a package index and a project, for ``roost upgrade``."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.support.sandbox import BIN, Sandbox
from tests.support.tools import serving
from tests.support.wheels import write_wheel

OLD, NEW, NEXT = "3.11.7", "3.12.1", "3.13.0"


class UpgradeMachine:
    """A sandbox with three interpreters, an index of small packages, and a project that uses some of them.

    ``uv``: is one on PATH, for roost to use? A pip takes ten times as long.
    """

    def __init__(self, sandbox: Sandbox, index: str, *, uv: bool = True) -> None:
        self.sandbox = sandbox
        sandbox.extra |= {"PIP_INDEX_URL": index, "UV_DEFAULT_INDEX": index, "UV_CACHE_DIR": str(sandbox.root / "uv-cache")}
        for version in (OLD, NEW, NEXT):
            sandbox.install(version)
        self.project = sandbox.project("shop", OLD, "shop-venv")
        self.file = self.project / ".python-version"
        if uv:
            tools = sandbox.root / "tools"
            tools.mkdir()
            (tools / "uv").symlink_to(BIN / "uv")
            sandbox.path = f"{tools}:{sandbox.path}"

    def up(self) -> None:
        done = self.sandbox.roost("up", cwd=self.project)
        assert done.returncode == 0, done.stderr

    def env(self, version: str) -> Path:
        return self.sandbox.env(version, "shop-venv")

    def pip(self, version: str, *words: str | Path) -> str:
        """What the env's own pip prints."""
        done = self.sandbox.run([self.env(version) / "bin" / "python", "-m", "pip", "--disable-pip-version-check", *words])
        assert done.returncode == 0, done.stderr
        return done.stdout

    def put(self, *words: str | Path, version: str = OLD) -> None:
        """Installs these into the project's env of that version; what it builds on the way is not there for roost to use."""
        self.uv("install", "--no-cache", "--python", self.env(version) / "bin" / "python", *words)

    def take(self, *words: str) -> None:
        """Uninstalls these from the old env."""
        self.uv("uninstall", "--python", self.env(OLD) / "bin" / "python", *words)

    def uv(self, *words: str | Path) -> None:
        done = self.sandbox.run([BIN / "uv", "pip", *words])
        assert done.returncode == 0, done.stderr

    def freeze(self, version: str) -> list[str]:
        """What the env's own pip writes, without its comments."""
        return [line for line in self.pip(version, "freeze").splitlines() if not line.startswith("#")]

    def upgrade(self, *words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return self.sandbox.roost("upgrade", *words, cwd=cwd or self.project)

    def upgraded(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        done = self.upgrade(*words)
        assert done.returncode == 0, done.stderr
        return done


@contextlib.contextmanager
def small_index(directory: Path) -> Iterator[str]:
    """Packages for any Python, for each of the three, and for the oldest alone."""
    simple = directory / "simple"
    write_wheel(simple / "plain", "plain", "1.0", requires=("compiled",))
    write_wheel(simple / "plain", "plain", "2.0", requires=("compiled",))
    for minor in ("311", "312", "313"):
        write_wheel(simple / "compiled", "compiled", "1.0", f"cp{minor}-none-any")
    write_wheel(simple / "moving", "moving", "1.0", "cp311-none-any")
    write_wheel(simple / "moving", "moving", "2.0", requires=("plain",))
    write_wheel(simple / "ending", "ending", "1.0", "cp311-none-any", python="<3.12")
    write_wheel(simple / "needy", "needy", "1.0", requires=("ending",))
    with serving(directory) as address:
        yield f"{address}/simple/"
