"""What was measured, and what spec's limits say about it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

from benchmarks.shells import Count

ROOST = "roost"
FLOOR = "empty prompt function"
IMPORT_TYPER = 'python -c "import typer"'
# Row -> what it is, in the order of the report. "limit": see `limit_of`.
ROWS = {
    "prompt": "prompt, nothing changed, in a project",
    "outside": "prompt, outside of any project",
    "cd-in": "`cd` into a project",
    "cd-across": "`cd` from project to project, env active",
    "cd-out": "`cd` out of a project",
    "start": "shell start: what the rc lines add",
    "first": "the first prompt after that",
}
MET, AT_BEST, NOT_MET = "met", "met at its best", "**NOT MET**"
COMMAND_ROWS = {
    "new-env": "a new env",
    "up": "`roost up` with nothing to do",
    "kernel-list": "`roost kernel list`, 50 kernels",
    "kernel-add": "`roost kernel add`, ipykernel in the env",
    "kernel-check": "`roost kernel check`, one kernel started",
}
# Milliseconds in zsh and bash 5, in fish, in bash 3.2. docs/design.md says why the latter two have more for a `cd`,
# and why all have twice as much for it where a directory is deeper.
_PROMPT, _CD, _START, DEEP = (0.1, 1.0, 0.3), (0.5, 2.0, 1.5), (2.0, 2.0, 2.0), 10
_SHELL_LIMITS = {"prompt": _PROMPT, "outside": _PROMPT, "cd-in": _CD, "cd-across": _CD, "cd-out": _CD, "start": _START}
# What jupyter.md asks of them, in milliseconds.
_KERNEL_LIMITS = {"kernel-list": 100, "kernel-add": 500, "kernel-check": 2000}


@dataclass
class Cell:
    """One tool in one row: milliseconds, and what one turn starts (None: not counted)."""

    samples: list[float] = field(default_factory=list)
    count: Count | None = None
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def least(self) -> float:
        return min(self.samples)

    @property
    def ninth(self) -> float:
        """The ninth decile."""
        return sorted(self.samples)[int(len(self.samples) * 0.9)]


@dataclass
class Results:
    """``cells``: (shell, row, tool); ``variants``: (shell, row, variant), roost alone."""

    facts: dict[str, str]
    versions: dict[str, str]
    cells: dict[tuple[str, str, str], Cell] = field(default_factory=dict)
    variants: dict[tuple[str, str, tuple[str, ...]], Cell] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)

    def cell(self, shell: str, row: str, tool: str) -> Cell:
        return self.cells.setdefault((shell, row, tool), Cell())

    def tools(self, shell: str, row: str) -> dict[str, Cell]:
        return {tool: cell for (one, other, tool), cell in self.cells.items() if (one, other) == (shell, row) and cell.samples}

    def shells(self) -> list[str]:
        return list(dict.fromkeys(shell for shell, row, _ in self.cells if row in ROWS))


@dataclass(frozen=True)
class Limit:
    """``milliseconds`` for roost's median, ``best`` for its least; with ``no_process`` it starts nothing."""

    milliseconds: float
    best: float
    no_process: bool
    words: str


def limit_of(results: Results, shell: str, row: str, depth: int = 1) -> Limit | None:
    """The limit of a row, ``depth`` levels below a project's root; two are multiples of what another tool takes in the same run."""
    if row in _SHELL_LIMITS:
        old_bash = shell.startswith("bash ") and int(shell.split()[1].split(".", maxsplit=1)[0]) < 5
        milliseconds = _SHELL_LIMITS[row][1 if shell == "fish" else 2 if old_bash else 0]
        if depth > DEEP and row.startswith("cd-"):
            milliseconds *= 2
        return Limit(milliseconds, milliseconds, True, f"{milliseconds:g} ms, 0 processes")
    if row in _KERNEL_LIMITS:
        return Limit(_KERNEL_LIMITS[row], _KERNEL_LIMITS[row], False, f"{_KERNEL_LIMITS[row]} ms")
    against = {"new-env": "virtualenv", "up": IMPORT_TYPER}.get(row)
    cell = results.tools(shell, row).get(against or "")
    if against is None or cell is None:
        return None
    return Limit(1.5 * cell.median, 1.5 * cell.least, False, f"1.5 × `{against}` = {1.5 * cell.median:.0f} ms")


def verdict(limit: Limit, cell: Cell) -> str:
    """The median is the measure; where only the least value holds, the verdict says that. A process is never excused."""
    if limit.no_process and cell.count is not None and (cell.count.forks or cell.count.execs):
        return NOT_MET
    if cell.median <= limit.milliseconds:
        return MET
    return AT_BEST if cell.least <= limit.best else NOT_MET
