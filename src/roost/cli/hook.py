"""``roost hook`` on the command line: prints the hook, or the path of the file that holds it."""

from __future__ import annotations

from roost.cli import render
from roost.machine import hooks


def command(shell: str, *, path: bool) -> int:
    render.write(f"{hooks.hook_file(shell)}\n" if path else hooks.hook_text(shell))
    return 0
