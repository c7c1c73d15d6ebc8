"""A full disk, a place that may not be written: one clear line, exit 6, nothing half-made (E5, C)."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.kernels import KernelMachine
from tests.support.look import assert_works, document, home_of, looks_ready, only_line, photograph
from tests.support.sandbox import ROOST, Sandbox

_MAY_MOUNT = sys.platform == "linux" and os.geteuid() == 0


@contextmanager
def _mounted(*words: str, at: Path) -> Iterator[None]:
    subprocess.run(["mount", *words, str(at)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(at)], check=True)


@contextmanager
def _read_only(directory: Path) -> Iterator[None]:
    """Read-only for whoever runs the tests: by a mount for root, by permissions for a user."""
    if os.geteuid() == 0:
        assert _MAY_MOUNT, "as root these tests need Linux: permissions do not stop root"
        subprocess.run(["mount", "--bind", str(directory), str(directory)], check=True)
        try:
            subprocess.run(["mount", "-o", "remount,ro,bind", str(directory)], check=True)
            yield
        finally:
            subprocess.run(["umount", str(directory)], check=True)
        return
    directories = [directory, *(path for path in directory.rglob("*") if path.is_dir() and not path.is_symlink())]
    modes = [(path, path.stat().st_mode) for path in directories]
    for path, mode in modes:
        path.chmod(mode & 0o555)
    try:
        yield
    finally:
        for path, mode in modes:
            path.chmod(mode)


def _limited(sandbox: Sandbox, project: Path, limit: int | None, *words: str) -> subprocess.CompletedProcess[str]:
    def limit_files() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    return subprocess.run(
        [ROOST, "up", *words],
        cwd=project,
        # Under a limit, unlike on a full disk, Python writes half of a module's bytecode, and takes it for whole from then on.
        env={**sandbox.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=limit_files,
    )


@pytest.mark.parametrize("room", [4, 64, 512, 2048, 4096])
def test_a_disk_that_runs_full(sandbox: Sandbox, newest: str, room: int) -> None:
    """E5: at various points of the making. The disk is a small one where it may be mounted, else a limit on files that no write gets past."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    # roost's cache is on the full disk too, unless it is filled already.
    envs = sandbox.versions / newest / "envs"
    envs.mkdir()
    with ExitStack() as stack:
        if _MAY_MOUNT:
            stack.enter_context(_mounted("-t", "tmpfs", "-o", f"size={room}k", "none", at=envs))
        else:  # nor may the env's interpreter write bytecode: virtualenv asks it in isolation from such variables
            stack.enter_context(_read_only(sandbox.versions / newest / "lib"))
        done = _limited(sandbox, project, None if _MAY_MOUNT else room * 16, "-q")
        assert done.returncode == 6, done.stderr
        line = only_line(done)
        assert str(envs / "shop-venv") in line
        assert "No space left" in line or "File too large" in line or "too large" in line
        assert not looks_ready(envs / "shop-venv")
        assert not (envs / "shop-venv").exists()
        assert not os.path.lexists(sandbox.versions / "shop-venv")
        looked = sandbox.roost("status", "--json", cwd=project)
        assert document(looked)["state"] == "env-missing"
    assert sandbox.roost("up", cwd=project).returncode == 0
    assert_works(envs / "shop-venv")


def test_a_full_disk_gives_the_old_env_back(sandbox: Sandbox, newest: str) -> None:
    """E8."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    prefix = sandbox.env(newest, "shop-venv")
    prefix.parent.mkdir()
    with ExitStack() as stack:
        if _MAY_MOUNT:
            stack.enter_context(_mounted("-t", "tmpfs", "-o", "size=24m", "none", at=prefix.parent))
        assert sandbox.roost("up", cwd=project).returncode == 0
        if _MAY_MOUNT:
            free = shutil.disk_usage(prefix.parent).free
            (prefix / "mine").write_bytes(b"x" * (free - (1 << 20)))
        else:
            (prefix / "mine").write_bytes(b"x")
        done = _limited(sandbox, project, None if _MAY_MOUNT else 32 << 10, "-q", "--recreate")
        assert done.returncode == 6, done.stderr
        assert (prefix / "mine").exists()
        assert_works(prefix)


def test_two_stores_that_may_not_be_written(sandbox: Sandbox, newest: str) -> None:
    """E5, V9, C."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    sandbox.data.mkdir()
    with _read_only(sandbox.pyenv_root), _read_only(sandbox.data):
        done = sandbox.roost("up", "-q", cwd=project)
        assert done.returncode == 6, done.stderr
        line = only_line(done)
        assert str(sandbox.env(newest, "shop-venv")) in line
        assert "Read-only file system" in line or "Permission denied" in line
        store = sandbox.versions / newest
        opening = f"make {store} writable for you" if os.geteuid() == 0 else f"chmod u+rwx {store}"
        assert line.endswith(f"; {opening}, then type: roost up")
        assert sandbox.roost("status", cwd=project).returncode == 10
        assert document(sandbox.roost("up", "--json", cwd=project))["error"]["code"] == "env-not-made"
    assert not (sandbox.versions / newest / "envs").exists()
    assert sandbox.roost("up", cwd=project).returncode == 0


