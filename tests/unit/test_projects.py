"""Trees of directories, files and links: which project a directory is in, and its state (F1, F11-F13, V, E3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from roost.jobs.observe import observe
from roost.machine.layout import Layout
from roost.rules.errors import InvalidPin, NoProject
from tests.support.sandbox import Sandbox
from tests.support.vectors import Vector, grow, load

# Root reads what its mode forbids: those trees are for tests/shell/test_opinions.py, which lays that right down.
VECTORS = [pytest.param(vector, id=vector["id"]) for vector in load("trees.json") if "unreadable" not in vector["tree"]]


@pytest.mark.parametrize("vector", VECTORS)
def test_tree(vector: Vector, sandbox: Sandbox) -> None:
    """F1, F9, F11-F13, V2, V3, V6, E3."""
    cwd = grow(vector, sandbox)
    found = _opinion(cwd, Layout.from_environ(sandbox.environ, cwd), sandbox)
    assert {key: found.get(key) for key in vector["expect"]} == vector["expect"]


def _opinion(cwd: Path, layout: Layout, machine: Sandbox) -> dict[str, str | None]:
    try:
        seen = observe(cwd, layout)
    except NoProject:
        return {"state": "no-project"}
    except InvalidPin as refusal:
        file = Path(refusal.file or "")
        return {"state": "invalid", "file": str(file.relative_to(machine.root)), "root": str(file.parent.relative_to(machine.root))}
    return {
        "state": seen.state.value,
        "root": str(seen.project.root.relative_to(machine.root)),
        "request": seen.project.request,
        "name": seen.project.env_name,
        "env": None if seen.env is None else str(seen.env.prefix.relative_to(machine.root)),
    }


def test_a_missing_version_file_is_called_by_its_name(sandbox: Sandbox) -> None:
    """F12."""
    project = sandbox.project("shop", None, "shop")
    with pytest.raises(InvalidPin) as refusal:
        observe(project, Layout.from_environ(sandbox.environ, project))
    assert refusal.value.message == "To use .python-virtualenv you need a .python-version"
    assert refusal.value.code == 4


@pytest.mark.parametrize("data", [b">=3.9\n", b"\xef\xbb\xbf3.12.1\n", b"\x1b[31m\n", b"3.12.1\0", b"", b"x" * 5000])
def test_a_refusal_names_the_file(sandbox: Sandbox, data: bytes) -> None:
    """F8."""
    project = sandbox.project("shop", data, "shop")
    with pytest.raises(InvalidPin) as refusal:
        observe(project, Layout.from_environ(sandbox.environ, project))
    assert refusal.value.file == str(project / ".python-version")
    assert refusal.value.code == 4


def test_pyenv_version_does_not_choose(sandbox: Sandbox) -> None:
    """F14."""
    sandbox.fake_env("3.12.1", "shop")
    sandbox.fake_env("3.11.7", "shop")
    project = sandbox.project("shop", "3.12.1", "shop")
    sandbox.extra["PYENV_VERSION"] = "3.11.7"
    seen = observe(project, Layout.from_environ(sandbox.environ, project))
    assert seen.env is not None
    assert seen.env.prefix == sandbox.env("3.12.1", "shop")
