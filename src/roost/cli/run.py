"""``roost run`` on the command line: enters the directory and becomes the command."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.jobs import run
from roost.rules.errors import UsageError


def command(words: Sequence[str], *, directory: Path | None, env: str | None) -> int:
    layout, target = layout_and_directory(directory)
    with render.Terminal(quiet=render.hushed()) as narrator:
        prefix = run.ready_env(env, target, layout, narrator).prefix
    environ = dict(layout.environ)
    if directory is not None:
        try:
            os.chdir(target)
        except OSError as error:
            message = f"{target} cannot be entered: {error.strerror or error}"
            raise UsageError("no-directory", message, advice="give a directory that you may enter", file=target) from error
        environ["PWD"] = str(target)
    run.start(words, prefix, environ)
