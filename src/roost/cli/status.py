"""``roost status``."""

from __future__ import annotations

from pathlib import Path

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.jobs.status import exit_code, status


def command(directory: Path | None, *, as_json: bool) -> int:
    layout, target = layout_and_directory(directory)
    answer = status(target, layout)
    if as_json:
        render.emit(render.status_document(answer))
    else:
        print(render.status_text(answer))
    return exit_code(answer)
