"""``roost up -r``: a roost of its own for each project, several at a time (M)."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from roost.machine import projects
from roost.machine.layout import Layout, gone
from roost.machine.process import Completed, cores, run_each
from roost.rules.errors import WORK_TO_DO, NoProject
from roost.rules.model import NAME_FILE

# What `roost up --json` would have said, in the form of any other error.
_KILLED: Final = {"code": "killed", "message": "roost was killed here, or could not be started", "advice": "", "file": None, "detail": ""}


class Outcome(NamedTuple):
    """What came of one project. ``document``: what ``up --json`` said of it; ``code``: its exit code."""

    root: Path
    code: int
    seconds: float
    document: dict[str, Any]

    @property
    def failed(self) -> bool:
        return self.code not in {0, WORK_TO_DO}


class Audience(Protocol):
    """Who hears, in whatever thread, how the projects do; each by its number in the order of paths."""

    def begun(self, number: int) -> None: ...

    def heard(self, number: int, line: str) -> None:
        """A step, or a line of an interpreter's build."""

    def ended(self, number: int, outcome: Outcome) -> None: ...


def find(directory: Path, layout: Layout) -> list[Path]:
    """The projects at ``directory`` and below, in the order of their paths. Raises NoProject if there is none."""
    roots = projects.below(directory)
    if not roots:
        if directory == layout.cwd and (refusal := gone(directory, NoProject)):
            raise refusal
        raise NoProject("no-project", f"no {NAME_FILE} in {directory} or below", command="roost init", advice="in a project's directory")
    return roots


def up_each(roots: Sequence[Path], layout: Layout, options: Sequence[str], jobs: int | None, audience: Audience) -> list[Outcome]:
    """Runs ``roost up`` with these ``options`` for each of the projects; ``jobs``: None for as many at a time as there are cores."""
    return call_each(roots, [["up", "--json", "-v", *options, "--", root] for root in roots], layout, jobs, audience)


def call_each(roots: Sequence[Path], calls: Sequence[Sequence[str | Path]], layout: Layout, jobs: int | None, audience: Audience) -> list[Outcome]:
    """Runs a roost for each of the projects, with the words of its call; each of them ends with one JSON document."""
    roost = [sys.executable, "-m", "pyenv_roost"]
    translator = _Translator(roots, calls, audience)
    # Before roost has a say, `python -m` itself imports modules of the library, and from there it would take others (V8).
    environ = {name: value for name, value in layout.environ.items() if name != "PYTHONPATH"}
    run_each([[*roost, *call] for call in calls], environ, jobs or cores(), translator)
    return [translator.outcomes[number] for number in range(len(roots))]


class _Translator:
    """Tells an audience what the processes of roosts do, in terms of projects."""

    def __init__(self, roots: Sequence[Path], calls: Sequence[Sequence[str | Path]], audience: Audience) -> None:
        self._roots = roots
        self._calls = calls
        self._audience = audience
        self.outcomes: dict[int, Outcome] = {}

    def begun(self, number: int) -> None:
        self._audience.begun(number)

    def heard(self, number: int, line: str) -> None:
        self._audience.heard(number, line.removeprefix("roost: "))

    def ended(self, number: int, completed: Completed) -> None:
        document = _document(self._roots[number], completed.output, f"roost {self._calls[number][0]}")
        self.outcomes[number] = Outcome(self._roots[number], completed.status, completed.seconds, document)
        self._audience.ended(number, self.outcomes[number])


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """That of the first that failed in the order of paths (M3); else 10 if a dry run found work, or 0."""
    failed = [each.code for each in outcomes if each.failed]
    return next(iter(failed), max(each.code for each in outcomes))


def _document(root: Path, output: str, again: str) -> dict[str, Any]:
    """What the project's own roost said; one that was killed said nothing, or half of it. ``again``: what to type then."""
    try:
        said = json.loads(output)
    except ValueError:
        said = {"error": {**_KILLED, "hint": again, "command": again}}
    said.pop("schema", None)
    return {"project": os.fspath(root), **said}
