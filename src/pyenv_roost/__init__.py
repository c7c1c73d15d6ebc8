"""Starts roost with its own packages, whatever PYTHONPATH holds (V8).

This is the first code of roost's to run, and it imports nothing that Python has not loaded by itself: a ``typer``, an
``enum`` or another ``roost`` in a directory of PYTHONPATH would come first. That is also why it is a package apart,
named like the distribution: which ``roost`` is imported has to be decided before.
"""

import os
import sys


def main() -> int:
    """Runs the command line and returns the exit code. Whatever goes wrong is one line, never a traceback."""
    _leave_pythonpath_out()
    try:
        from roost.cli.main import main as run

        return run()
    except KeyboardInterrupt:  # before roost listens to it itself
        sys.stderr.write("roost: stopped\n")
        return 130
    except Exception as error:
        return _report(error)


def _report(error: Exception) -> int:
    try:
        from roost.cli import crash

        return crash.report(error, sys.argv[1:])
    except Exception as another:
        sys.stderr.write(f"roost: {error!a}, and that could not be reported: {another!a}; type: pipx reinstall pyenv-roost\n")
        return 1


def _leave_pythonpath_out() -> None:
    """Takes what came from PYTHONPATH, and the working directory, out of ``sys.path``; the variable stays for the user's programs."""
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    away = {_absolute(path) for path in [*named, "."]} - _own_directories()
    sys.path[:] = [path for path in sys.path if path not in away]
    # A sitecustomize in there may have loaded others of its modules, under names that roost needs.
    for name, module in list(sys.modules.items()):
        file, top = getattr(module, "__file__", None) or "", name.partition(".")[0]
        if any(file.startswith((f"{path}/{top}.", f"{path}/{top}/")) for path in away):
            del sys.modules[name]


def _own_directories() -> set[str]:
    """The directories that belong on the path even if PYTHONPATH names them too: the library, installed packages, and roost itself."""
    library = os.path.dirname(os.__file__)
    own = {library, os.path.join(library, "lib-dynload"), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))}
    if site := sys.modules.get("site"):
        own |= {*site.getsitepackages(), site.USER_SITE if site.ENABLE_USER_SITE else library}
    return own


def _absolute(path: str) -> str:
    """As ``site`` wrote it into ``sys.path``."""
    try:
        return os.path.abspath(path)
    except OSError:  # the working directory is gone
        return path
