"""The report: RESULTS.md, the README's table, and the files that go with them."""

from __future__ import annotations

from pathlib import Path

from benchmarks.plot import depth_plot, peers_plot
from benchmarks.results import FIRST, FLOOR, JOBS, ROOST, ROWS, RUNS, START, TOP, WHERE, Cell, Key, Results, holds, limit_of, number, to_json

_COLUMNS = ("prompt", "outside", "cd-in", "cd-across", "cd-out", START, FIRST)


def write(results: Results, directory: Path, readme: Path | None) -> None:
    files = {"results.json": to_json, "RESULTS.md": markdown, "prompt-and-cd.svg": peers_plot, "depth.svg": depth_plot}
    for name, make in files.items():
        (directory / name).write_text(make(results))
    if readme:
        head, _, rest = readme.read_text().partition("<!-- bench -->\n")
        tail = rest.partition("<!-- /bench -->\n")[2]
        readme.write_text(f"{head}<!-- bench -->\n{readme_table(results)}\n<!-- /bench -->\n{tail}")


def markdown(results: Results) -> str:
    lines = ["# roost and its peers, side by side", "", "Made by `make bench`; do not edit. How it is measured: at the end.", ""]
    lines += _table("", ["", ""], [[name, value] for name, value in results.facts.items()])
    if results.absent:
        lines += [f"Not measured: {'; '.join(results.absent)}.", ""]
    lines += ["## The limits", "", *_verdict(results)]
    for shell in results.shells():
        lines += _limits(results, shell)
    lines += _prompt_parts(results)
    if results.shells():
        lines += ["## What depth costs", "", "![A prompt and a cd over the depth of the directory](depth.svg)", ""]
    lines += _peers(results)
    lines += _commands(results)
    return "\n".join([*lines, *_METHOD, ""])


def _table(title: str, head: list[str], rows: list[list[str]]) -> list[str]:
    """A column with a head is one of figures."""
    if not rows:
        return []
    lines = [head, ["---:" if name else "---" for name in head], *rows]
    return [*([title, ""] if title else []), *(f"| {' | '.join(words)} |" for words in lines), ""]


def _verdict(results: Results) -> list[str]:
    """How many limits hold; each that does not."""
    judged = [(key, cell, limit) for key, cell in results.cells.items() if (limit := limit_of(results, key)) is not None]
    over = []
    for key, cell, limit in judged:
        if not holds(limit, cell):
            place = f", {WHERE[key.where]}" if key.row in ROWS and key.row != START else ""
            what = f"{key.tool}, {JOBS[key.row].title}" if key.row in JOBS else f"{key.shell}, {ROWS[key.row].title}{place}"
            started = f", {_processes(cell.processes)}" if cell.processes else ""
            over.append(f"- {what}: {number(cell.median)} ms{started}; the limit is {limit:.4g} ms (the least was {number(cell.least)})")
    counted = [cell.processes for key, cell in results.cells.items() if key.tool == ROOST and cell.processes is not None]
    quiet = " No prompt, `cd` or shell start of roost starts a process." if counted and not any(counted) else ""
    lines = [f"{len(judged) - len(over)} of {len(judged)} limits hold.{quiet}{' These do not:' if over else ''}", ""]
    return [*lines, *over, *[""] * bool(over), *_pace(results)]


def _pace(results: Results) -> list[str]:
    """The empty prompt function does the same each time, so what its times differ by is the machine."""
    swings = [f"{shell} {floor.median / floor.least:.1f} ×" for shell in results.shells() if (floor := results.get(shell, "prompt", FLOOR))]
    return (
        [f"How much the machine's speed varied: the median of an empty prompt function, divided by the shortest, is {', '.join(swings)}.", ""] if swings else []
    )


def _processes(count: int) -> str:
    return f"{count} process{'' if count == 1 else 'es'}"


def _limits(results: Results, shell: str) -> list[str]:
    """A line for each row that has a limit, a column for each place; what is over its limit in bold."""
    rows = []
    for row, one in ROWS.items():
        keys = [Key(shell, row, where, ROOST) for where in WHERE]
        limits = [limit for key in keys if key in results.cells and (limit := limit_of(results, key))]
        if one.limits and limits:
            words = f"{limits[0]:g}" if limits[0] == limits[-1] else f"{limits[0]:g}; at ten levels {limits[-1]:g}"
            rows.append([one.title, words, *(_judged(results, key) for key in keys)])
    beside = f" In brackets: {results.against}." if results.against else ""
    return _table(f"### {shell}\n\nroost's medians in milliseconds; bold: over the limit.{beside}", ["", "limit", *WHERE.values()], rows)


def _judged(results: Results, key: Key) -> str:
    cell, limit, other = results.cells.get(key), limit_of(results, key), results.cells.get(key._replace(tool=results.against))
    if cell is None:
        return ""
    words = number(cell.median)
    beside = f" ({number(other.median)})" if other else ""
    return f"**{words}**{beside}" if limit is not None and not holds(limit, cell) else f"{words}{beside}"


