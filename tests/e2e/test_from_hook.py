"""``roost up --from-hook``: the one question of the hook's, about an env that is not ready (H12, H13)."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.look import looks_ready, only_line
from tests.support.sandbox import Sandbox

# The version and the name in the files, and which of the two is wrong.
_INVALID = {
    "range": (">=3.9", "shop", 0),
    "pyenv-virtualenv's word": ("3.12.1/envs/shop", "shop", 0),
    "a word that could be put right": ("3.12.*", "shop", 0),
    "path": ("3.12.1", "../secret", 1),
    "reserved": ("3.12.1", "system", 1),
    "escape codes": ("3.12.1", "\x1b[31mred", 1),
}


def _ask(sandbox: Sandbox, project: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """As the hook asks."""
    return sandbox.roost("up", "--from-hook", cwd=project, PYTHONPATH="", PYTHONHOME="", __PYVENV_LAUNCHER__="", **extra)  # type: ignore[arg-type]


def _state(sandbox: Sandbox, name: str) -> tuple[Path, int, str]:
    """A project in that state, the exit code, and the line about it."""
    if name == "no project":
        project = sandbox.project("shop", None, None)
        return project, 3, f"no .python-virtualenv in {project} or above; type: roost init"
    if name == "no version":
        project = sandbox.project("shop", None, "shop-venv")
        file, line = project / ".python-virtualenv", "To use .python-virtualenv you need a .python-version"
        return project, 4, f"{line} ({file}); type: roost init {project}"
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    if name == "interpreter missing":
        sandbox.with_pyenv()
        return project, 5, f"Python 3.12.1 is not installed ({project / '.python-version'}); type: roost up"
    sandbox.fake_interpreter("3.12.1")
    prefix = sandbox.env("3.12.1", "shop-venv")
    if name == "missing":
        return project, 6, f"the env shop-venv does not exist yet ({prefix}); type: roost up"
    prefix.mkdir(parents=True)
    if name == "incomplete":
        return project, 6, f"the env shop-venv is half-made ({prefix}); type: roost up"
    assert name == "broken"
    (prefix / "bin").mkdir()
    (prefix / "bin" / "python").symlink_to("/nowhere/python")
    return project, 6, f"the env shop-venv is broken: its Python does not run ({prefix}); type: roost up --recreate"


@pytest.mark.parametrize("name", ["no project", "no version", "interpreter missing", "missing", "incomplete", "broken"])
def test_one_line_about_each_state(sandbox: Sandbox, name: str) -> None:
    """H12: what, which file, what to type. The words are those of `roost status`."""
    project, code, line = _state(sandbox, name)
    done = _ask(sandbox, project, ROOST_AUTO_CREATE="0")
    assert (only_line(done), done.returncode) == (f"roost: {line}", code)
    shown = sandbox.roost("status", cwd=project).stdout
    message, _, helps = line.rpartition("; ")
    assert message.partition(" (")[0] in shown
    assert f"-> {helps}" in shown
    quiet = _ask(sandbox, project, ROOST_AUTO_CREATE="0", ROOST_QUIET="1")
    assert (quiet.stdout, quiet.stderr, quiet.returncode) == ("", "", code)
    assert not looks_ready(sandbox.env("3.12.1", "shop-venv"))


@pytest.mark.parametrize("auto_create", ["", "1"])
def test_it_makes_the_env(sandbox: Sandbox, newest: str, auto_create: str) -> None:
    """H12: if its interpreter is installed; without a word if that is asked for."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    done = _ask(sandbox, project, ROOST_AUTO_CREATE=auto_create, ROOST_QUIET="1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert looks_ready(sandbox.env(newest, "shop-venv"))


def test_no_pyenv_is_started(sandbox: Sandbox) -> None:
    """H12: not even to find out which version would be installed."""
    pyenv = sandbox.root / "bin" / "pyenv"
    pyenv.parent.mkdir()
    pyenv.write_text(f"#!/bin/sh\necho \"$*\" >>'{sandbox.root / 'reached'}'\n")
    pyenv.chmod(0o755)
    sandbox.path = f"{pyenv.parent}:{sandbox.path}"
    project = sandbox.project("shop", "3.12", "shop-venv")
    assert _ask(sandbox, project).returncode == 5
    assert sandbox.roost("status", cwd=project).returncode == 5
    assert not (sandbox.root / "reached").exists()
    assert sandbox.roost("up", cwd=project).returncode != 0
    assert (sandbox.root / "reached").exists(), "the trap does work"


def test_a_machine_without_pyenv(sandbox: Sandbox) -> None:
    """V6, H12."""
    sandbox.versions.rmdir()
    sandbox.path = str(sandbox.home)
    project = sandbox.project("shop", "3.99", "shop-venv")
    assert "there is no Python 3.99 on PATH" in only_line(_ask(sandbox, project))
    done = _ask(sandbox, project, ROOST_AUTO_CREATE="0")
    assert only_line(done) == f"roost: the env shop-venv does not exist yet ({project / '.python-virtualenv'}); type: roost up"


