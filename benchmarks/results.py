"""What was measured, and the limits that the contract sets for it (P)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import NamedTuple

ROOST = "roost"
FLOOR = "empty prompt function"
START, FIRST = "start", "first"
# Where a row is measured: this many levels below a project's root, or on a machine with many envs and interpreters.
DEPTHS = (0, 1, 5, 10, 50)
TOP, MANY = "0", "many"
WHERE = {"0": "root", "1": "1 level", "5": "5 levels", "10": "10 levels", "50": "50 levels", MANY: "1000 envs, 30 Pythons"}
_UNLIMITED = ("50", MANY)


class Limits(NamedTuple):
    """Milliseconds."""

    zsh_and_bash: float
    old_bash: float
    fish: float


_PROMPT, _CD, _PREFIX, _START = Limits(0.1, 0.35, 1), Limits(0.6, 2.5, 2.5), Limits(1, 3, 3), Limits(1, 1, 1.5)


class Row(NamedTuple):
    """A prompt in the place ``here``; with a ``target``, a `cd` from there to it, and the prompt after that."""

    title: str
    limits: Limits | None
    here: str = ""
    target: str = ""


ROWS = {
    "prompt": Row("prompt in a project", _PROMPT, "project_a"),
    "outside": Row("prompt outside of projects", _PROMPT, "outside"),
    "cd-in": Row("`cd` into a project", _CD, "outside", "project_a"),
    "cd-across": Row("`cd` from project to project", _CD, "project_b", "project_a"),
    "cd-out": Row("`cd` out of a project", _CD, "project_a", "outside"),
    "prefix-in": Row("`cd` into a project whose `.python-version` says `3.12`", _PREFIX, "outside", "prefix_a"),
    "prefix-across": Row("`cd` between two such projects", _PREFIX, "prefix_b", "prefix_a"),
    START: Row("shell start: what the rc lines add", _START),
    FIRST: Row("the first prompt after that", None),
    # These two only take a prompt apart.
    "slash": Row("prompt in `/`", None, "slash"),
    "opted-out": Row("prompt in a project whose `.python-virtualenv` is empty", None, "opted_out"),
}

# Which command runs another one in a project's env, and whose it is.
RUNS = {"roost run": ROOST, "mise exec": "mise", "direnv exec": "direnv", "pyenv exec": "pyenv-virtualenv", "uv run": "uv", "poetry run": "poetry"}

IMPORT_TYPER, PYTHON_C, ONE_BY_ONE = 'python -c "import typer"', 'python -c ""', "roost up -r --jobs 1"
_CORES = os.cpu_count() or 1


class Job(NamedTuple):
    """Whole commands of one kind. roost's limit: ``times`` what the tool ``against`` takes, and ``plus`` milliseconds."""

    title: str
    against: str = ""
    times: float = 0
    plus: float = 0


JOBS = {
    "new-env": Job("a new env", "virtualenv", times=1.25),
    "look": Job("a look at a project that is ready", IMPORT_TYPER, times=1.2),
    "list-many": Job("1000 envs listed", plus=200),
    "deps": Job("dependencies that are installed, unchanged", plus=150),
    "run": Job("`true` in a project's env", PYTHON_C, times=1, plus=30),
    "tree": Job("40 new projects", ONE_BY_ONE, times=1 / (0.8 * _CORES)),
    "kernel-list": Job("50 kernels listed", plus=100),
    "kernel-add": Job("a kernel added, ipykernel in the env", plus=500),
    "kernel-check": Job("one kernel started", plus=2000),
}


class Key(NamedTuple):
    """``row`` is one of ROWS in a shell, or one of JOBS without one."""

    shell: str
    row: str
    where: str
    tool: str


class Cell(NamedTuple):
    """Milliseconds; ``processes``: what one turn starts, None if that was not counted."""

    median: float
    least: float
    processes: int | None = None


@dataclass
class Results:
    """``notes``: what a tool does not do, of those that do less than the others; ``against``: another roost in the same run."""

    facts: dict[str, str]
    absent: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    against: str = ""
    cells: dict[Key, Cell] = field(default_factory=dict)

    def get(self, shell: str, row: str, tool: str = ROOST, where: str = TOP) -> Cell | None:
        return self.cells.get(Key(shell, row, where, tool))

    def tools(self, shell: str, row: str) -> dict[str, Cell]:
        """The tools of a row where it is measured for all of them, the fastest first."""
        found = {key.tool: cell for key, cell in self.cells.items() if key[:3] == (shell, row, TOP)}
        return dict(sorted(found.items(), key=lambda pair: pair[1].median))

    def shells(self) -> list[str]:
        return list(dict.fromkeys(key.shell for key in self.cells if key.shell))


def limit_of(results: Results, key: Key) -> float | None:
    """In milliseconds; None for what has no limit, or none without the tool that it is measured against."""
    if key.row in JOBS:
        job = JOBS[key.row]
        other = results.cells.get(key._replace(tool=job.against))
        if not key.tool.startswith(ROOST) or key.tool == job.against or (job.against and not other):
            return None
        return job.times * (other.median if other else 0) + job.plus
    row = ROWS[key.row]
    if row.limits is None or key.tool != ROOST or key.where in _UNLIMITED:
        return None
    kind, _, version = key.shell.partition(" ")
    limit = row.limits.fish if kind == "fish" else row.limits.old_bash if version and int(version.split(".")[0]) < 5 else row.limits.zsh_and_bash
    return limit * 1.5 if key.where == "10" and not row.target else limit


def holds(limit: float, cell: Cell) -> bool:
    """The median is the measure. A shell's row starts no process; for a command none are counted."""
    return cell.median <= limit and not cell.processes


def number(milliseconds: float) -> str:
    """Three digits that count, never more than a microsecond's."""
    return f"{milliseconds:.{0 if milliseconds >= 100 else 1 if milliseconds >= 10 else 2 if milliseconds >= 1 else 3}f}"


def to_json(results: Results) -> str:
    """A cell a line."""
    rest = {name: value for name, value in vars(results).items() if name != "cells"}
    cells = ",\n".join(json.dumps({**key._asdict(), **cell._asdict()}, ensure_ascii=False) for key, cell in results.cells.items())
    return f'{json.dumps(rest, indent=1, ensure_ascii=False)[:-2]},\n "cells": [\n{cells}\n]}}\n'


def from_json(text: str) -> Results:
    whole = json.loads(text)
    cells = {Key(*(one[name] for name in Key._fields)): Cell(*(one[name] for name in Cell._fields)) for one in whole.pop("cells")}
    return Results(**whole, cells=cells)
