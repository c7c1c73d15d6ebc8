"""A machine that is short of something, or whose clock or pyenv cannot be trusted: one line, and nothing half-made (C, E5)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from roost.machine import pyenv
from roost.machine.layout import Layout
from roost.rules.errors import InterpreterUnavailable
from tests.support.look import assert_works, looks_ready, only_line, photograph
from tests.support.sandbox import ROOST, Sandbox

# Fewer, and Python itself does not start.
FEWEST = 8


@pytest.mark.parametrize("files", [*range(FEWEST, 16), 20])
def test_too_few_open_files(sandbox: Sandbox, newest: str, files: int) -> None:
    """E5, V7: what is short is named, and not the interpreter blamed; with more, the next run makes the env."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-env")
    done = sandbox.run(["/bin/sh", "-c", f'ulimit -n {files} && exec "$@"', "sh", ROOST, "up"], cwd=project)
    assert "Traceback" not in done.stderr
    assert "pyenv install" not in done.stderr
    env = sandbox.env(newest, "shop-env")
    if done.returncode:
        assert "Too many open files" in done.stderr.splitlines()[-1]
        assert "ulimit -n 1024" in done.stderr.splitlines()[-1]
        assert not looks_ready(env)  # it may be there: removing it takes open files as well
        assert sandbox.roost("up", cwd=project).returncode == 0
    else:
        assert files > FEWEST
    assert_works(env)


def test_a_clock_that_was_set_back(sandbox: Sandbox, newest: str) -> None:
    """E7, R3: what comes from the future is as good as anything: nothing is made again, and nothing counts as old."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-env")
    (project / "requirements.txt").write_text("# nothing\n")
    assert sandbox.roost("up", "--deps", cwd=project).returncode == 0
    env, log = sandbox.env(newest, "shop-env"), sandbox.data / "logs" / "install-3.9.9-x.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch()
    tomorrow = time.time() + 400 * 24 * 3600
    for path in (log, *project.iterdir(), env, *env.rglob("*"), *env.parent.glob(".*.lock")):
        os.utime(path, (tomorrow, tomorrow), follow_symlinks=False)
    before = photograph(env, project)
    assert "nothing to do" in only_line(sandbox.roost("up", "--deps", cwd=project))
    assert sandbox.roost("status", cwd=project).returncode == 0
    assert "nothing to prune" in only_line(sandbox.roost("prune", "--yes"))
    assert photograph(env, project) == before
    assert log.exists()


@pytest.fixture
def pyenv_that(sandbox: Sandbox) -> Callable[[str], Path]:
    """Puts a program of that body in pyenv's place, and gives a project that needs it."""

    def put(body: str) -> Path:
        program = sandbox.pyenv_root / "bin" / "pyenv"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
        return sandbox.project("shop", "3.12", "shop-env")

    return put


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("../../../evil", "../../../evil"),
        ("3.11.9", "3.11.9"),
        ("3.12.1\\n3.12.2", "3.12.1\\x0a3.12.2"),
        ("\\033[31m3.12", "\\x1b[31m3.12"),
        ("", ""),
    ],
)
def test_a_pyenv_that_lies(sandbox: Sandbox, pyenv_that: Callable[[str], Path], said: str, shown: str) -> None:
    """V4: what it names becomes a directory, so it must be a version that continues the request."""
    project = pyenv_that(f"printf '{said}\\n'")
    before = photograph(sandbox.root)
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 5
    assert f"pyenv names {shown} as the newest Python 3.12, which it is not" in only_line(done)
    assert photograph(sandbox.root) == before


def test_a_pyenv_that_cannot_be_started(sandbox: Sandbox, pyenv_that: Callable[[str], Path]) -> None:
    """V4: its own interpreter is gone, say; that is not "no such version"."""
    project = pyenv_that("exit 0")
    (sandbox.pyenv_root / "bin" / "pyenv").write_text("#!/no/such/shell\n")
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 5
    line = only_line(done)
    assert line.startswith("roost: pyenv does not say which Python 3.12 it can install: ")
    assert "type: pyenv --version" in line


def test_a_pyenv_that_hangs(sandbox: Sandbox, pyenv_that: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """V4: it is not waited for for ever. Waiting as long as roost does would keep the tests waiting too."""
    project = pyenv_that("sleep 600")
    monkeypatch.setattr(pyenv, "_PATIENCE", 0.5)
    layout = Layout.from_environ(sandbox.environ, project)
    with pytest.raises(InterpreterUnavailable, match="it can install: no answer in 0 s"):
        pyenv.newest_known("3.12", layout, project / ".python-version")