@pytest.mark.parametrize("case", _INVALID)
def test_what_a_file_holds_is_not_shown(sandbox: Sandbox, case: str) -> None:
    """H12, S: a link in a clone may lead to any file of the user's; `roost status` says more, for it was typed."""
    version, name, fault = _INVALID[case]
    project = sandbox.project("shop", version, name)
    file, valid = ((".python-version", "version"), (".python-virtualenv", "env"))[fault]
    done = _ask(sandbox, project)
    assert (only_line(done), done.returncode) == (f"roost: {file} names no valid {valid} ({project / file}); type: roost status", 4)
    assert "'" in sandbox.roost("status", cwd=project).stdout


@pytest.mark.parametrize("file", [".python-version", ".python-virtualenv"])
@pytest.mark.parametrize("words", [("up",), ("status",), ("status", "--json"), ("up", "--from-hook")], ids=" ".join)
def test_a_link_out_of_the_project_is_never_quoted(sandbox: Sandbox, file: str, words: tuple[str, ...]) -> None:
    """H12, S: not by a command that was typed either."""
    secret = sandbox.home / "secret"
    secret.write_text("TOP:SECRET\nhunter2\n")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    (project / file).unlink()
    (project / file).symlink_to(secret)
    done = sandbox.roost(*words, cwd=project)
    assert done.returncode == 4
    assert "SECRET" not in done.stdout + done.stderr
    assert "names no valid" in done.stdout + done.stderr


def test_further_versions_of_a_link_out_of_the_project(sandbox: Sandbox) -> None:
    """H12, F5: they may be any words."""
    secret = sandbox.home / "secret"
    secret.write_text("3.12.1\nhunter2\n")
    project = sandbox.project("shop", None, "shop-venv")
    (project / ".python-version").symlink_to(secret)
    assert "hunter2" not in sandbox.roost("status", cwd=project).stdout + sandbox.roost("status", "--json", cwd=project).stdout
    (project / "versions").write_text("3.12.1\n3.11.7\n")
    (project / ".python-version").unlink()
    (project / ".python-version").symlink_to("versions")
    assert "3.11.7" in sandbox.roost("status", cwd=project).stdout


@pytest.mark.parametrize("words", [("up", "--from-hook"), ("status",)], ids=" ".join)
@pytest.mark.parametrize(
    ("name", "shown"), [("größe", "größe"), ("a\x1b[31mb", "a\\x1b[31mb"), ("a\nb", "a\\nb"), ("a\u202eb", "a\\u202eb"), ("a\udcffb", "a\\udcffb")]
)
def test_a_path_steers_no_terminal(sandbox: Sandbox, name: str, shown: str, words: tuple[str, ...]) -> None:
    """F8, S: letters are shown as they are, whatever a terminal would obey is escaped."""
    project = sandbox.project(name, None, "shop-venv")
    done = sandbox.roost(*words, cwd=project)
    said = done.stdout + done.stderr
    assert f"/{shown}/.python-virtualenv" in said
    assert all(line.isprintable() for line in said.splitlines())


def test_an_ascii_terminal(sandbox: Sandbox) -> None:
    """C: what the locale cannot show is escaped, on both streams."""
    project = sandbox.project("größe", None, "shop-venv")
    done = sandbox.roost("status", cwd=project, PYTHONIOENCODING="ascii:strict")
    assert (done.returncode, done.stderr) == (4, "")
    assert "gr\\xf6\\xdfe" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("quiet", ["", "1"])
def test_stopped(sandbox: Sandbox, newest: str, number: signal.Signals, quiet: str) -> None:
    """H12: one line that says how to go on; nothing is left behind."""
    sandbox.fake_interpreter(newest)
    waiting = sandbox.root / "waiting"
    (sandbox.versions / newest / "bin" / "python").write_text(f"#!/bin/sh\n: >'{waiting}'\nexec sleep 60\n")
    project = sandbox.project("shop", newest, "shop-venv")
    sandbox.extra["ROOST_QUIET"] = quiet
    running = sandbox.start("up", "--from-hook", cwd=project)
    while not waiting.exists():
        assert running.poll() is None
    os.killpg(running.pid, number)
    stdout, stderr = running.communicate(timeout=30)
    assert (running.returncode, stdout, stderr) == (130, "", "" if quiet else "roost: stopped; type: roost up\n")
    assert not sandbox.env(newest, "shop-venv").exists()


def test_a_command_that_is_stopped_says_what_it_was(sandbox: Sandbox, newest: str) -> None:
    """C: also in JSON."""
    sandbox.fake_interpreter(newest)
    waiting = sandbox.root / "waiting"
    (sandbox.versions / newest / "bin" / "python").write_text(f"#!/bin/sh\n: >'{waiting}'\nexec sleep 60\n")
    project = sandbox.project("my shop", newest, "shop-venv")
    running = sandbox.start("up", "--json", project)
    while not waiting.exists():
        assert running.poll() is None
    os.killpg(running.pid, signal.SIGINT)
    stdout, _ = running.communicate(timeout=30)
    assert f'"command": "roost up --json \'{project}\'"' in stdout


@pytest.mark.parametrize("variable", ["PYENV_ROOT", "ROOST_HOME"])
def test_a_variable_that_names_no_directory(sandbox: Sandbox, variable: str) -> None:
    """C: one line here too, and its own exit code."""
    done = _ask(sandbox, sandbox.project("shop", "3.12.1", "shop-venv"), **{variable: "re\x1b[31mlative"})
    assert done.returncode == 2
    line = only_line(done)
    assert line.startswith(f"roost: {variable} is 're\\x1b[31mlative'")
    assert f"; type: unset {variable}, or " in line
