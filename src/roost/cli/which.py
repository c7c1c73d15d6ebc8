"""``roost which``: paths, for scripts and for the hook's ``roost activate NAME``."""

from __future__ import annotations

import os
import shutil

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.jobs.targets import target_of
from roost.rules.errors import NoCommand


def command(word: str | None, *, env: bool) -> int:
    layout, directory = layout_and_directory(None)
    if env:
        render.write(f"{target_of(word, directory, layout).env.prefix}\n")
        return 0
    prefix = target_of(None, directory, layout).env.prefix
    name = word or "python"
    found = shutil.which(name, path=f"{prefix}/bin:{layout.environ.get('PATH', os.defpath)}")
    if found is None:
        raise NoCommand("command-not-found", f"there is no command {name!a} in {prefix} or on PATH")
    render.write(f"{found}\n")
    return 0
