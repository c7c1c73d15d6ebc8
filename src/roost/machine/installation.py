"""What a bug report asks about a machine: how roost was installed there, and which pyenv and which shell it has."""

from __future__ import annotations

import os
import re
import site
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from roost.machine.process import ProcessFailed, printed
from roost.rules.errors import to_type

_WAYS: Final = {"pipx_metadata.json": "pipx", "uv-receipt.toml": "uv tool", "pyvenv.cfg": "pip in a venv"}
_TIMEOUT: Final = 2.0


def way_of_installation() -> str:
    """What installed this roost, and where: the same is what upgrades and removes it."""
    package = Path(__file__).resolve().parents[1]
    checkout = package.parents[1]
    if (checkout / "pyproject.toml").is_file():
        return f"editable, {checkout}"
    way = _way(Path(sys.prefix))
    user = Path(site.getusersitepackages()).resolve()
    if way is None and user in package.parents:
        return f"pip --user, {user}"
    return f"{way or 'pip'}, {sys.prefix}"


def removal_of(roost: Path) -> str:
    """The command that uninstalls the ``roost`` of another installation; empty if it cannot be told what installed that one."""
    prefix = Path(os.path.realpath(roost)).parents[1]
    commands: dict[str, list[object]] = {"pipx": ["pipx"], "uv tool": ["uv", "tool"], "pip in a venv": [prefix / "bin" / "python", "-m", "pip"]}
    way = _way(prefix)
    return to_type(*commands[way], "uninstall", "pyenv-roost") if way else ""


def _way(prefix: Path) -> str | None:
    return next((way for mark, way in _WAYS.items() if (prefix / mark).exists()), None)


def pyenv_version(pyenv: Path) -> str:
    """The release that ``pyenv`` says it is, read from its own files, because asking pyenv starts several processes; empty if it cannot be told."""
    with suppress(OSError, UnicodeDecodeError):
        text = pyenv.resolve().parents[1].joinpath("libexec", "pyenv---version").read_text(encoding="utf-8")
        if found := re.search(r'^version="([^"]*)"', text, re.MULTILINE):
            return found[1]
    return ""


def shell_version(shell: str, environ: Mapping[str, str]) -> str:
    """The first line of what ``shell`` says of itself; its name if it says nothing. Not exported, so the shell has to be asked."""
    with suppress(ProcessFailed):
        if lines := printed([shell, "--version"], environ, _TIMEOUT).decode("utf-8", "replace").splitlines():
            return lines[0]
    return shell
