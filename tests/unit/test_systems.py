"""Which package manager a machine has (V5, B1)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from roost.machine import git, interpreters, systems
from roost.machine.layout import Layout
from roost.machine.pyenv import update_command
from roost.machine.systems import this_system
from roost.rules.errors import InterpreterUnavailable
from roost.rules.system_packages import MANAGERS


def _layout(root: Path, *programs: str) -> Layout:
    """A machine with nothing but ``programs`` on PATH."""
    for program in programs:
        path = root / "bin" / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\nexit 1\n")
        path.chmod(0o755)
    return Layout.from_environ({"HOME": str(root), "PATH": str(root / "bin")}, root)


@pytest.mark.parametrize("manager", MANAGERS)
def test_the_one_that_is_there(tmp_path: Path, manager: str) -> None:
    """B1: macOS has one, Homebrew."""
    found = this_system(_layout(tmp_path, manager))
    assert found.platform == sys.platform
    assert found.manager == (manager if manager == "brew" or sys.platform != "darwin" else None)
    assert found.root == (os.geteuid() == 0)


def test_none(tmp_path: Path) -> None:
    """B1: then the remedy is in words."""
    assert this_system(_layout(tmp_path)).manager is None


@pytest.mark.parametrize("brewed", [False, True])
def test_homebrew_beside_another(tmp_path: Path, brewed: bool) -> None:
    """B1: on Linux, pyenv builds with Homebrew's libraries only where it is Homebrew's itself."""
    _layout(tmp_path, "brew", "apt-get", "Cellar/pyenv/2.6.30/libexec/pyenv" if brewed else "libexec/pyenv")
    (tmp_path / "bin" / "pyenv").symlink_to(next((tmp_path / "bin").glob("**/libexec/pyenv")))
    assert this_system(_layout(tmp_path)).manager == ("brew" if brewed or sys.platform == "darwin" else "apt-get")


@pytest.mark.parametrize(
    ("place", "clone", "command"),
    [
        ("/usr/share/pyenv/no-such/pyenv", None, "{manager} install pyenv"),
        ("{root}/clone/bin/pyenv", "{root}/clone", "git -C {root}/clone pull"),
        ("{root}/.local/bin/pyenv", "{root}", "git -C {root}/.pyenv pull"),  # a repository of dotfiles
    ],
)
def test_how_pyenv_is_updated(tmp_path: Path, place: str, clone: str | None, command: str) -> None:
    """V4: as it was installed: from the system's packages, by a clone that may lie anywhere."""
    manager = "brew" if sys.platform == "darwin" else "apt-get"
    layout = _layout(tmp_path, manager)._replace(pyenv=Path(place.format(root=tmp_path)))
    if clone is not None:
        (Path(clone.format(root=tmp_path)) / ".git").mkdir(parents=True)
        if clone != "{root}":
            (tmp_path / "clone" / "libexec").mkdir()
            (tmp_path / "clone" / "libexec" / "pyenv").touch()
    assert update_command(layout).removeprefix("sudo ") == command.format(root=tmp_path, manager=manager)


@pytest.mark.parametrize("tools", [True, False])
def test_apples_stubs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tools: bool) -> None:
    """V6: without Xcode's command line tools, a python3 or a git in /usr/bin opens a dialog when it is started; here it leaves a mark."""
    stubs, mine = tmp_path / "stubs", _layout(tmp_path, "xcode-select")
    stubs.mkdir()
    for name in ("python3", "python3.12", "git"):
        (stubs / name).write_text(f'#!/bin/sh\n: >"{tmp_path}/started"\nexec {sys.executable} "$@"\n')
        (stubs / name).chmod(0o755)
    (tmp_path / "bin" / "xcode-select").write_text(f"#!/bin/sh\necho '{tmp_path if tools else tmp_path / 'no-tools'}'\n")
    (tmp_path / "project" / ".git").mkdir(parents=True)
    layout = Layout.from_environ({**mine.environ, "PATH": f"{stubs}:{tmp_path}/bin"}, tmp_path)
    monkeypatch.setattr(systems, "_STUBS", str(stubs))
    monkeypatch.setattr(systems, "sys", SimpleNamespace(platform="darwin"))  # everybody else goes on as on the real system
    for start in (
        lambda: interpreters.find("3.12", layout),
        lambda: interpreters.find("system", layout),
        lambda: interpreters.versions_on_path(layout),
        lambda: git.ignored(tmp_path / "project", [".python-version"], layout),
    ):
        start()
        assert (tmp_path / "started").exists() == tools
        (tmp_path / "started").unlink(missing_ok=True)


def test_a_system_python_that_does_not_run(tmp_path: Path) -> None:
    """V6: it is named."""
    with pytest.raises(InterpreterUnavailable, match=f"{tmp_path}/bin/python3 does not run"):
        interpreters.find("system", _layout(tmp_path, "python3"))
