"""A command about a directory that the user is not in: what it tells to type names that directory, and helps (C)."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.support.sandbox import ROOST, Sandbox


def _told(sandbox: Sandbox, *words: str | Path) -> str:
    """The command that the refusal of a call tells to type."""
    sandbox.project("here", "3.12", "here-venv")
    return str(json.loads(sandbox.roost(*words, "--json", cwd=sandbox.root / "here").stdout)["error"]["command"])


def _type(sandbox: Sandbox, command: str) -> None:
    program, *words = shlex.split(command)
    assert program == "roost"
    done = sandbox.run([ROOST, *words], sandbox.root / "here")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("words", [("up",), ("upgrade", "3.13", "-C"), ("remove", "--yes"), ("kernel", "add")], ids=" ".join)
def test_a_directory_that_is_no_project(sandbox: Sandbox, newest: str, words: tuple[str, ...]) -> None:
    there = sandbox.root / "over there"
    there.mkdir()
    sandbox.install(newest)
    command = _told(sandbox, *words, "../over there")
    assert command == shlex.join(["roost", "init", str(there)])
    _type(sandbox, f"{command} --no-up")
    assert (there / ".python-version").read_text() == f"{newest}\n"


@pytest.mark.parametrize("words", [("upgrade", "3.13", "-C"), ("kernel", "add")], ids=" ".join)
def test_an_env_that_is_not_there(sandbox: Sandbox, newest: str, words: tuple[str, ...]) -> None:
    there = sandbox.project("over there", newest, "there-venv")
    sandbox.install(newest)
    command = _told(sandbox, *words, "../over there")
    _type(sandbox, command)
    assert sandbox.env(newest, "there-venv").is_dir()
    assert command == shlex.join(["roost", "up", str(there)])


def test_an_env_of_pyenv_virtualenvs_that_is_not_here(sandbox: Sandbox, newest: str) -> None:
    sandbox.install(newest)
    there = sandbox.project("there", f"{newest}/envs/shop", None)
    _type(sandbox, f"{_told(sandbox, 'up', '../there')} --no-up")
    assert (there / ".python-virtualenv").read_text() == "shop\n"


def test_status_and_its_notes(sandbox: Sandbox, newest: str) -> None:
    sandbox.install(newest)
    here = sandbox.project("here", newest, "here-venv")
    there = sandbox.project("there", newest, "there-venv")

    def hints() -> list[str]:
        return [each["hint"] for each in json.loads(sandbox.roost("status", there, "--json", cwd=here, VIRTUAL_ENV="/other").stdout)["problems"]]

    assert hints() == [f"roost up {there}"], "that another env is active is nothing to the project, where one is not in it"
    sandbox.roost("up", there)
    (there / "pyproject.toml").write_text("[tool.roost]\ndeps = true\n")
    (there / "requirements.txt").write_text("six\n")
    assert hints() == [f"roost up {there} --deps"]


def test_the_way_back_from_an_upgrade(sandbox: Sandbox, second: str, newest: str) -> None:
    sandbox.install(second)
    here, there = sandbox.project("here", second, "here-venv"), sandbox.project("there", second, "there-venv")
    assert sandbox.roost("up", there).returncode == 0
    sandbox.install(newest)
    told = sandbox.roost("upgrade", newest, "-C", there, cwd=here).stderr
    assert told.splitlines()[-1].endswith(f"type: roost upgrade -C {there} --rollback")
    _type(sandbox, told.rpartition("type: ")[2])
    assert (there / ".python-version").read_text() == f"{second}\n"
    again = sandbox.roost("upgrade", "-C", there, cwd=here).stderr
    assert f"type: roost upgrade -C {there} 3." in again


def test_the_way_back_by_another_path(sandbox: Sandbox, second: str, newest: str) -> None:
    """U5: a project below a link is one project, whichever of its paths its user goes by."""
    there = sandbox.project("real", second, "there-venv")
    link = sandbox.root / "link"
    link.symlink_to(there)
    sandbox.install(second)
    sandbox.install(newest)
    assert sandbox.roost("up", cwd=link).returncode == 0
    for one, other in ((link, there), (there, link)):
        assert sandbox.roost("upgrade", newest, cwd=one).returncode == 0
        assert sandbox.roost("upgrade", "--rollback", cwd=other).returncode == 0
        assert (there / ".python-version").read_text() == f"{second}\n"
