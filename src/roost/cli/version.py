"""``roost --version``: the version on a line of its own, for scripts, and then what a bug report needs."""

from __future__ import annotations

import os
import platform
import sys

from roost import __version__
from roost.cli import render
from roost.machine.installation import pyenv_version, shell_version, way_of_installation
from roost.machine.layout import Layout, logical_cwd
from roost.machine.shells import calling_shell
from roost.rules.errors import UsageError
from roost.rules.text import one_line


def command() -> int:
    shell = calling_shell(os.environ)
    facts = {
        "installed by": way_of_installation(),
        "Python": f"{platform.python_version()}, {sys.executable}",
        "pyenv": _pyenv(),
        "shell": shell_version(shell, os.environ) if shell else "unknown",
        "platform": platform.platform(),
    }
    render.write("".join([f"roost {__version__}\n", *(f"{name}: {one_line(fact)}\n" for name, fact in facts.items())]))
    return 0


def _pyenv() -> str:
    try:
        pyenv = Layout.from_environ(dict(os.environ), logical_cwd(os.environ)).pyenv
    except UsageError as error:  # the other lines are wanted all the more
        return error.message
    return f"{pyenv_version(pyenv) or 'of unknown version'}, {pyenv}" if pyenv else "none"
