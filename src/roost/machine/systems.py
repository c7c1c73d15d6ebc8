"""Which system this is, and what installs packages on it (V5, B1)."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from roost.machine.layout import Layout
from roost.machine.process import ProcessFailed, run
from roost.rules.system_packages import MANAGERS, System

_STUBS: Final = "/usr/bin"
_PATIENCE: Final = 10.0  # seconds


def this_system(layout: Layout) -> System:
    """This machine, as the remedy of a failed build has to know it.

    On Linux, Homebrew comes last unless pyenv itself is Homebrew's: only then does pyenv build with
    Homebrew's libraries there.
    """
    brewed = sys.platform == "darwin" or (layout.pyenv is not None and "Cellar" in layout.pyenv.resolve().parts)
    managers = ["brew"] if brewed else sorted(MANAGERS, key=lambda name: name == "brew")
    found = (name for name in managers if shutil.which(name, path=layout.search_path))
    return System(sys.platform, next(found, None), os.geteuid() == 0)


def lacks_command_line_tools(environ: Mapping[str, str]) -> bool:
    """On macOS: are Xcode's command line tools missing?"""
    try:
        return not Path(run(["xcode-select", "-p"], environ, timeout=_PATIENCE).output.strip()).is_dir()
    except ProcessFailed:
        return True


def path_without_stubs(layout: Layout) -> str:
    """The search path, without the directory in which Apple has stubs instead of programs.

    As long as Xcode's command line tools are missing, the mere start of one, such as python3 or git, opens a dialog that
    offers to install them.
    """
    fields = layout.search_path.split(":")
    if sys.platform != "darwin" or _STUBS not in fields or not lacks_command_line_tools(layout.environ):
        return layout.search_path
    return ":".join(field for field in fields if field != _STUBS)
