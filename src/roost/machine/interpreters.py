"""Asks an interpreter what it is, and finds one on PATH (V5, V6, V7)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from python_discovery import get_interpreter

from roost.machine.layout import Layout
from roost.machine.process import ISOLATED, ProcessFailed, run, scrubbed
from roost.rules.errors import InterpreterUnavailable
from roost.rules.model import SYSTEM, Interpreter

_ASK: Final = "import sys; sys.stdout.write('%d %d %d' % sys.version_info[:3])"  # also for a 2.7
# Module, Homebrew formula, Debian package (V5).
_NEEDED: Final = {
    "ssl": ("openssl", "libssl-dev"),
    "sqlite3": ("sqlite", "libsqlite3-dev"),
    "zlib": ("zlib", "zlib1g-dev"),
    "bz2": ("bzip2", "libbz2-dev"),
    "lzma": ("xz", "liblzma-dev"),
    "readline": ("readline", "libreadline-dev"),
    "ctypes": ("libffi", "libffi-dev"),
}
# To the discovery, any other word is the name of a program on PATH, which it starts to ask what it is.
_A_PYTHON: Final = re.compile(r"(cpython|pypy|graalpy)?[0-9]+(\.[0-9]+){0,2}t?")
_MISSING: Final = """\
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError:
        print(name)
"""


def describe(executable: Path, environ: Mapping[str, str], source: str) -> Interpreter:
    """What the interpreter says of itself. Raises InterpreterUnavailable if it does not run."""
    try:
        major, minor, micro = map(int, run([executable, *ISOLATED, "-c", _ASK], scrubbed(environ)).output.split())
    except (ProcessFailed, ValueError) as error:
        reason = error.reason if isinstance(error, ProcessFailed) else str(error)
        command, advice = (f"pyenv install --force {executable.parent.parent.name}", "") if source == "pyenv" else ("", "install it again")
        message = f"{executable} does not run: {reason}"
        raise InterpreterUnavailable("interpreter-broken", message, command=command, advice=advice, file=executable) from error
    return Interpreter(f"{major}.{minor}.{micro}", (major, minor, micro), executable, source)


def missing_modules(interpreter: Interpreter, environ: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The modules of V5 that cannot be imported, each with its Homebrew formula and Debian package.

    Only for Pythons of pyenv's own making, where a missing library is a build that went half-way.
    """
    names = list(_NEEDED)
    printed = run([interpreter.executable, *ISOLATED, "-c", _MISSING, *names], scrubbed(environ)).output.split()
    return [(name, *_NEEDED[name]) for name in names if name in printed]


def find(request: str, layout: Layout) -> Interpreter | None:
    """The interpreter on PATH that serves ``request`` (V6), None if there is none.

    An active env, conda and pyenv's shims are not looked at.
    """
    environ = {**scrubbed(layout.environ), "PATH": layout.search_path}
    spec = shutil.which("python3", path=layout.search_path) if request == SYSTEM else request
    if spec is None or (request != SYSTEM and not _A_PYTHON.fullmatch(request)):
        return None
    # The discovery begins with the Python that runs roost, which must not decide (V7).
    found = get_interpreter(
        spec,
        env=environ,
        predicate=lambda info: info.executable is not None and _on_path(Path(info.executable), layout.search_path),
    )
    if found is None or found.system_executable is None:
        return None
    return describe(Path(found.system_executable), layout.environ, "path")


def _on_path(executable: Path, search_path: str) -> bool:
    return any(Path(field) == executable.parent for field in search_path.split(":"))
