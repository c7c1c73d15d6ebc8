"""Which system this is, and what installs packages on it (V5, B1)."""

from __future__ import annotations

import os
import shutil
import sys

from roost.machine.layout import Layout
from roost.rules.system_packages import MANAGERS, System


def this_system(layout: Layout) -> System:
    """This machine, as the remedy of a failed build has to know it.

    On Linux, Homebrew comes last unless pyenv itself is Homebrew's: only then does pyenv build with
    Homebrew's libraries there.
    """
    brewed = sys.platform == "darwin" or (layout.pyenv is not None and "Cellar" in layout.pyenv.resolve().parts)
    managers = ["brew"] if brewed else sorted(MANAGERS, key=lambda name: name == "brew")
    found = (name for name in managers if shutil.which(name, path=layout.search_path))
    return System(sys.platform, next(found, None), os.geteuid() == 0)
