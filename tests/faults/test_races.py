"""Many at once: one good env and no error (E4)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.look import assert_works
from tests.support.sandbox import ROOST, Sandbox


def _at_once(sandbox: Sandbox, calls: list[tuple[Path, list[str]]]) -> list[tuple[int, str]]:
    """Starts them all, then waits for all: their exit codes and what they said."""
    running = [
        subprocess.Popen([ROOST, *words], cwd=cwd, env=sandbox.environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for cwd, words in calls
    ]
    ended = []
    for process in running:
        _, errors = process.communicate(timeout=200)
        ended.append((process.returncode, errors))
    return ended


@pytest.mark.parametrize("words", [["up"], ["up", "--from-hook"]], ids=" ".join)
def test_fifty_at_once_make_one_env(sandbox: Sandbox, newest: str, words: list[str]) -> None:
    """E4: a new project in fifty terminals."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    ended = _at_once(sandbox, [(project, words)] * 50)
    assert [code for code, _ in ended] == [0] * 50, ended
    assert all("Traceback" not in errors and "Warning" not in errors for _, errors in ended), ended
    said = "".join(errors for _, errors in ended)
    assert said.count("making the env shop-venv with") == 1
    assert "roost: another roost is making the env shop-venv; waiting for it\n" in said
    prefix = sandbox.env(newest, "shop-venv")
    assert_works(prefix)
    assert sorted(path.name for path in prefix.parent.iterdir()) == [".shop-venv.lock", "shop-venv"]
    assert (sandbox.versions / "shop-venv").resolve() == prefix.resolve()
    pip = sandbox.run([prefix / "bin" / "pip", "--version"])
    assert pip.returncode == 0, pip.stderr


def test_different_envs_do_not_disturb_each_other(sandbox: Sandbox, newest: str, second: str) -> None:
    """E4: a lock per env; roost's cache is filled by all of them at the same time."""
    calls = []
    for version in (newest, second):
        sandbox.install(version)
        calls += [(sandbox.project(f"{version}-{number}", version, f"shop-{number}"), ["up"]) for number in range(3)]
    ended = _at_once(sandbox, calls)
    assert [code for code, _ in ended] == [0] * 6, ended
    for version in (newest, second):
        for number in range(3):
            assert_works(sandbox.env(version, f"shop-{number}"))


def test_recreating_and_entering_at_once(sandbox: Sandbox, newest: str) -> None:
    """E4, E8: one makes it anew while others come in."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    assert sandbox.roost("up", cwd=project).returncode == 0
    ended = _at_once(sandbox, [(project, ["up", "--recreate"])] * 3 + [(project, ["up"])] * 5)
    assert [code for code, _ in ended] == [0] * 8, ended
    prefix = sandbox.env(newest, "shop-venv")
    assert_works(prefix)
    assert sorted(path.name for path in prefix.parent.iterdir()) == [".shop-venv.lock", "shop-venv"]
