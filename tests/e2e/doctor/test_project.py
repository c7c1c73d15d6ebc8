"""The project here (W7)."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.checkup import codes_after, corrected, look, look_all, problems
from tests.support.sandbox import Sandbox


def test_an_env_that_is_missing(machine: Sandbox, newest: str) -> None:
    """W7: the words and the command of ``roost status``."""
    machine.install(newest)
    project = machine.project("shop", newest, "shop-venv")
    finding = corrected(machine, "env-missing", cwd=project)
    assert finding["message"] == "the env shop-venv does not exist yet"
    assert (finding["area"], finding["command"]) == ("project", "roost up")


def test_a_file_that_is_invalid(machine: Sandbox) -> None:
    """W7."""
    project = machine.project("shop", ">=3", "shop-venv")
    assert {each["area"] for each in problems(machine, project)} == {"project"}


_IGNORING: dict[str, Callable[[Path], object]] = {
    "the project's .gitignore": lambda project: (project / ".gitignore").write_text(".python-version"),
    "a pattern": lambda project: (project / ".gitignore").write_text(".python-*\n"),
    "the repository's own list": lambda project: (project / ".git" / "info" / "exclude").write_text(".python-version\n"),
}


@pytest.mark.parametrize("name", _IGNORING)
def test_a_file_that_git_ignores(machine: Sandbox, newest: str, name: str) -> None:
    """W7: the rule's place, and a line that keeps the file in."""
    project = machine.project("shop", newest, "shop-venv")
    subprocess.run(["git", "init", "-q", project], check=True)
    _IGNORING[name](project)
    while "file-ignored" in (found := look(machine, project)):
        finding = found["file-ignored"]
        before = {each["file"] for each in look_all(machine, project) if each["code"] == "file-ignored"}
        codes_after(machine, finding, project)
        after = {each["file"] for each in look_all(machine, project) if each["code"] == "file-ignored"}
        assert after == before - {finding["file"]}
    assert machine.run(["git", "-C", project, "add", ".python-version", ".python-virtualenv"]).returncode == 0


def test_a_version_file_above_the_project(machine: Sandbox) -> None:
    """W7, F11: at the top of the repository it counts, above the repository it does not."""
    package = machine.project("mono/shop", None, "shop-venv")
    top = machine.project("mono", "3.12.1", None)
    (machine.root / ".python-version").write_text("3.12.1\n")
    for place in (machine.root, top):
        subprocess.run(["git", "init", "-q", place], check=True)
        (place / ".gitignore").write_text(".python-version\n")
    assert corrected(machine, "file-ignored", cwd=package)["file"] == str(top / ".python-version")
    (top / ".python-version").unlink()
    assert "file-ignored" not in look(machine, package)


def test_what_git_ignores_on_purpose(machine: Sandbox, newest: str) -> None:
    """W7: a whole directory; a file that is tracked all the same; no git at all."""
    project = machine.project("shop", newest, "shop-venv")
    subprocess.run(["git", "init", "-q", machine.root], check=True)
    (machine.root / ".gitignore").write_text("/shop/\n")
    assert "file-ignored" not in look(machine, project)
    (machine.root / ".gitignore").write_text(".python-version\n.python-virtualenv\n")
    assert "file-ignored" in look(machine, project)
    subprocess.run(["git", "-C", machine.root, "add", "-f", project / ".python-version", project / ".python-virtualenv"], check=True)
    assert "file-ignored" not in look(machine, project)
    assert "file-ignored" not in look(machine, project, PATH=str(machine.root / "tools"))
