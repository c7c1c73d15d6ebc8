"""pyenv: what is installed, what could be, and installing it with visible progress (V1, V4)."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock

from roost.machine.files import remove_tree
from roost.machine.layout import Layout
from roost.machine.process import ProcessFailed, follow, run, scrubbed
from roost.rules.errors import InterpreterUnavailable
from roost.rules.pins import is_version

# The lines of python-build that tell how far it is.
_STEP: Final = re.compile(r"(Downloading|Installing|Installed|Patching|Using|WARNING|ERROR)\b.*", re.IGNORECASE)


def versions(store: Path) -> list[str]:
    """The names of the interpreters in pyenv's ``store``: with a Python that can be run, and no env."""
    try:
        names = [entry.name for entry in os.scandir(store)]
    except OSError:
        return []
    return [name for name in names if is_version(os.fsencode(name)) and is_interpreter(store / name)]


def is_interpreter(prefix: Path) -> bool:
    """Is there a Python at ``prefix`` that is not an env's?"""
    return os.access(prefix / "bin" / "python", os.X_OK) and not (prefix / "pyvenv.cfg").exists()


def newest_known(request: str, layout: Layout) -> str:
    """The full version that pyenv would install for ``request`` (V4).

    Raises InterpreterUnavailable if pyenv knows none, with the command that teaches it newer ones.
    """
    if layout.pyenv is None:
        raise InterpreterUnavailable(
            "no-pyenv", f"Python {request} is not installed, and there is no pyenv to install it", "install pyenv: https://github.com/pyenv/pyenv#installation"
        )
    try:
        return run([layout.pyenv, "latest", "-k", request], _environ(layout)).output.strip()
    except ProcessFailed as error:
        raise InterpreterUnavailable(
            "version-unknown", f"pyenv knows no Python {request}", f"{_update_command(layout)}, or choose from: pyenv install --list"
        ) from error


def install(version: str, layout: Layout, tell: Callable[[str], None]) -> None:
    """Installs ``version``; its output goes to a log, its steps to ``tell``.

    Leaves no half-installed prefix behind. Raises InterpreterUnavailable with the end of the log.
    """
    assert layout.pyenv is not None
    store = layout.pyenv_root / "versions"
    prefix = store / version
    layout.logs.mkdir(parents=True, exist_ok=True)
    log = layout.logs / f"install-{version}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    store.mkdir(parents=True, exist_ok=True)
    with FileLock(store / f".{version}.lock"):
        if is_interpreter(prefix):
            return
        tell(f"installing Python {version} through pyenv; this can take some minutes; log: {log}")
        with _whole(prefix):
            try:
                follow([layout.pyenv, "install", "--force", version], _environ(layout), log, lambda line: tell(line) if _STEP.match(line) else None)
            except ProcessFailed as error:
                raise InterpreterUnavailable(
                    "install-failed", f"pyenv could not install Python {version}; it ended with:\n{error.tail}", f"less {log}", str(log)
                ) from error
            if not is_interpreter(prefix):
                raise InterpreterUnavailable(
                    "install-failed", f"pyenv installed Python {version}, but {prefix}/bin/python is not there", f"less {log}", str(log)
                )


@contextmanager
def _whole(prefix: Path) -> Iterator[None]:
    """On failure, removes the prefix that was not there before; its envs, if it was, stay."""
    existed = prefix.exists()
    try:
        yield
    except BaseException:
        if not existed:
            remove_tree(prefix)
        raise


def _environ(layout: Layout) -> dict[str, str]:
    return {**scrubbed(layout.environ), "PYENV_ROOT": str(layout.pyenv_root), "PATH": layout.search_path}


def _update_command(layout: Layout) -> str:
    assert layout.pyenv is not None
    real = layout.pyenv.resolve()
    if "Cellar" in real.parts or (sys.platform == "darwin" and "homebrew" in str(real)):
        return "brew upgrade pyenv"
    if (layout.pyenv_root / "plugins" / "pyenv-update").is_dir():
        return "pyenv update"
    return f"git -C {layout.pyenv_root} pull"
