"""Where Jupyter looks for kernels, by the rules of jupyter_core 5, and which editors do not look there."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from roost.machine.layout import Layout, home_of

_FALSE: Final = frozenset({"no", "n", "false", "off", "0", "0.0"})  # to jupyter_core; an empty word is true


def data_directory(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """The user's Jupyter data directory, by the rules of jupyter_core 5."""
    if own := environ.get("JUPYTER_DATA_DIR"):
        return Path(own).absolute()
    home, xdg = home_of(environ), environ.get("XDG_DATA_HOME", "").strip()
    standard = _platform_dirs(environ)
    if platform != "darwin":
        return Path(xdg) / "jupyter" if xdg else (home if standard else home.resolve()) / ".local" / "share" / "jupyter"
    if not standard:
        return home.resolve() / "Library" / "Jupyter"
    return (Path(xdg) if xdg else home / "Library" / "Application Support") / "Jupyter"


def directory_of(layout: Layout, data: Path | None = None) -> Path:
    """Where the user's kernels are: below ``data``, else where Jupyter looks."""
    return (layout.cwd / data if data else data_directory(layout.environ)) / "kernels"


def search_directories(environ: Mapping[str, str], data: Path, platform: str = sys.platform) -> tuple[list[Path], list[Path]]:
    """The kernels directories that Jupyter looks into before ``data`` and after it.

    Those of the env that Jupyter itself runs in are not known here.
    """
    before = [Path(entry) / "kernels" for entry in environ.get("JUPYTER_PATH", "").split(":") if entry.startswith("/")]
    shared = ["/usr/local/share/jupyter", "/usr/share/jupyter"]
    if platform == "darwin" and _platform_dirs(environ):
        shared = ["/Library/Application Support/Jupyter"]
    return [path for path in before if path != data / "kernels"], [Path(entry) / "kernels" for entry in shared]


def unseen_by(environ: Mapping[str, str], platform: str = sys.platform) -> list[str]:
    """The editors that may not look into the data directory: on macOS some read Jupyter's default place alone."""
    if platform != "darwin":
        return []
    if environ.get("JUPYTER_DATA_DIR"):
        return ["Zed"]
    return ["VS Code", "Zed"] if _platform_dirs(environ) else []


def _platform_dirs(environ: Mapping[str, str]) -> bool:
    return environ.get("JUPYTER_PLATFORM_DIRS", "no").lower() not in _FALSE
