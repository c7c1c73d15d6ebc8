"""``roost doctor``."""

from __future__ import annotations

import shutil
import sys
import textwrap
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.jobs.doctor import doctor, exit_code
from roost.rules.findings import Area, Finding, Level
from roost.rules.text import one_line

_PATIENCE = 0.5  # seconds without a sign of life
_LABELS = {Level.PROBLEM: "problem", Level.NOTICE: "note"}  # as in `roost status`
_INDENT = " " * 11


def command(*, as_json: bool) -> int:
    layout, directory = layout_and_directory(None)
    with _Patient(quiet=as_json) as told:
        found = doctor(directory, layout, told.tell)
    if as_json:
        render.emit({"findings": [_document(each) for each in found]})
    else:
        width = min(80, shutil.get_terminal_size().columns)
        print("\n".join(map(one_line, _text(found, width))))
    return exit_code(found)


class _Patient:
    """Shows what is being looked at, on a terminal, if that takes long enough for somebody to wonder."""

    def __init__(self, *, quiet: bool) -> None:
        self._terminal = render.Terminal(quiet=quiet)
        self._said = "looking"
        self._lock = threading.Lock()
        self._timer = threading.Timer(_PATIENCE, self._begin) if sys.stderr.isatty() else None
        self._shown = False

    def __enter__(self) -> _Patient:
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._shown, self._timer = False, None
            self._terminal.__exit__()

    def tell(self, line: str) -> None:
        with self._lock:
            self._said = line
            if self._shown:
                self._terminal.detail(line)

    def _begin(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._shown = True
                self._terminal.detail(self._said)


def _text(found: Sequence[Finding], width: int) -> Iterator[str]:
    for area in Area:
        here = [each for each in found if each.area is area]
        yield area.value if here else f"{area.value}: nothing found"
        for each in here:
            where = f" ({each.file})" if each.file and each.file not in each.message + each.command else ""
            yield from _folded(f"  {_LABELS[each.level]:<9}", each.message + where, width)
            yield from _folded(_INDENT, each.why, width)
            # Never folded: it is there to be copied.
            yield f"{_INDENT}-> {render.help_text(each.command, each.advice)}"
    problems = sum(each.level is Level.PROBLEM for each in found)
    notes = len(found) - problems
    yield f"{problems} problem{'s' * (problems != 1)}, {notes} note{'s' * (notes != 1)}"


def _folded(label: str, text: str, width: int) -> list[str]:
    room = max(20, width - len(_INDENT))
    lines = textwrap.wrap(one_line(text), room, break_long_words=False, break_on_hyphens=False) or [""]
    return [f"{label}{lines[0]}", *(f"{_INDENT}{line}" for line in lines[1:])]


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
