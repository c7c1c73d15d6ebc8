"""pyenv and pyenv-virtualenv see, activate and remove what roost made (E1, E9)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.look import document, looks_ready, only_line, photograph
from tests.support.sandbox import BIN, Sandbox


@pytest.fixture
def made(sandbox: Sandbox, newest: str) -> Path:
    """A project whose env is made, on a machine with the real pyenv."""
    sandbox.install(newest)
    sandbox.with_pyenv()
    project = sandbox.project("shop", newest, "shop-venv")
    assert sandbox.roost("up", cwd=project).returncode == 0
    return project


def test_pyenv_versions_and_virtualenvs(sandbox: Sandbox, made: Path, newest: str) -> None:
    """E1, E9: by both of its names, and nothing of roost's own beside it."""
    listed = sandbox.run(["pyenv", "versions", "--bare"])
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.split() == [newest, f"{newest}/envs/shop-venv", "shop-venv"]
    envs = sandbox.run(["pyenv", "virtualenvs", "--bare"])
    assert (envs.returncode, envs.stdout.split()) == (0, [f"{newest}/envs/shop-venv", "shop-venv"])


@pytest.mark.parametrize("alias", [False, True])
def test_pyenv_activate_in_bash(sandbox: Sandbox, made: Path, newest: str, alias: bool) -> None:
    """E1, E9: through the real pyenv-virtualenv."""
    name = "shop-venv" if alias else f"{newest}/envs/shop-venv"
    script = f'eval "$(pyenv init - bash)" && eval "$(pyenv virtualenv-init - bash)" && pyenv activate {name} && python -c "import sys; print(sys.prefix)"'
    done = sandbox.run(["bash", "-c", script], cwd=sandbox.home)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip().splitlines()[-1]).samefile(sandbox.env(newest, "shop-venv"))


@pytest.mark.parametrize("alias", [False, True])
def test_pyenv_uninstall(sandbox: Sandbox, made: Path, newest: str, alias: bool) -> None:
    """E1: removes the env and leaves the interpreter; roost says so and makes it again."""
    name = "shop-venv" if alias else f"{newest}/envs/shop-venv"
    done = sandbox.run(["pyenv", "uninstall", "-f", name])
    assert done.returncode == 0, done.stderr
    assert not looks_ready(sandbox.env(newest, "shop-venv"))
    assert (sandbox.versions / newest / "bin" / "python").exists()
    assert sandbox.roost("status", cwd=made).returncode == 10
    again = sandbox.roost("up", cwd=made)
    assert again.returncode == 0, again.stderr
    assert looks_ready(sandbox.env(newest, "shop-venv"))
    assert os.readlink(sandbox.versions / "shop-venv") == str(sandbox.env(newest, "shop-venv"))


def test_pyenv_goes_on_beside_a_half_made_env(sandbox: Sandbox, made: Path, newest: str) -> None:
    """E5: what a kill leaves makes ``pyenv virtualenvs`` stop; healed, it works again."""
    prefix = sandbox.env(newest, "half")
    prefix.mkdir()
    project = sandbox.project("half", newest, "half")
    assert sandbox.roost("up", cwd=project).returncode == 0
    assert sandbox.run(["pyenv", "virtualenvs", "--bare"]).returncode == 0


def test_an_env_of_pyenv_virtualenv_is_as_good_as_ours(sandbox: Sandbox, newest: str) -> None:
    """E3, E7."""
    sandbox.install(newest)
    sandbox.with_pyenv()
    made = sandbox.run(["pyenv", "virtualenv", newest, "shop-venv"])
    assert made.returncode == 0, made.stderr
    project = sandbox.project("shop", newest, "shop-venv")
    before = photograph(sandbox.env(newest, "shop-venv"))
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 0
    assert "nothing to do" in only_line(done)
    assert photograph(sandbox.env(newest, "shop-venv")) == before
    assert document(sandbox.roost("status", "--json", cwd=project))["state"] == "ready"


def test_a_project_of_pyenv_virtualenv_works_as_it_is(sandbox: Sandbox, newest: str) -> None:
    """F13: a lone .python-version that names the env, by either name."""
    sandbox.install(newest)
    sandbox.with_pyenv()
    assert sandbox.roost("up", cwd=sandbox.project("maker", newest, "shop-venv")).returncode == 0
    for name in ("shop-venv", f"{newest}/envs/shop-venv"):
        project = sandbox.project(f"p{len(name)}", name, None)
        answer = document(sandbox.roost("status", "--json", cwd=project))
        assert (answer["state"], answer["env"]["path"]) == ("ready", str(sandbox.env(newest, "shop-venv")))


def test_pyenv_roost(sandbox: Sandbox, made: Path) -> None:
    """The command of that name on PATH is pyenv's subcommand: it runs, and pyenv shows its help and completes it."""
    path = f"{BIN}:{sandbox.path}"
    done = sandbox.run(["pyenv", "roost", "status"], cwd=made, PATH=path)
    assert done.returncode == 0, done.stderr
    assert "state    ready" in done.stdout
    assert sandbox.run(["pyenv", "roost", "status", "/"], cwd=made, PATH=path).returncode == 3
    assert "roost" in sandbox.run(["pyenv", "commands"], PATH=path).stdout.split()
    helped = sandbox.run(["pyenv", "help", "roost"], PATH=path)
    assert "Usage: pyenv roost" in helped.stdout


def test_pyenv_roost_through_a_link(sandbox: Sandbox, made: Path) -> None:
    """As pipx puts both commands into one directory of links."""
    links = sandbox.home / "bin"
    links.mkdir()
    for name in ("roost", "pyenv-roost"):
        (links / name).symlink_to(BIN / name)
    done = sandbox.run(["pyenv", "roost", "status"], cwd=made, PATH=f"{links}:{sandbox.path}")
    assert done.returncode == 0, done.stderr
