"""``roost status``: what applies, which file says so, and the exit code of each state (C)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.look import document, only_line
from tests.support.sandbox import ROOST, Sandbox

_KEYS = {"schema", "project", "state", "python", "env", "kernel", "active", "problems"}


def _arrange(sandbox: Sandbox, state: str, version: str) -> Path:
    """A project in that state."""
    if state == "no-project":
        return sandbox.project("shop", "3.12.1", None)
    if state == "invalid":
        return sandbox.project("shop", "3.12.1", "../evil")
    project = sandbox.project("shop", version, "shop-venv")
    if state == "interpreter-missing":
        return project
    sandbox.install(version)
    prefix = sandbox.env(version, "shop-venv")
    if state == "env-incomplete":
        prefix.mkdir(parents=True)
    elif state == "env-broken":
        sandbox.fake_env(version, "shop-venv")
        (prefix / "bin" / "python").unlink()
        (prefix / "bin" / "python").symlink_to("/nowhere/python")
    elif state == "ready":
        sandbox.fake_env(version, "shop-venv")
    return project


_STATES = {"ready": 0, "env-missing": 10, "env-incomplete": 10, "env-broken": 6, "interpreter-missing": 5, "invalid": 4, "no-project": 3}


@pytest.mark.parametrize(("state", "code"), _STATES.items())
def test_each_state_in_json(sandbox: Sandbox, newest: str, state: str, code: int) -> None:
    """C: the state, its exit code, and a problem with what to type if it is not ready."""
    project = _arrange(sandbox, state, newest)
    done = sandbox.roost("status", "--json", cwd=project)
    assert (done.returncode, done.stderr) == (code, "")
    answer = document(done)
    assert answer.keys() >= _KEYS
    assert answer["state"] == state
    assert answer["active"] is False
    if state == "ready":
        assert answer["problems"] == []
        return
    problem = answer["problems"][0]
    assert problem.keys() == {"code", "message", "hint", "command", "advice", "file"}
    assert problem["code"]
    assert problem["message"]
    assert problem["hint"]


@pytest.mark.parametrize(("state", "code"), _STATES.items())
def test_each_state_as_text(sandbox: Sandbox, newest: str, state: str, code: int) -> None:
    """C: a result, so on stdout; it names the file that decides and what to type."""
    project = _arrange(sandbox, state, newest)
    done = sandbox.roost("status", cwd=project)
    assert (done.returncode, done.stderr) == (code, "")
    lines = done.stdout.splitlines()
    assert f"state    {state}" in lines
    if state not in {"no-project", "invalid"}:
        assert f"project  {project}" in lines
        assert f"python   {newest}  from {project / '.python-version'}" in lines
        assert f"env      shop-venv  from {project / '.python-virtualenv'}" in lines
    if state != "ready":
        assert any(line.strip().startswith("-> ") for line in lines)
    if state == "invalid":
        assert str(project / ".python-virtualenv") in done.stdout


def test_the_whole_document_of_a_ready_project(sandbox: Sandbox, newest: str) -> None:
    """C: the document as the specification shows it."""
    sandbox.install(newest)
    request = newest.rpartition(".")[0]
    project = sandbox.project("shop", f"{request}\n3.9\n3.8.18", "shop-venv")
    assert sandbox.roost("up", cwd=project).returncode == 0
    prefix = sandbox.env(newest, "shop-venv")
    answer = document(sandbox.roost("status", "--json", cwd=project, VIRTUAL_ENV=str(prefix), PATH=f"{prefix / 'bin'}:{sandbox.path}"))
    assert {key: answer[key] for key in _KEYS} == {
        "schema": 1,
        "project": str(project),
        "state": "ready",
        "python": {
            "requested": request,
            "file": str(project / ".python-version"),
            "others": ["3.9", "3.8.18"],
            "resolved": newest,
            "newer": None,
            "executable": str(sandbox.versions / newest / "bin" / "python"),
            "source": "pyenv",
        },
        "env": {"name": "shop-venv", "file": str(project / ".python-virtualenv"), "path": str(prefix), "state": "ready", "made_by": "roost"},
        "kernel": None,
        "active": True,
        "problems": [],
    }


def test_further_versions_are_reported(sandbox: Sandbox, newest: str) -> None:
    """F5."""
    sandbox.install(newest)
    done = sandbox.roost("status", cwd=sandbox.project("shop", f"{newest}\n3.9 x\n3.8.18", "shop-venv"))
    assert "also listed there:  3.9 3.8.18" in done.stdout


def test_a_newer_interpreter_is_named(sandbox: Sandbox) -> None:
    """V3: the env stays, and status says that a newer one is there."""
    for version in ("3.12.1", "3.12.2"):
        sandbox.fake_interpreter(version)
    sandbox.fake_env("3.12.1", "shop-venv")
    (sandbox.versions / "3.12.1" / "bin" / "python").write_text("#!/bin/sh\nexit 0\n")
    project = sandbox.project("shop", "3.12", "shop-venv")
    done = sandbox.roost("status", "--json", cwd=project)
    answer = document(done)
    assert (done.returncode, answer["state"]) == (0, "ready")
    assert (answer["python"]["resolved"], answer["python"]["newer"]) == ("3.12.1", "3.12.2")
    assert [problem["code"] for problem in answer["problems"]] == ["newer-interpreter"]
    assert "3.12.2" in sandbox.roost("status", cwd=project).stdout
    up = sandbox.roost("up", cwd=project)
    assert (up.returncode, "nothing to do" in up.stderr) == (0, True)


def test_pyenv_version_does_not_choose_and_is_named(sandbox: Sandbox, newest: str, second: str) -> None:
    """F14."""
    sandbox.install(newest)
    sandbox.install(second)
    project = sandbox.project("shop", newest, "shop-venv")
    assert sandbox.roost("up", cwd=project, PYENV_VERSION=second).returncode == 0
    done = sandbox.roost("status", "--json", cwd=project, PYENV_VERSION=second)
    answer = document(done)
    assert (done.returncode, answer["python"]["resolved"]) == (0, newest)
    assert [problem["code"] for problem in answer["problems"]] == ["pyenv-version-set"]
    assert second in answer["problems"][0]["message"]
    assert not sandbox.env(second, "shop-venv").exists()


def test_another_active_env_is_named(sandbox: Sandbox, newest: str) -> None:
    """H10: status tells an env of the user's from the project's."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    sandbox.fake_env(newest, "shop-venv")
    answer = document(sandbox.roost("status", "--json", cwd=project, VIRTUAL_ENV="/elsewhere/env"))
    assert answer["active"] is False
    assert [problem["code"] for problem in answer["problems"]] == ["other-env-active"]


