"""pyenv, interpreters, and what builds need (W4)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import pytest

from tests.support.checkup import codes_after, corrected, look, problems, stand_in
from tests.support.definitions import copying, define, prepared
from tests.support.look import assert_works, only_line
from tests.support.sandbox import Sandbox, real_versions


def test_a_pyenv_lock(machine: Sandbox) -> None:
    """W4: an old one; a pyenv that is at work now has one too."""
    lock = machine.pyenv_root / "shims" / ".pyenv-shim"
    lock.parent.mkdir()
    lock.touch()
    assert "pyenv-lock" not in look(machine)
    os.utime(lock, (time.time() - 100, time.time() - 100))
    assert corrected(machine, "pyenv-lock")["file"] == str(lock)


def test_no_pyenv(machine: Sandbox) -> None:
    """W4: a note; with Homebrew its command, without a directory of that name git's."""
    machine.versions.rmdir()
    machine.pyenv_root.rmdir()
    found = look(machine)
    assert found["pyenv-missing"]["command"] == f"git clone https://github.com/pyenv/pyenv {machine.pyenv_root}"
    assert found["pyenv-missing"]["level"] == "notice"
    machine.pyenv_root.mkdir()
    machine.with_pyenv()
    assert "pyenv-missing" not in look(machine)


def test_pyenv_that_is_a_function(machine: Sandbox) -> None:
    """W4: lazily loaded, it is not on PATH."""
    path = machine.path
    machine.with_pyenv()
    machine.path = path
    corrected(machine, "pyenv-not-on-path", level="notice")


def test_pyenv_root_that_is_a_file(machine: Sandbox) -> None:
    """W4: one line about it, and the rest is looked at."""
    place = machine.root / "file"
    place.touch()
    (machine.home / ".pyenv").mkdir()
    finding = corrected(machine, "pyenv-root-invalid", PYENV_ROOT=str(place))
    assert finding["file"] == str(place)
    done = machine.roost("doctor", PYENV_ROOT="relative")
    assert done.returncode == 2
    assert "unset PYENV_ROOT" in only_line(done)


@pytest.mark.parametrize("place", ["pyenv", "elsewhere"])
def test_a_pyenv_that_is_too_old(machine: Sandbox, place: str) -> None:
    """W4: for the version that is asked; where it was cloned to, which need not be PYENV_ROOT, it is pulled."""
    machine.with_pyenv()
    upstream, clone = machine.root / "upstream", machine.root / place
    git = ("git", "-c", "user.name=x", "-c", "user.email=x@x", "-C", upstream)
    machine.pyenv_root.rename(upstream)
    shutil.rmtree(upstream / "versions")
    subprocess.run(["git", "init", "-q", upstream], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "last year"], check=True)
    subprocess.run(["git", "clone", "-q", upstream, clone], check=True)
    machine.versions.mkdir(parents=True)
    machine.path = f"{clone / 'bin'}:{machine.path}"
    (upstream / "plugins" / "python-build" / "share" / "python-build" / "3.99.1").write_text("false\n")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "this year"], check=True)
    project = machine.project("shop", "3.99", "shop-venv")
    finding = corrected(machine, "version-unknown", cwd=project)
    assert finding["message"] == "pyenv does not know Python 3.99"
    assert finding["command"] == f"git -C {clone} pull"
    assert look(machine, project)["interpreter-missing"]["command"] == "roost up"


def test_modules_that_are_missing(machine: Sandbox, newest: str) -> None:
    """W4: a build without OpenSSL and SQLite; after the packages it is built again."""
    tree = prepared(machine, newest)
    machine.with_pyenv()
    define(machine, newest, f'rm -rf "$PREFIX_PATH/bin" "$PREFIX_PATH/lib" "$PREFIX_PATH/include" "$PREFIX_PATH/share"\n{copying(tree)}')
    prefix = machine.install(newest)
    for part in prefix.glob("lib/python*/lib-dynload/_s[sq]*l*"):
        part.unlink()
    project = machine.project("shop", newest, "shop-venv")
    assert machine.roost("up", cwd=project).returncode == 0
    manager, packages = ("brew", ["openssl@3", "sqlite"]) if sys.platform == "darwin" else ("apt-get", ["libssl-dev", "libsqlite3-dev"])
    stand_in(machine, manager, f'echo "$@" >"{machine.root}/installed"')
    stand_in(machine, "sudo", 'exec "$@"')
    finding = corrected(machine, "modules-missing")
    assert f"Python {newest} has no ssl, sqlite3" in finding["message"]
    assert (machine.root / "installed").read_text().split() == ["install", *packages]
    assert_works(machine.env(newest, "shop-venv"))


def test_an_old_python_is_whole(machine: Sandbox) -> None:
    """W4: the oldest that this machine has; a 2.7 never had an lzma."""
    oldest = real_versions()[0]
    machine.install(oldest)
    machine.fake_env(oldest, "old")
    assert problems(machine) == []


def test_an_interpreter_that_does_not_run(machine: Sandbox, newest: str) -> None:
    """W4: only one that has an env, or that the project uses, is started."""
    machine.fake_interpreter("3.12.99")
    assert "interpreter-broken" not in look(machine)
    machine.fake_env("3.12.99", "shop")
    finding = look(machine)["interpreter-broken"]
    assert finding["command"] == "pyenv install --force 3.12.99"
    machine.with_pyenv()
    define(machine, "3.12.99", copying(prepared(machine, newest)))
    assert "interpreter-broken" not in codes_after(machine, finding)


def test_what_a_build_would_lack(machine: Sandbox) -> None:
    """W4: by the names of this system's packages, in one command; here on a PATH that has no compiler and no make."""
    machine.with_pyenv()
    for name in ("apt-get", "tar", "xz", "bzip2", "patch"):
        stand_in(machine, name, "")
    path = f"{machine.pyenv_root / 'bin'}:{machine.root / 'tools'}"
    found = look(machine, PATH=path)
    if sys.platform == "darwin":
        assert found["command-line-tools"]["command"] == "xcode-select --install"
        return
    assert found["build-prerequisites"]["level"] == "notice"
    assert "apt-get install build-essential make" in found["build-prerequisites"]["command"]
    for name in ("cc", "make"):
        stand_in(machine, name, "")
    assert "build-essential" not in str(look(machine, PATH=path).get("build-prerequisites"))