def _prompt_parts(results: Results) -> list[str]:
    """What a prompt's parts add, by what prompts that lack one of them take."""
    columns = []
    for shell in results.shells():
        found = [
            results.get(shell, "prompt", FLOOR),
            *(results.get(shell, row) for row in ("slash", "opted-out", "prompt")),
            results.get(shell, "prompt", where="10"),
        ]
        empty, slash, opted_out, top, deep = (cell.median if cell else float("nan") for cell in found)
        parts = (empty, slash - empty, opted_out - slash, top - opted_out, top, (deep - top) / 10)
        columns.append([f"{1000 * part:.1f}" for part in parts])
    names = [
        "an empty prompt function",
        "being called, and comparing what is there with the last prompt's",
        "reading the two files",
        "an env that is on: is it still there, its name in the prompt, a longer `PATH` to compare",
        "**a prompt in a project's root**",
        "each level below the root, which the walk up takes",
    ]
    title = "## Where the time of a prompt goes\n\nMicroseconds, from this run's medians. The first four lines add up to the fifth."
    return _table(title, ["", *results.shells()], [[name, *(column[at] for column in columns)] for at, name in enumerate(names)] if columns else [])


def _peers(results: Results) -> list[str]:
    lines: list[str] = []
    for shell in results.shells():
        columns = {row: results.tools(shell, row) for row in _COLUMNS}
        tools = [tool for tool in columns["cd-across"] if tool not in {FLOOR, ROOST, results.against}]
        if tools:
            named = {tool: f"{tool} ({note})" if (note := results.notes.get(tool)) else tool for tool in tools} | {ROOST: f"**{ROOST}**"}
            order = list(columns["cd-across"])
            rows = [[named.get(tool, tool), *(_with_processes(columns[row].get(tool)) for row in _COLUMNS)] for tool in order]
            lines += _table(f"### {shell}", ["", *(ROWS[row].title for row in _COLUMNS)], rows)
    return ["## Beside its peers", "", "Milliseconds; in brackets how many processes one turn starts.", "", *lines] if lines else []


def _with_processes(cell: Cell | None) -> str:
    if cell is None:
        return ""
    return number(cell.median) if cell.processes is None else f"{number(cell.median)} ({cell.processes})"


def _commands(results: Results) -> list[str]:
    rows = []
    for name, job in JOBS.items():
        for at, (tool, cell) in enumerate(results.tools("", name).items()):
            limit = limit_of(results, Key("", name, TOP, tool))
            ours = tool.startswith(ROOST) and tool != job.against
            rows.append([job.title if at == 0 else "", f"**{tool}**" if ours else tool, f"{number(cell.median)} ms", _limit_words(name, limit)])
    return _table("## Commands", ["", "", "median", "roost's limit"], rows)


def _limit_words(name: str, limit: float | None) -> str:
    if limit is None:
        return ""
    job = JOBS[name]
    times = f"{job.times:.3g} × " if job.times != 1 else ""
    terms = [f"{times}`{job.against}`"] * bool(job.against) + [f"{job.plus:g} ms"] * bool(job.plus)
    return " + ".join(terms) + (f" = {number(limit)} ms" if job.against else "")


def readme_table(results: Results) -> str:
    """The main rows as one table: a tool a line, zsh where it was measured."""
    shell = next((one for one in results.shells() if one == "zsh"), next(iter(results.shells()), ""))
    titles = {"prompt": "prompt", "cd-across": "`cd` project to project", START: "shell start"}
    columns = {row: results.tools(shell, row) for row in titles}
    runs = {name: (command, cell) for command, name in RUNS.items() if (cell := results.get("", "run", f"{command} true"))}
    lines = [f"| {shell} | {' | '.join(titles.values())} | a command without the hook |", f"| --- |{' ---: |' * (len(titles) + 1)}"]
    for tool in dict.fromkeys([*columns["cd-across"], *runs]):
        cells = [column.get(tool) for column in columns.values()]
        words = [f"{number(cell.median)} ms, {_processes(cell.processes or 0)}" if cell else "no hook" for cell in cells]
        words.append(f"`{runs[tool][0]}` {number(runs[tool][1].median)} ms" if tool in runs else "")
        lines.append(f"| {f'**{tool}**' if tool == ROOST else tool} | {' | '.join(words)} |")
    return "\n".join(lines) + "\n"


_METHOD = """## How it is measured

- Every tool runs in its own interactive shell on its own terminal, loaded with the lines that its manual gives, in a HOME and PYENV_ROOT of the
  benchmark's own. In each round the tools take turns at a row, in a new random order; nothing is subtracted. The median is the measure.
- *prompt*: what the shell runs before it draws a prompt (zsh: `precmd` and `precmd_functions`; bash: each element of `PROMPT_COMMAND`;
  fish: the functions that wait for the event `fish_prompt`, and the function `fish_prompt`, which a tool may wrap), between two readings of
  `EPOCHREALTIME`, in fish by its builtin `time`. Nothing has changed since the prompt before.
- *cd*: a real `cd`, with the functions that the shell calls for it, and the prompt after it; in fish, `fish_preexec` before it. The turns of a
  batch follow each other, so the system's caches are warm for every tool.
- *shell start*: the rc lines alone, timed inside the rc file; in fish, `source` of a file of them. Starts before the first round are not counted:
  they read files that have just been written. The first prompt in fish includes fish's own set-up.
- The clock of bash before 5 counts milliseconds. A sample there is the mean of many turns, a `cd` that of going there and back, and a start is not measured.
- *levels* are directories below the project's root; outside of projects, below a directory that is itself two levels below `/`, as a home directory is.
  The figures beside the peers are those of the roots.
- *1000 envs, 30 Pythons*: roost with another PYENV_ROOT, of that size. Neither this nor fifty levels has a limit.
- *processes*: what one turn forks, counted by strace in shells of their own; threads do not count.
- *commands* are timed from outside; before each, what was written earlier is flushed to the disk. ipykernel is in the env.""".splitlines()
