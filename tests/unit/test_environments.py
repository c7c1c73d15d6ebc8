"""What lies in the stores, by looks alone (E1, E3, V1, V3, V9)."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from roost.machine import environments
from roost.machine.layout import Layout
from roost.rules.model import EnvState
from tests.support.sandbox import ROOST, Sandbox
from tests.support.vectors import as_user


def _layout(sandbox: Sandbox) -> Layout:
    return Layout.from_environ(sandbox.environ, sandbox.root)


def _env(prefix: Path) -> Path:
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python").symlink_to("/bin/sh")
    (prefix / "pyvenv.cfg").write_text("version = 3.12.1\n")
    return prefix


@pytest.mark.parametrize(
    ("change", "state", "holds"),
    [
        ("nothing", EnvState.READY, True),
        ("mark", EnvState.INCOMPLETE, False),
        ("no configuration", EnvState.BROKEN, False),
        ("no python", EnvState.INCOMPLETE, False),
        ("a dangling python", EnvState.BROKEN, True),
        ("a python that may not be run", EnvState.BROKEN, True),
        ("a file", EnvState.MISSING, False),
        ("a dangling link", EnvState.MISSING, False),
    ],
)
def test_inspect(tmp_path: Path, change: str, state: EnvState, holds: bool) -> None:
    """E3, and which of them keeps a prefix with its version (V3)."""
    prefix = _env(tmp_path / "3.12.1" / "envs" / "shop")
    python = prefix / "bin" / "python"
    if change == "mark":
        (prefix / ".roost-building").touch()
    elif change == "no configuration":
        (prefix / "pyvenv.cfg").unlink()
    elif change in {"no python", "a dangling python", "a python that may not be run"}:
        python.unlink()
        if change == "a dangling python":
            python.symlink_to("/nowhere")
        elif change != "no python":
            python.touch(0o644)
    elif change in {"a file", "a dangling link"}:
        prefix.rename(tmp_path / "away")
        prefix.touch() if change == "a file" else prefix.symlink_to("/nowhere")
    env = environments.inspect(prefix)
    assert (env.state, environments.holds(env)) == (state, holds)
    assert (env.name, env.version, env.label) == ("shop", "3.12.1", "3.12.1/envs/shop")


def test_an_env_by_itself_has_no_version(tmp_path: Path) -> None:
    """F13."""
    env = environments.inspect(_env(tmp_path / "versions" / "shop"))
    assert (env.version, env.label) == ("", "shop")


def test_the_first_store_with_a_ready_env_wins(sandbox: Sandbox) -> None:
    """V9; without one, the first store in which an env can be made."""
    layout = _layout(sandbox)
    sandbox.fake_interpreter("3.12.1")
    pyenv, own = (store.env("3.12.1", "shop") for store in layout.stores("3.12"))
    assert environments.choose("3.12.1", "shop", layout.stores("3.12")).prefix == pyenv
    _env(own)
    assert environments.choose("3.12.1", "shop", layout.stores("3.12")).prefix == own
    pyenv.mkdir(parents=True)
    assert environments.choose("3.12.1", "shop", layout.stores("3.12")).prefix == own
    pyenv.rmdir()
    _env(pyenv)
    assert environments.choose("3.12.1", "shop", layout.stores("3.12")).prefix == pyenv
    assert environments.choose("3.12.1", "shop", layout.stores("system")).prefix == own


def test_a_store_that_may_not_be_written(sandbox: Sandbox) -> None:
    """V9: decided by the nearest directory that is there."""
    prefix = sandbox.fake_interpreter("3.12.1")
    project = sandbox.project("shop", "3.12.1", "shop")

    def place() -> str:
        return sandbox.run(as_user([ROOST, "status", "--json"]), cwd=project).stdout

    own = str(sandbox.data / "versions" / "3.12.1" / "envs" / "shop")
    for directory, made in ((prefix, False), (prefix / "envs", True)):
        if made:
            prefix.chmod(0o755)
            directory.mkdir()
        assert json.loads(place())["env"]["path"] == str(sandbox.env("3.12.1", "shop"))
        directory.chmod(0o555)
        assert json.loads(place())["env"]["path"] == own
    (prefix / "envs").chmod(0o755)


def test_interpreters(sandbox: Sandbox) -> None:
    """V1: no env, no half-installed one, no name that is no version."""
    for name in ("3.12.1", "3.11.7", "half", "-x", "pypy3.10-7.3"):
        sandbox.fake_interpreter(name)
    (sandbox.versions / ".half.roost-installing").touch()
    _env(sandbox.versions / "shop")
    (sandbox.versions / "empty").mkdir()
    assert sorted(environments.interpreters(_layout(sandbox).pyenv_store)) == ["3.11.7", "3.12.1", "pypy3.10-7.3"]


def test_every_env_of_both_stores(sandbox: Sandbox) -> None:
    """C: by place; no link, nothing half-made, no name that roost would not give."""
    layout = _layout(sandbox)
    for name in ("b", "a", "3.8.18", "system"):
        _env(sandbox.env("3.12.1", name))
    _env(sandbox.data / "versions" / "3.13.0" / "envs" / "own")
    sandbox.env("3.12.1", "linked").symlink_to(sandbox.env("3.12.1", "a"))
    sandbox.env("3.12.1", "empty").mkdir()
    (sandbox.versions / "3.12.2").symlink_to(sandbox.versions / "3.12.1")
    assert [env.label for env in environments.find_all(layout)] == ["3.12.1/envs/a", "3.12.1/envs/b", "3.13.0/envs/own"]
    assert [env.label for env in environments.find_all(layout, "a")] == ["3.12.1/envs/a"]
    assert environments.find_all(layout, "3.8.18") == environments.find_all(layout, "none") == []


def test_aliases(sandbox: Sandbox) -> None:
    """E9: links to envs that are known, and envs that lie in the store themselves."""
    _env(sandbox.env("3.12.1", "shop"))
    for name in ("shop", "other"):
        (sandbox.versions / name).symlink_to(sandbox.env("3.12.1", "shop"))
    _env(sandbox.versions / "alone")
    (sandbox.versions / "gone").symlink_to("/nowhere")
    assert environments.aliases(_layout(sandbox), {"shop"}) == ["alone", "shop"]


def test_projects_are_noted_at_once(tmp_path: Path) -> None:
    """E6: none is left out, because `prune` takes an env that no project is noted for."""
    environments.write_note(tmp_path, {"schema": 1, "projects": ["/first"]})
    projects = [Path(f"/project{number}") for number in range(16)]
    together = threading.Barrier(len(projects))

    def note(project: Path) -> None:
        together.wait()
        environments.note_project(tmp_path, project)

    with ThreadPoolExecutor(len(projects)) as pool:
        list(pool.map(note, projects))
    noted = environments.read_note(tmp_path)
    assert noted is not None
    assert noted["projects"] == sorted(["/first", *map(str, projects)])
