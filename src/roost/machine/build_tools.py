"""Whether this machine has what a build of Python needs, by looks: programs, headers, Homebrew's packages (W4)."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from roost.rules.system_packages import HEADERS, LIBRARIES, System

_COMPILERS: Final = ("cc", "gcc", "clang")
_PROGRAMS: Final = ("make", "patch", "tar", "xz", "bzip2")


def has_compiler(search_path: str) -> bool:
    """Is there one of the compilers that a build of Python tries? On macOS see ``systems.lacks_command_line_tools``."""
    return any(shutil.which(name, path=search_path) for name in _COMPILERS)


def missing_programs(search_path: str) -> list[str]:
    """The programs that a build always starts and that are not on ``search_path``; each is a key of TOOLS."""
    return [name for name in _PROGRAMS if shutil.which(name, path=search_path) is None]


def missing_libraries(system: System, search_path: str, include: Iterable[Path]) -> list[str]:
    """The modules of Python whose library is not installed, or not for building. ``include``: where headers may be."""
    wanted = [module for module in LIBRARIES if module != "tkinter"]  # a server does without Tk
    if system.manager == "brew":
        brew = shutil.which("brew", path=search_path)
        packages = Path(brew).parent.parent / "opt" if brew else Path("/nowhere")
        return [module for module in wanted if not (packages / LIBRARIES[module].names[0]).exists()]
    if system.platform == "darwin":
        return []  # without Homebrew nobody knows where they would be
    places = list(include)
    return [module for module in wanted if not any((place / HEADERS[module]).is_file() for place in places)]


def include_directories(environ: Mapping[str, str]) -> list[Path]:
    """Where a compiler looks for headers."""
    own = [entry for name in ("CPATH", "C_INCLUDE_PATH") for entry in environ.get(name, "").split(":") if entry.startswith("/")]
    machine = sysconfig.get_config_var("MULTIARCH") or ""
    return [Path(place) for place in (*own, "/usr/include", f"/usr/include/{machine}", "/usr/local/include")]
