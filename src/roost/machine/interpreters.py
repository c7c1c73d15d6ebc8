"""Asks an interpreter what it is, and finds one on PATH (V5, V6, V7)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from python_discovery import get_interpreter

from roost.machine.files import explain, system_error_in
from roost.machine.layout import Layout
from roost.machine.process import ISOLATED, ProcessFailed, run, scrubbed
from roost.machine.systems import path_without_stubs, this_system
from roost.rules.errors import InterpreterUnavailable
from roost.rules.model import SYSTEM, Interpreter
from roost.rules.system_packages import LIBRARIES, how_to_install

_ASK: Final = "import sys; sys.stdout.write('%d %d %d' % sys.version_info[:3])"  # also for a 2.7
# V5. A Python without Tk is as it should be on a server.
_NEEDED: Final = [module for module in LIBRARIES if module != "tkinter"]
# To the discovery, any other word is the name of a program on PATH, which it starts to ask what it is.
_A_PYTHON: Final = re.compile(r"(cpython|pypy|graalpy)?[0-9]+(\.[0-9]+){0,2}t?")
_PYTHON_3: Final = re.compile(r"python3(\.[0-9]+)?")
_MISSING: Final = """\
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError:
        if (name, sys.version_info[0]) != ("lzma", 2):  # which had none
            print(name)
"""


def describe(executable: Path, environ: Mapping[str, str], source: str) -> Interpreter:
    """What the interpreter says of itself. Raises InterpreterUnavailable if it does not run."""
    try:
        major, minor, micro = map(int, run([executable, *ISOLATED, "-c", _ASK], scrubbed(environ)).output.split())
    except (ProcessFailed, ValueError) as error:
        reason = error.reason if isinstance(error, ProcessFailed) else str(error)
        command, advice = (f"pyenv install --force {executable.parent.parent.name}", "") if source == "pyenv" else ("", "install it again")
        if cause := system_error_in(reason):
            reason, advice = explain(cause, executable)
            command = ""
        message = f"{executable} does not run: {reason}"
        raise InterpreterUnavailable("interpreter-broken", message, command=command, advice=advice, file=executable) from error
    return Interpreter(f"{major}.{minor}.{micro}", (major, minor, micro), executable, source)


def missing_modules(interpreter: Interpreter, layout: Layout) -> list[tuple[str, str]]:
    """The modules of V5 that cannot be imported, each with how to install what it is built from.

    Only for Pythons of pyenv's own making, where a missing library is a build that went half-way.
    """
    system = this_system(layout)
    return [(module, "".join(how_to_install(LIBRARIES[module], system))) for module in modules_without(interpreter.executable, layout.environ)]


def modules_without(executable: Path, environ: Mapping[str, str], timeout: float | None = None) -> list[str]:
    """The modules of V5 that the interpreter cannot import. Raises ProcessFailed if it does not run."""
    # -B: whoever only looks leaves no compiled files behind.
    printed = run([executable, *ISOLATED, "-B", "-c", _MISSING, *_NEEDED], scrubbed(environ), timeout=timeout).output.split()
    return [module for module in _NEEDED if module in printed]


def find(request: str, layout: Layout) -> Interpreter | None:
    """The interpreter on PATH that serves ``request`` (V6), None if there is none.

    An active env, conda and pyenv's shims are not looked at. Raises InterpreterUnavailable if the one that serves it does not run.
    """
    search_path = path_without_stubs(layout)
    environ = {**scrubbed(layout.environ), "PATH": search_path}
    spec = shutil.which("python3", path=search_path) if request == SYSTEM else request
    if spec is None or (request != SYSTEM and not _A_PYTHON.fullmatch(request)):
        return None
    # The discovery begins with the Python that runs roost, which must not decide (V7).
    try:
        found = get_interpreter(
            spec,
            env=environ,
            predicate=lambda info: info.executable is not None and _on_path(Path(info.executable), search_path),
        )
    except RuntimeError:  # python-discovery found the file but could not run it; our own attempt reports why
        return describe(Path(spec), layout.environ, "path")
    if found is None or found.system_executable is None:
        return None
    return describe(Path(found.system_executable), layout.environ, "path")


def versions_on_path(layout: Layout) -> list[str]:
    """The versions of the Pythons 3 on PATH, that of ``python3`` first (V6)."""
    search_path = path_without_stubs(layout)
    names = sorted({path.name for field in search_path.split(":") for path in Path(field).glob("python3*") if _PYTHON_3.fullmatch(path.name)})
    versions: dict[str, None] = {}
    for executable in filter(None, (shutil.which(name, path=search_path) for name in names)):
        with suppress(InterpreterUnavailable):
            versions[describe(Path(executable), layout.environ, "path").version] = None
    return list(versions)


def _on_path(executable: Path, search_path: str) -> bool:
    return any(Path(field) == executable.parent for field in search_path.split(":"))
