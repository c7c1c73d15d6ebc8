"""``roost setup`` on the command line: chooses the shell, and tells what is done."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from roost.cli import render
from roost.jobs.setup import Setup
from roost.machine import hooks, shells
from roost.rules.errors import UsageError


def command(shell: str | None, *, undo: bool, dry_run: bool) -> int:
    with render.Terminal() as narrator:
        setup = Setup(shell or _own_shell(), os.environ, sys.platform, narrator, dry_run=dry_run)
        if undo:
            setup.take_out()
        else:
            setup.put_in()
    return 0


def _own_shell() -> str:
    """The shell that roost was called from, or else the one that $SHELL names. Raises UsageError."""
    named = os.environ.get("SHELL", "")
    names = dict.fromkeys(name for name in (shells.calling_shell(os.environ), Path(named).name) if name in hooks.SHELLS)
    match list(names):
        case [own]:
            return own
        case [own, other]:
            render.say(f"this is {own}, while $SHELL is {named}; for {other}, type: roost setup {other}")
            return own
        case _:
            message = f"roost has no hook for the shell that it was called from, and $SHELL is {named!a}"
            raise UsageError("unknown-shell", message, command="roost setup zsh", advice="or bash, or fish")
