"""Trees that nobody meant: deep, endless, unreadable, changed by git, and machines with many envs (H4, H9, P)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import Calls
from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell
from tests.support.vectors import as_user


@pytest.fixture
def env(sandbox: Sandbox) -> Path:
    return sandbox.fake_env("3.12.1", "shop-venv")


@pytest.fixture
def project(sandbox: Sandbox, env: Path) -> Path:
    return sandbox.project("shop", "3.12.1", "shop-venv")


def test_two_hundred_levels(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, env: Path, project: Path) -> None:
    """H4, F11: the version lies 200 levels up and the name 100: found from the bottom, gone one above."""
    bottom, half = project / "/".join(["d"] * 200), project / "/".join(["d"] * 100)
    bottom.mkdir(parents=True)
    (project / ".python-virtualenv").rename(half / ".python-virtualenv")
    session = terminal(sandbox.home)
    session.run(f"cd {bottom}")
    assert session.active == str(env)
    assert session.run("cd ..") == ""
    assert session.active == str(env)
    session.run(f"cd {half}/..")
    assert session.active is None


def test_a_path_that_no_call_takes(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, env: Path, project: Path) -> None:
    """H4: below PATH_MAX nothing can be asked for by its whole name: the env stays, nothing is said, and out is out."""
    name = "d" * 200
    limit = os.pathconf("/", "PC_PATH_MAX")
    session = terminal(project)
    for _ in range(limit // len(name) + 2):
        assert session.run(f"mkdir {name} && cd {name}") == ""
    assert int(session.run('echo "${#PWD}"')) > limit
    assert session.active == str(env)
    session.run("cd ~")
    assert session.active is None


@pytest.mark.parametrize("mode", [0o300, 0o600, 0o000])
def test_a_parent_that_may_not_be_read(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, env: Path, project: Path, mode: int) -> None:
    """H4: what can't be listed is no matter; what can't be entered ends the look, without a word."""
    inner = project / "closed" / "inner"
    inner.mkdir(parents=True)
    session = terminal(inner, wrapper=[str(word) for word in as_user([])])
    assert session.active == str(env)
    (project / "closed").chmod(mode)
    try:
        assert session.resume() == ""
        assert session.active == str(env)
        project.chmod(mode)
        assert session.resume() == ""
        assert session.active == (str(env) if mode == 0o300 else None)
        project.chmod(0o755)
        assert session.resume() == ""
        assert session.active == str(env)
    finally:
        project.chmod(0o755)
        (project / "closed").chmod(0o755)


@pytest.mark.parametrize("name", [".python-version", ".python-virtualenv"])
def test_a_file_that_may_not_be_read(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, env: Path, project: Path, name: str) -> None:
    """F8, H9, H13: said once, with the file; on again when it can be read."""
    session = terminal(project, wrapper=[str(word) for word in as_user([])])
    assert session.active == str(env)
    (project / name).chmod(0)
    shown = session.resume()
    assert str(project / name) in shown
    assert shown.count("\n") == 1
    assert session.active is None
    (project / name).chmod(0o644)
    assert session.resume() == ""
    assert session.active == str(env)


def test_a_directory_made_anew(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, env: Path, project: Path) -> None:
    """H9: removed and cloned again under the shell."""
    session = terminal(project)
    shutil.rmtree(project)
    assert session.resume() == ""
    assert session.active is None
    sandbox.project("shop", "3.12.1", "shop-venv")
    session.run(f"cd {project}")
    assert session.active == str(env)


def test_git(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, env: Path, project: Path) -> None:
    """H9: a real checkout changes the files, a worktree has its own."""
    newer = sandbox.fake_env("3.13.2", "shop-venv")
    worktree = sandbox.root / "worktree"

    def git(*words: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, "-C", project, *words], check=True, capture_output=True, env=sandbox.environ)

    git("init", "-q", "-b", "old")
    git("add", "-A")
    git("commit", "-qm", "old")
    git("checkout", "-q", "-b", "new")
    (project / ".python-version").write_text("3.13.2\n")
    git("commit", "-qam", "new")
    git("checkout", "-q", "-b", "bare")
    git("rm", "-q", ".python-virtualenv")
    git("commit", "-qm", "bare")
    git("worktree", "add", "-q", str(worktree), "old")

    session = terminal(project)
    assert session.active is None
    for branch, expected in (("new", newer), ("bare", None), ("new", newer)):
        assert session.run(f"git checkout -q {branch}") == ""
        assert session.active == (str(expected) if expected else None)
    session.run(f"cd {worktree}")
    assert session.active == str(env)
    session.run(f"cd {project}")
    assert session.active == str(newer)
    assert session.run("git checkout -q HEAD~1") == ""
    assert session.active == str(env)


# strace is Linux's; the code that asks is the same on macOS.
if sys.platform == "linux":

    def _crowd(sandbox: Sandbox, envs: int, interpreters: int) -> None:
        for number in range(interpreters):
            sandbox.fake_interpreter(f"3.11.{100 + number}")
        for number in range(envs):
            directory = sandbox.versions / "3.12.1" / "envs" / f"e{number}"
            directory.mkdir()
            (directory / "pyvenv.cfg").touch()
            (sandbox.versions / f"e{number}").symlink_to(directory)

    def test_what_a_prompt_and_a_cd_ask(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, project: Path) -> None:
        """H1, P: on a slow disk each question counts. A dozen at a prompt at most, no directory is listed, and 1000 envs and 30 interpreters add none."""
        sandbox.fake_env("3.13.2", "two")
        other = sandbox.project("other", "3.13.2", "two")
        calls = Calls(sandbox.root / "log", sandbox.root)
        session = terminal(project, wrapper=calls.wrapper)

        def counted() -> dict[str, list[tuple[str, str]]]:
            seen = {}
            for what, line in (("prompt", ""), ("cd", f"cd {other}"), ("back", f"cd {project}"), ("out", "cd ~"), ("outside", ""), ("in", f"cd {project}")):
                calls.made()
                session.run(line)
                seen[what] = calls.made()
            return seen

        def first_and_again() -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[tuple[str, str]]]]:
            session.run("roost activate")  # what it knows, it forgets
            return counted(), counted()

        first, before = first_and_again()
        _crowd(sandbox, 1000, 30)
        assert first_and_again() == (first, before)
        assert len(before["prompt"]) <= 12, before["prompt"]
        assert {Path(path).name for _, path in before["outside"]} == {".python-version", ".python-virtualenv"}
        for what, made in (*first.items(), *before.items()):
            assert not [call for call in made if call[0].startswith("getdents")], what

    def test_a_prompt_deep_inside(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, project: Path) -> None:
        """P: a level costs three questions at most, and none goes to what lies beside or below."""
        deep = project / "a" / "b" / "c" / "d"
        deep.mkdir(parents=True)
        (deep / "below").mkdir()
        calls = Calls(sandbox.root / "log", sandbox.root)
        session = terminal(project, wrapper=calls.wrapper)
        session.resume()
        calls.made()
        session.resume()
        here = len(calls.made())
        session.run(f"cd {deep}")
        session.resume()
        calls.made()
        session.resume()
        made = calls.made()
        assert len(made) <= here + 3 * 4 + 2, made
        assert {Path(path).name for _, path in made} <= {".python-version", ".python-virtualenv", "python", "pyvenv.cfg", ".roost-building"}

    def test_a_prompt_deeper_still(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, project: Path) -> None:
        """P: what a prompt asks for grows in a straight line: each level is asked for the two files, once each."""
        calls = Calls(sandbox.root / "log", sandbox.root)
        session = terminal(project, wrapper=calls.wrapper)
        made = []
        for depth in (10, 30, 50):
            deep = project / "/".join(["d"] * depth)
            deep.mkdir(parents=True, exist_ok=True)
            session.run(f"cd {deep}")
            session.resume()
            calls.made()
            session.resume()
            made.append(len(calls.made()))
        assert made[1] - made[0] == made[2] - made[1] <= 2 * 20
