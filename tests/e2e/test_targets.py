"""Which Pythons get an env, and which are adopted (E2)."""

from __future__ import annotations

import shlex

import pytest

from tests.support.look import assert_works, document, home_of, looks_ready, only_line, photograph
from tests.support.sandbox import Sandbox, newest_release


@pytest.mark.parametrize("minor", ["3.6", "3.7", "3.8"])
def test_an_interpreter_older_than_virtualenv_supports(sandbox: Sandbox, minor: str) -> None:
    """E2: offline, with the pip that comes with that Python, and quiet at each start."""
    version = newest_release(minor)
    sandbox.install(version)
    project = sandbox.project("project_a", minor, "project-a-venv")
    done = sandbox.roost("up", cwd=project, https_proxy="http://127.0.0.1:9", http_proxy="http://127.0.0.1:9")
    assert done.returncode == 0, done.stderr
    prefix = sandbox.env(version, "project-a-venv")
    assert_works(prefix)
    assert home_of(prefix) == str(sandbox.versions / version / "bin")
    pip = sandbox.run([prefix / "bin" / "pip", "--version"])
    assert (pip.returncode, pip.stderr) == (0, "")
    assert str(prefix) in pip.stdout
    assert document(sandbox.roost("status", "--json", cwd=project))["state"] == "ready"


def test_python_2_is_refused_with_the_command_that_makes_one_and_then_adopted(sandbox: Sandbox) -> None:
    """E2, E3: through the real pyenv-virtualenv."""
    version = newest_release("2.7")
    sandbox.install(version)
    sandbox.with_pyenv()
    project = sandbox.project("legacy", version, "legacy-venv")
    refused = sandbox.roost("up", cwd=project)
    assert refused.returncode == 6
    line = only_line(refused)
    command = line.rpartition("; type: ")[2]
    assert command == f"pyenv virtualenv {version} legacy-venv"
    assert only_line(sandbox.roost("up", "--dry-run", cwd=project)) == line
    (problem,) = document(sandbox.roost("status", "--json", cwd=project))["problems"]
    assert (problem["code"], problem["command"]) == ("env-missing", command)
    assert not sandbox.env(version, "legacy-venv").exists()
    assert not (sandbox.versions / "legacy-venv").exists()
    made = sandbox.run(shlex.split(command), cwd=project)
    assert made.returncode == 0, made.stderr
    prefix = sandbox.env(version, "legacy-venv")
    assert looks_ready(prefix)
    before = photograph(prefix)
    adopted = sandbox.roost("up", cwd=project)
    assert (adopted.returncode, "nothing to do" in adopted.stderr) == (0, True)
    assert photograph(prefix) == before
    looked = document(sandbox.roost("status", "--json", cwd=project))
    assert (looked["state"], looked["env"]["made_by"]) == ("ready", "other")


def test_a_prefix_resolves_as_pyenv_latest_does(sandbox: Sandbox, newest: str, second: str) -> None:
    """V2, with real directories: pyenv is the oracle."""
    sandbox.with_pyenv()
    for version in (newest, second):
        sandbox.install(version)
    for request in ("3", newest.rpartition(".")[0], second.rpartition(".")[0], second):
        told = sandbox.run(["pyenv", "latest", request]).stdout.strip()
        project = sandbox.project(f"p-{request}", request, "shop")
        assert document(sandbox.roost("status", "--json", cwd=project))["python"]["resolved"] == told
