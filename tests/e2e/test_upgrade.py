"""``roost upgrade``: a project moves from one interpreter to another, with its packages, and back (U)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.look import assert_works, document
from tests.support.sandbox import BIN, Sandbox
from tests.support.tools import serving
from tests.support.wheels import repository, source_tree, write_wheel

OLD, NEW, NEXT = "3.11.7", "3.12.1", "3.13.0"


class Machine:
    """A sandbox with three interpreters, an index of small packages, and a project that uses some of them."""

    def __init__(self, sandbox: Sandbox, index: str) -> None:
        self.sandbox = sandbox
        sandbox.extra |= {"PIP_INDEX_URL": index, "UV_DEFAULT_INDEX": index, "UV_CACHE_DIR": str(sandbox.root / "uv-cache")}
        for version in (OLD, NEW, NEXT):
            sandbox.install(version)
        self.project = sandbox.project("shop", OLD, "shop-venv")
        self.file = self.project / ".python-version"

    def with_uv(self) -> None:
        tools = self.sandbox.root / "tools"
        tools.mkdir()
        (tools / "uv").symlink_to(BIN / "uv")
        self.sandbox.path = f"{tools}:{self.sandbox.path}"

    def up(self) -> None:
        done = self.sandbox.roost("up", cwd=self.project)
        assert done.returncode == 0, done.stderr

    def env(self, version: str) -> Path:
        return self.sandbox.env(version, "shop-venv")

    def pip(self, version: str, *words: str | Path) -> str:
        done = self.sandbox.run([self.env(version) / "bin" / "python", "-m", "pip", "--disable-pip-version-check", *words])
        assert done.returncode == 0, done.stderr
        return done.stdout

    def freeze(self, version: str) -> list[str]:
        """What the env's own pip writes, without its comments."""
        return [line for line in self.pip(version, "freeze").splitlines() if not line.startswith("#")]

    def upgrade(self, *words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return self.sandbox.roost("upgrade", *words, cwd=cwd or self.project)

    def upgraded(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        done = self.upgrade(*words)
        assert done.returncode == 0, done.stderr
        return done


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """Packages for any Python, for each of the three, and for the oldest alone."""
    simple = tmp_path / "index" / "simple"
    write_wheel(simple / "plain", "plain", "1.0", requires=("compiled",))
    write_wheel(simple / "plain", "plain", "2.0", requires=("compiled",))
    for minor in ("311", "312", "313"):
        write_wheel(simple / "compiled", "compiled", "1.0", f"cp{minor}-none-any")
    write_wheel(simple / "moving", "moving", "1.0", "cp311-none-any")
    write_wheel(simple / "moving", "moving", "2.0", requires=("plain",))
    write_wheel(simple / "ending", "ending", "1.0", "cp311-none-any", python="<3.12")
    write_wheel(simple / "needy", "needy", "1.0", requires=("ending",))
    with serving(tmp_path / "index") as address:
        yield f"{address}/simple/"


@pytest.fixture
def machine(sandbox: Sandbox, index: str) -> Machine:
    return Machine(sandbox, index)


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_two_upgrades_in_a_row(machine: Machine, installer: str) -> None:
    """U1, U2, U4: packages of every kind come along; in the file one word changes; the list is what `pip freeze` writes."""
    if installer == "uv":
        machine.with_uv()
    machine.file.write_bytes(b"# ours\r\n  3.11.7 here\r\n3.9.18")
    machine.up()
    root = machine.sandbox.root
    local, tree = source_tree(root / "my code" / "local", "local", "1.5"), source_tree(root / "tree", "tree", "1.6")
    commit = repository(root / "vcs", "versioned", "1.7")
    wheel = write_wheel(root / "wheels", "direct", "1.8")
    machine.pip(OLD, "install", "plain==1.0", "-e", local, tree, f"git+file://{root}/vcs", wheel)
    frozen = machine.freeze(OLD)
    assert f"versioned @ git+file://{root}/vcs@{commit}" in frozen

    done = document(machine.upgraded("3.12", "--json"))
    assert machine.file.read_bytes() == b"# ours\r\n  3.12.1 here\r\n3.9.18"
    assert machine.freeze(NEW) == frozen
    assert sorted(Path(done["packages"]["list"]).read_text().splitlines()) == sorted(frozen)
    assert sorted(done["packages"]["same"]) == sorted(frozen)
    assert Path(done["env"]["path"]) == machine.env(NEW)
    assert (machine.sandbox.versions / "shop-venv").resolve() == machine.env(NEW).resolve()
    assert_works(machine.env(OLD))
    assert machine.sandbox.roost("status", cwd=machine.project).returncode == 0

    machine.upgraded("3.13.0")
    assert machine.file.read_bytes() == b"# ours\r\n  3.13.0 here\r\n3.9.18"
    assert machine.freeze(NEXT) == frozen
    run = machine.sandbox.roost(
        "run", "python", "-c", "import sys, local, versioned, compiled; print(sys.version_info[:2], local.__file__)", cwd=machine.project
    )
    assert run.stdout.strip() == f"(3, 13) {local}/local.py"
    assert machine.sandbox.roost("up", cwd=machine.project).stderr.startswith("roost: nothing to do")