def test_status_of_a_subdirectory_and_of_a_given_directory(sandbox: Sandbox, newest: str) -> None:
    """F11: from the directory upwards."""
    project = _arrange(sandbox, "ready", newest)
    deep = project / "a" / "b"
    deep.mkdir(parents=True)
    for done in (sandbox.roost("status", "--json", cwd=deep), sandbox.roost("status", "--json", deep)):
        assert document(done)["project"] == str(project)
    (project / "a" / ".python-virtualenv").write_text("")
    assert sandbox.roost("status", cwd=deep).returncode == 3  # F9


@pytest.mark.parametrize("line", ["status", "up", "up -r", "run true", "which"])
def test_the_working_directory_is_gone(sandbox: Sandbox, line: str) -> None:
    """F11, C: there is no project, and `roost init` would make none; what helps is to go elsewhere."""
    place = sandbox.root / "my shop" / "below"
    place.mkdir(parents=True)
    done = sandbox.run(["/bin/sh", "-c", f"rm -r '{place.parent}'; '{ROOST}' {line}"], cwd=place)
    assert done.returncode == 3
    helps = f"type: cd {sandbox.root}"
    if line == "status":
        shown = [" ".join(row.split()) for row in done.stdout.splitlines()]
        assert {"problem the working directory is gone", helps.replace("type", "-> type")} <= set(shown)
    else:
        assert only_line(done) == f"roost: the working directory is gone; {helps}"


def test_a_project_above_a_working_directory_that_is_gone(sandbox: Sandbox) -> None:
    """F11: its files still decide."""
    project = sandbox.project("shop", "3.12.1", "shop-env")
    (project / "below").mkdir()
    done = sandbox.run(["/bin/sh", "-c", f"rmdir '{project}/below'; '{ROOST}' status --json"], cwd=project / "below")
    assert document(done)["project"] == str(project)


def test_status_where_the_directory_was_renamed_under_the_shell(sandbox: Sandbox) -> None:
    """F11: `$PWD` counts only while it names the working directory."""
    sandbox.fake_interpreter("3.12.1")
    sandbox.project("old", "3.12.1", "shop")
    done = sandbox.run(["/bin/sh", "-c", f"cd old; mv ../old ../new; PWD={sandbox.root}/old exec {ROOST} status --json"], cwd=sandbox.root)
    assert document(done)["project"] == str(sandbox.root / "new")
