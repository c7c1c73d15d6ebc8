"""Every way to install roost, from a directory of wheels and without an index; `roost --version` says which way it was."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from roost import __version__
from roost.machine.installation import pyenv_version
from tests.support.needs import program
from tests.support.sandbox import BIN, REPOSITORY, ROOST, Sandbox


def _says(machine: Sandbox, roost: Path) -> dict[str, str]:
    """`roost --version`, line by line, without its first line, which scripts read."""
    done = machine.run([roost, "--version"], cwd=machine.home)
    assert (done.returncode, done.stderr) == (0, "")
    first, *lines = done.stdout.splitlines()
    assert first == f"roost {__version__}"
    return dict(line.split(": ", 1) for line in lines)


def test_pipx(offline: Sandbox) -> None:
    done = offline.run([BIN / "pipx", "install", "--python", sys.executable, "pyenv-roost"], timeout=280)
    assert done.returncode == 0, done.stderr
    roost = offline.home / ".local" / "bin" / "roost"
    assert _says(offline, roost)["installed by"].startswith(f"pipx, {offline.home}")
    assert offline.run([roost, "hook", "bash"]).returncode == 0


def test_uv_tool(offline: Sandbox) -> None:
    done = offline.run([BIN / "uv", "tool", "install", "--python", sys.executable, "pyenv-roost"], timeout=280)
    assert done.returncode == 0, done.stderr
    roost = offline.home / ".local" / "bin" / "roost"
    assert _says(offline, roost)["installed by"].startswith(f"uv tool, {offline.home}")
    assert offline.run([roost, "hook", "bash"]).returncode == 0


def test_pip_user(offline: Sandbox) -> None:
    """With the very Python that the wheels are for."""
    version = ".".join(map(str, sys.version_info[:3]))
    base = Path(sys.base_prefix, "bin", f"python{sys.version_info[0]}.{sys.version_info[1]}")
    done = offline.run([base, "-m", "pip", "install", "--user", "--break-system-packages", "pyenv-roost"], timeout=280)
    assert done.returncode == 0, done.stderr
    said = _says(offline, offline.home / ".local" / "bin" / "roost")
    assert said["installed by"].startswith(f"pip --user, {offline.home}")
    assert said["Python"].startswith(f"{version}, ")
    assert offline.run(["roost", "hook", "bash"]).returncode == 0


def test_a_venv(offline: Sandbox) -> None:
    venv = offline.root / "venv"
    assert offline.run([sys.executable, "-m", "virtualenv", "-q", venv]).returncode == 0
    done = offline.run([venv / "bin" / "python", "-m", "pip", "install", "-q", "pyenv-roost"], timeout=280)
    assert done.returncode == 0, done.stderr
    assert _says(offline, venv / "bin" / "roost")["installed by"] == f"pip in a venv, {venv}"


def test_a_checkout(sandbox: Sandbox) -> None:
    assert _says(sandbox, ROOST)["installed by"] == f"editable, {REPOSITORY}"


@pytest.mark.parametrize("link", [False, True])
def test_the_pyenv_in_a_report(sandbox: Sandbox, link: bool) -> None:
    """The version that pyenv itself gives, and no process for it; Homebrew's command is a link."""
    assert _says(sandbox, ROOST)["pyenv"] == "none"
    sandbox.with_pyenv()
    command = sandbox.pyenv_root / "bin" / "pyenv"
    if link:
        command = sandbox.root / "homebrew" / "pyenv"
        command.parent.mkdir()
        command.symlink_to(sandbox.pyenv_root / "bin" / "pyenv")
        sandbox.path = f"{command.parent}:/usr/bin:/bin"
    asked = sandbox.run([command, "--version"]).stdout.split()[1]
    assert _says(sandbox, ROOST)["pyenv"] == f"{asked}, {command}"


@pytest.mark.parametrize("content", [None, b"\xff", b"echo 1.2\n"])
def test_a_pyenv_that_is_something_else(tmp_path: Path, content: bytes | None) -> None:
    (tmp_path / "libexec").mkdir()
    if content is not None:
        (tmp_path / "libexec" / "pyenv---version").write_bytes(content)
    assert pyenv_version(tmp_path / "bin" / "pyenv") == ""


def test_a_variable_that_cannot_be_used(sandbox: Sandbox) -> None:
    """A bug report about it needs the other lines all the more."""
    sandbox.extra["PYENV_ROOT"] = "not/absolute"
    said = _says(sandbox, ROOST)
    assert "not/absolute" in said["pyenv"]
    assert said["platform"]


@pytest.mark.parametrize("shell", ["zsh", "bash", "fish"])
def test_the_shell_in_a_report(sandbox: Sandbox, shell: str) -> None:
    own = sandbox.run([program(shell), "--version"]).stdout.splitlines()[0]
    sandbox.extra["ROOST_HOOK"] = shell
    assert _says(sandbox, ROOST)["shell"] == own
    sandbox.path = str(sandbox.root)  # it is gone, or not on PATH
    assert _says(sandbox, ROOST)["shell"] == shell


def test_a_shell_that_never_answers(sandbox: Sandbox) -> None:
    stub = sandbox.root / "bin" / "zsh"
    stub.parent.mkdir()
    stub.write_text("#!/bin/sh\nsleep 60\n")
    stub.chmod(0o755)
    sandbox.path = f"{stub.parent}:{sandbox.path}"
    sandbox.extra["ROOST_HOOK"] = "zsh"
    assert _says(sandbox, ROOST)["shell"] == "zsh"
