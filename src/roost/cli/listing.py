"""``roost list`` on the command line: the envs as a table or JSON."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.cli.looks import Table
from roost.jobs.listing import Row, listing
from roost.machine.layout import home_of

_NARROWEST = 12  # letters that a path keeps, however narrow the terminal


def command(*, size: bool, orphans: bool, as_json: bool) -> int:
    layout, directory = layout_and_directory(None)
    with render.Terminal(quiet=as_json) as narrator:
        if size:
            narrator.detail("counting how much disk each env takes")
        found = listing(directory, layout, orphans=orphans, sizes=size)
    if as_json:
        render.emit({"envs": [_document(row) for row in found.rows], **({"size": found.size} if size else {})})
    elif found.rows:
        _table(found.rows, home_of(layout.environ), sizes=size)
        if found.size is not None:
            render.say(f"{render.size(found.size)} in all")
    else:
        render.say("no orphans" if orphans else "no envs; in a project, type: roost up")
    return 0


def _document(row: Row) -> dict[str, Any]:
    return {
        "name": row.env.name,
        "version": row.version,
        "path": render.text_of(row.env.prefix),
        "state": row.env.state.value,
        "made_by": "roost" if row.by_roost else "other",
        "projects": [render.text_of(project) for project in row.projects],
        "kernels": list(row.kernels),
        "orphan": row.orphan,
        "size": row.size,
    }


def _table(rows: tuple[Row, ...], home: Path, *, sizes: bool) -> None:
    """One line an env. On a terminal a path that does not fit is cut in the middle, so that no line is folded."""
    head = ("NAME", "VERSION", "STATE", "BY", *(("SIZE",) if sizes else ()), "KERNEL", "PROJECTS")
    table = Table([head, *(_columns(row, home, sizes=sizes) for row in rows)], sys.stdout)
    left = max(_NARROWEST, shutil.get_terminal_size().columns - table.width) if sys.stdout.isatty() else 0
    print("\n".join(table.lines(lambda path: _cut(path, left))))


def _columns(row: Row, home: Path, *, sizes: bool) -> tuple[str, ...]:
    return (
        row.env.name,
        row.version,
        f"{row.env.state.value}, orphan" if row.orphan else row.env.state.value,
        "roost" if row.by_roost else "other",
        *((render.size(row.size or 0),) if sizes else ()),
        _first(list(row.kernels)),
        _first([_from_home(str(project), f"{home}/") for project in row.projects]),
    )


def _first(words: list[str]) -> str:
    """The first, and how many there are beside it; ``-`` for none, so that no column is empty to a screen reader."""
    rest = f" +{len(words) - 1}" if len(words) > 1 else ""
    return f"{words[0]}{rest}" if words else "-"


def _from_home(path: str, home: str) -> str:
    return f"~/{path[len(home) :]}" if path.startswith(home) else path


def _cut(text: str, width: int) -> str:
    """``width``: 0 for as much as there is."""
    if not width or len(text) <= width:
        return text
    return f"{text[: (width - 3) // 3]}...{text[len(text) - (width - 3 - (width - 3) // 3) :]}"