def test_a_pyenv_root_that_may_not_be_written(sandbox: Sandbox, newest: str) -> None:
    """V9: the env is made in roost's own store, from that interpreter, and found there; one that appears in pyenv's store wins."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest.rpartition(".")[0], "shop-venv")
    own = sandbox.data / "versions" / newest / "envs" / "shop-venv"
    with _read_only(sandbox.pyenv_root):
        assert only_line(sandbox.roost("up", "--dry-run", cwd=project)) == f"roost: would make the env {own}"
        done = sandbox.roost("up", cwd=project)
        assert done.returncode == 0, done.stderr
        assert_works(own)
        assert home_of(own) == str(sandbox.versions / newest / "bin")
        looked = document(sandbox.roost("status", "--json", cwd=project))
        assert (looked["state"], looked["env"]["path"]) == ("ready", str(own))
        assert (looked["python"]["source"], looked["python"]["executable"]) == ("pyenv", str(sandbox.versions / newest / "bin" / "python"))
        assert "nothing to do" in only_line(sandbox.roost("up", cwd=project))
        assert sandbox.roost("up", "-q", "--recreate", cwd=project).returncode == 0
        assert_works(own)
        assert sandbox.roost("which", "--env", "shop-venv").stdout == f"{own}\n"
        assert sandbox.roost("complete", "activate", "").stdout == f"{newest}/envs/shop-venv\n"
    assert not (sandbox.versions / newest / "envs").exists()
    assert not (sandbox.versions / "shop-venv").is_symlink(), "pyenv would not know an env that lies outside"
    assert "nothing to do" in only_line(sandbox.roost("up", cwd=project)), "the env stays where it is"
    prefix = sandbox.fake_env(newest, "shop-venv")
    assert document(sandbox.roost("status", "--json", cwd=project))["env"]["path"] == str(prefix)
    assert sandbox.roost("which", "--env", f"{newest}/envs/shop-venv").stdout == f"{prefix}\n"


def test_a_ready_env_on_a_read_only_root_is_ready(sandbox: Sandbox, newest: str) -> None:
    """E7, E6: nothing to do, and a second project that cannot be noted is no error."""
    sandbox.install(newest)
    assert sandbox.roost("up", cwd=sandbox.project("shop", newest, "shop-venv")).returncode == 0
    with _read_only(sandbox.pyenv_root):
        done = sandbox.roost("up", cwd=sandbox.project("other", newest, "shop-venv"))
        assert (done.returncode, "nothing to do" in only_line(done)) == (0, True)
        assert sandbox.roost("status", cwd=sandbox.root / "other").returncode == 0
        again = sandbox.roost("up", "-q", "--recreate", cwd=sandbox.root / "other")
        assert again.returncode == 6
        only_line(again)
    assert_works(sandbox.env(newest, "shop-venv"))


def test_an_interpreter_cannot_be_put_into_a_read_only_root(sandbox: Sandbox) -> None:
    """V4, C: exit 5, one line."""
    sandbox.with_pyenv()
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    with _read_only(sandbox.pyenv_root):
        done = sandbox.roost("up", "-q", cwd=project)
        assert done.returncode == 5, done.stderr
        line = only_line(done)
        assert str(sandbox.versions) in line
    assert list(sandbox.versions.iterdir()) == []


def test_a_cache_that_may_not_be_written(sandbox: Sandbox, newest: str) -> None:
    """E2: roost's data directory is read-only or missing for good: envs are made all the same."""
    sandbox.install(newest)
    sandbox.data.mkdir()
    with _read_only(sandbox.data):
        done = sandbox.roost("up", cwd=sandbox.project("shop", newest, "shop-venv"))
        assert done.returncode == 0, done.stderr
    assert_works(sandbox.env(newest, "shop-venv"))


