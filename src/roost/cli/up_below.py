"""``roost up -r`` and ``roost upgrade --all``: a live line for each project and then a table on a terminal, elsewhere a line for each project (M2)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.cli.declared import COMMANDS
from roost.jobs.up_below import Audience, Outcome, exit_code, find, up_each
from roost.rules.text import one_line

if TYPE_CHECKING:  # only a terminal needs it
    from rich.console import RenderableType


def command(directory: Path | None, *, jobs: int | None, dry_run: bool, as_json: bool, quiet: bool, verbose: bool, **options: Any) -> int:
    """``options``: the others of ``up``, which are handed on to the roost of each project."""
    layout, target = layout_and_directory(directory)
    words = COMMANDS["up"].spelled({"dry_run": dry_run, **options})
    roots = find(target, layout)
    names = [os.path.relpath(root, target) for root in roots]
    return show(names, lambda audience: up_each(roots, layout, words, jobs, audience), dry_run=dry_run, as_json=as_json, quiet=quiet, verbose=verbose)


def show(names: Sequence[str], work: Callable[[Audience], list[Outcome]], *, dry_run: bool, as_json: bool, quiet: bool, verbose: bool) -> int:
    """Lets ``work`` tell how the projects of these ``names`` do, and shows what came of them; returns the exit code."""
    live = sys.stderr.isatty() and not (as_json or quiet or verbose)
    audience: Lines | Board = Board(names) if live else Lines(names, steps=verbose, tells=lambda outcome: not as_json and (outcome.failed or not quiet))
    with audience.shown():
        outcomes = work(audience)
    if as_json:
        render.emit({"projects": [each.document for each in outcomes]})
    elif isinstance(audience, Board):
        audience.close(outcomes, dry_run=dry_run)
    return exit_code(outcomes)


class Lines:
    """A line for each project as soon as it has ended, if ``tells`` says so, its directory first; with ``steps`` all that it says meanwhile, too."""

    def __init__(self, names: Sequence[str], *, steps: bool, tells: Callable[[Outcome], bool]) -> None:
        self._names = names
        self._steps = steps
        self._tells = tells

    def shown(self) -> AbstractContextManager[object]:
        return nullcontext()

    def begun(self, number: int) -> None:
        pass

    def heard(self, number: int, line: str) -> None:
        if self._steps:
            _say(self._names[number], line)

    def ended(self, number: int, outcome: Outcome) -> None:
        if self._tells(outcome):
            _report(self._names[number], outcome)


class Board:
    """A line for each project that moves while it is worked on, and a table at the end."""

    def __init__(self, names: Sequence[str]) -> None:
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False)
        self._names = names
        self._began: dict[int, float] = {}
        self._lines: dict[int, str] = {}
        self._ended: dict[int, Outcome] = {}

    def shown(self) -> AbstractContextManager[object]:
        from rich.live import Live

        return Live(get_renderable=self._picture, console=self._console, transient=True, redirect_stdout=False, redirect_stderr=False)

    def begun(self, number: int) -> None:
        self._began[number] = time.monotonic()

    def heard(self, number: int, line: str) -> None:
        self._lines[number] = line

    def ended(self, number: int, outcome: Outcome) -> None:
        self._ended[number] = outcome

    def _picture(self) -> RenderableType:
        from rich.text import Text

        room = self._console.height - 2
        numbers = list(range(len(self._names)))
        if len(numbers) > room:  # then only those that something happens to
            numbers = [number for number in numbers if number in self._began and number not in self._ended][:room]
        lines = [self._line(number)[: self._console.width - 1] for number in numbers]
        return Text("\n".join([*lines, f"{len(self._ended)} of {len(self._names)} done"]), no_wrap=True)

    def _line(self, number: int) -> str:
        if outcome := self._ended.get(number):
            state = _work(outcome)
        elif number in self._began:
            state = f"{time.monotonic() - self._began[number]:.0f} s  {self._lines.get(number, 'looking')}"
        else:
            state = "waiting"
        return one_line(f"{self._names[number]}: {state}")

    def close(self, outcomes: Sequence[Outcome], *, dry_run: bool) -> None:
        """The table; what failed comes last in it, and below it, each with its line."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False)
        for heading in ("project", "version", "env", "to do" if dry_run else "done"):
            table.add_column(heading, overflow="fold")
        table.add_column("seconds", justify="right")
        numbers = sorted(range(len(outcomes)), key=lambda number: outcomes[number].failed)
        for number in numbers:
            outcome = outcomes[number]
            env = outcome.document.get("env", {})
            cells = (self._names[number], outcome.document.get("version", ""), env.get("name", ""), _work(outcome), f"{outcome.seconds:.1f}")
            table.add_row(*(Text(one_line(cell), style="red" if outcome.failed else "") for cell in cells))
        self._console.print(table)
        for number in numbers:
            if outcomes[number].failed or outcomes[number].document["notices"]:
                _report(self._names[number], outcomes[number])


def _report(name: str, outcome: Outcome) -> None:
    """Says at the end of a project what ``roost up`` itself would say: what another program said of a failure, notices, and a line."""
    document = outcome.document
    if error := document.get("error"):
        lines = [*error.get("detail", "").splitlines(), render.refusal_text(error["message"], error["file"], error["command"], error["advice"])]
    else:
        lines = [*document["notices"], _result(document)]
    _say(name, *lines)


def _say(name: str, *lines: str) -> None:
    # In one write, because other threads print meanwhile.
    sys.stderr.write("".join(one_line(f"{name}: {line}") + "\n" for line in lines))
    sys.stderr.flush()


def _work(outcome: Outcome) -> str:
    """What was done, or would be, without the place of the env."""
    if outcome.failed:
        return "failed"
    actions: list[str] = outcome.document["actions"]
    return ", ".join(action.removesuffix(f" {outcome.document['env']['path']}") for action in actions) or "nothing to do"


def _result(document: dict[str, Any]) -> str:
    ready = f"{document['env']['name']} is ready ({document['env']['path']})"
    if not document["actions"]:
        return f"nothing to do: {ready}"
    return f"would {', '.join(document['actions'])}" if document["dry_run"] else ready
