"""What an env has written down about itself: where it lies, and what it was made from (W5)."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from roost.machine.environments import configuration
from roost.machine.files import read_bounded

_LIMIT: Final = 1 << 16
_ACTIVATE: Final = re.compile(rb"^\s*(?:export )?VIRTUAL_ENV=['\"]?(/[^'\"\n]+)", re.MULTILINE)
# `#!/env/bin/python`; of a path with a blank in it or a long one, what /bin/sh is told to start.
_SCRIPT: Final = re.compile(rb"\A#!(?:/bin/sh\n'''exec' ['\"]?)?(/[^'\"\n]*)/bin/(?:python|pypy)[0-9.]*")


def recorded_elsewhere(prefix: Path) -> Path | None:
    """The other place that the env's own files say it lies at; None if they name none, or this one under another spelling."""
    for name, sign in (("pip", _SCRIPT), ("activate", _ACTIVATE)):
        with suppress(OSError):
            found = sign.search(read_bounded(prefix / "bin" / name, _LIMIT))
            place = Path(os.fsdecode(found[1])) if found else prefix
            if not _same(place, prefix):
                return place
    return None


def made_from_elsewhere(prefix: Path, interpreter: Path) -> Path | None:
    """Where the env's interpreter lies, if that is not in the tree of ``interpreter``; None also if it is gone."""
    home = configuration(prefix).get("home", "")
    if not home.startswith("/") or not os.path.isdir(home):
        return None
    # Homebrew's Python is found through several links, of which an env may have noted another one.
    inside = Path(os.path.realpath(home)).is_relative_to(os.path.realpath(interpreter))
    starts_it = os.path.realpath(prefix / "bin" / "python") == os.path.realpath(interpreter / "bin" / "python")
    return None if inside or starts_it else Path(home)


def _same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return False
