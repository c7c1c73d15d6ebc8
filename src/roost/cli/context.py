"""What every command needs: the layout and the directory it works on."""

from __future__ import annotations

import os
from pathlib import Path

from roost.machine.layout import Layout, logical_cwd
from roost.rules.errors import UsageError


def layout_and_directory(directory: Path | None) -> tuple[Layout, Path]:
    """Raises UsageError if ``directory`` is none, or a variable names none."""
    cwd = logical_cwd(os.environ)
    layout = Layout.from_environ(dict(os.environ), cwd)
    if directory is None:
        return layout, cwd
    target = Path(os.path.normpath(cwd / directory))
    if not target.is_dir():
        raise UsageError("no-directory", f"there is no directory {target}", advice="give a directory that is there", file=target)
    return layout, target