def test_a_kernels_directory_that_may_not_be_written(sandbox: Sandbox, newest: str) -> None:
    """jupyter.md 6.1: exit 8, the kernel that is there stays, and can be looked at."""
    machine = KernelMachine(sandbox)
    machine.env(newest, "churn")
    machine.added("churn")
    with _read_only(machine.data):
        before = photograph(machine.data)
        for words in (("add", "churn", "--env", "A=b"), ("remove", "churn")):
            done = machine.kernel(*words)
            assert done.returncode == 8
            assert "Read-only file system" in only_line(done) or "Permission denied" in only_line(done)
        assert machine.kernel("list", "--stale").returncode == 0
        assert photograph(machine.data) == before
    machine.added("churn", "--env", "A=b")
    assert os.listdir(machine.data) == ["kernels"]


def test_no_room_for_a_kernel(sandbox: Sandbox, newest: str) -> None:
    """jupyter.md 6.1: exit 8 and one reason; the kernel that is there stays."""
    machine = KernelMachine(sandbox)
    machine.env(newest, "churn")
    machine.data.mkdir()
    with ExitStack() as stack:
        if _MAY_MOUNT:
            stack.enter_context(_mounted("-t", "tmpfs", "-o", "size=44k", "none", at=machine.data))
        machine.added("churn")
        before = photograph(machine.directory)
        if not _MAY_MOUNT:
            machine.data.chmod(0o555)
        done = machine.kernel("add", "churn", "--env", "A=b")
        machine.data.chmod(0o755)
        assert done.returncode == 8
        line = only_line(done)
        assert f"cannot write {machine.directory}: [Errno 28] No space left on device; " in line or "Permission denied" in line
        assert photograph(machine.directory) == before
        assert os.listdir(machine.data) == ["kernels"]


@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_dependencies_that_cannot_be_written(sandbox: Sandbox, newest: str, trouble: str) -> None:
    """D4: exit 9; the env works as before, and once there is room the next run installs."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    env = sandbox.env(newest, "shop-venv")
    (project / "big").mkdir()
    (project / "big" / "pyproject.toml").write_text(BIG)
    (project / "big" / "backend.py").write_text(BACKEND)
    (project / "big" / "big.py").write_text("data = '" + "x" * (4 << 20) + "'\n")
    (project / "requirements.txt").write_text("./big\n")
    env.parent.mkdir()
    with ExitStack() as stack:
        if _MAY_MOUNT:
            stack.enter_context(_mounted("-t", "tmpfs", "-o", "size=24m", "none", at=env.parent))
        assert sandbox.roost("up", cwd=project).returncode == 0
        with ExitStack() as then:
            filler = env.parent / "filler"
            if trouble == "read-only":
                then.enter_context(_read_only(env))
            elif _MAY_MOUNT:
                filler.write_bytes(b"x" * (shutil.disk_usage(env.parent).free - (1 << 20)))
            done = _limited(sandbox, project, 2 << 20 if trouble == "full" and not _MAY_MOUNT else None, "--deps")
            assert done.returncode == 9, done.stderr
            assert "Traceback" not in done.stderr.splitlines()[-1]
            assert document(_limited(sandbox, project, None, "--no-deps", "--json"))["env"]["state"] == "ready"
        filler.unlink(missing_ok=True)
        assert_works(env)
        done = sandbox.roost("up", "--deps", cwd=project)
        assert done.returncode == 0, done.stderr
        assert "nothing to do" in sandbox.roost("up", "--deps", cwd=project).stderr


BIG = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "big"
version = "1"
"""
BACKEND = """
import pathlib, zipfile
def build_wheel(directory, settings=None, metadata=None):
    name = "big-1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(directory, name), "w") as wheel:
        wheel.write("big.py")
        wheel.writestr("big-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: big\\nVersion: 1\\n")
        wheel.writestr("big-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: own\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("big-1.dist-info/RECORD", "big.py,,\\nbig-1.dist-info/METADATA,,\\nbig-1.dist-info/WHEEL,,\\nbig-1.dist-info/RECORD,,\\n")
    return name
"""
