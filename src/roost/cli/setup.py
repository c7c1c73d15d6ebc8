"""``roost setup`` and ``roost hook --path``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from roost.cli import render
from roost.machine import hooks
from roost.rules.errors import RoostError, UsageError


def command(shell: str | None, *, undo: bool, dry_run: bool) -> int:
    name = shell or Path(os.environ.get("SHELL", "")).name
    if name not in hooks.SHELLS:
        raise UsageError("unknown-shell", f"roost has no hook for {name!a}", command="roost setup zsh", advice="or bash, or fish")
    changed = False
    for path in hooks.rc_files(name, os.environ, sys.platform):
        try:
            change = hooks.edit(path, name, undo=undo)
            if change.changes and not dry_run:
                hooks.apply(change, undo=undo)
                changed = True
        except OSError as error:
            line = f". {hooks.hook_file(name)}"
            raise RoostError(
                "rc-not-changed", f"{path} was not changed: {error.strerror or error}", advice=f"put this line into it: {line}", file=path
            ) from error
        render.say(render.describe_edit(change, undo=undo, dry_run=dry_run))
    if changed and not undo:
        render.say(f"open a new terminal, or type: exec {name}")
    return 0
