"""``roost doctor`` on the command line: what it found, as text or JSON."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.cli.looks import Looks
from roost.jobs.doctor import doctor, exit_code
from roost.rules.findings import Area, Finding, Level
from roost.rules.text import one_line

_LABELS = {Level.PROBLEM: "problem", Level.NOTICE: "note"}  # as in `roost status`
_LABEL = 7  # letters of the longer label


def command(*, as_json: bool) -> int:
    layout, directory = layout_and_directory(None)
    with render.Terminal(quiet=as_json) as narrator:
        found = doctor(directory, layout, narrator)
    if as_json:
        render.emit({"findings": [_document(each) for each in found]})
    else:
        width = min(80, shutil.get_terminal_size().columns)
        print("\n".join(_text(found, width, Looks(sys.stdout))))
    return exit_code(found)


def _text(found: Sequence[Finding], width: int, looks: Looks) -> Iterator[str]:
    indent = " " * (2 + looks.width(_LABEL) + 2)
    room = max(20, width - len(indent))
    for area in Area:
        here = [each for each in found if each.area is area]
        yield area.value if here else f"{area.value}: nothing to report"
        for each in here:
            where = f" ({each.file})" if each.file and each.file not in each.message + each.command else ""
            message, *rest = _folded(each.message + where, room)
            yield f"  {looks.state(_LABELS[each.level], _LABEL)}  {message}"
            yield from (f"{indent}{line}" for line in [*rest, *_folded(each.why, room)])
            # Never folded: it is there to be copied.
            yield f"{indent}-> {one_line(render.help_text(each.command, each.advice))}"
    problems = sum(each.level is Level.PROBLEM for each in found)
    notes = len(found) - problems
    yield f"{problems} problem{'s' * (problems != 1)}, {notes} note{'s' * (notes != 1)}"


def _folded(text: str, room: int) -> list[str]:
    return textwrap.wrap(one_line(text), room, break_long_words=False, break_on_hyphens=False) or [""]


def _document(each: Finding) -> dict[str, Any]:
    return {
        "area": each.area.value,
        "level": each.level.value,
        "code": each.code,
        "message": each.message,
        "why": each.why,
        **render.help_document(each.command, each.advice),
        "file": each.file,
    }
