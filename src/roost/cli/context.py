"""What every command needs: the layout and the directory it works on."""

from __future__ import annotations

import os
from pathlib import Path

from roost.machine.layout import Layout, gone, logical_cwd
from roost.rules.errors import UsageError


def layout_and_directory(directory: Path | None) -> tuple[Layout, Path]:
    """``directory``: None for a command that does without the working directory. Raises UsageError if there is no such directory, or a variable names none."""
    cwd = logical_cwd(os.environ)
    layout = Layout.from_environ(dict(os.environ), cwd)
    if directory is None:
        return layout, cwd
    target = Path(os.path.normpath(cwd / directory))
    if target == cwd and (refusal := gone(cwd, UsageError)):
        raise refusal
    if not target.is_dir():
        raise UsageError("no-directory", f"there is no directory {target}", advice="give an existing directory", file=target)
    return layout, target
