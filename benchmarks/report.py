"""The report: RESULTS.md, results.json, the table of the README, and the plot."""

from __future__ import annotations

import json
import math
from html import escape

from benchmarks.results import COMMAND_ROWS, FLOOR, MET, ROOST, ROWS, Cell, Limit, Results, limit_of, verdict
from benchmarks.shells import Count

# A row in a narrow column.
_SHORT = {"prompt": "prompt inside", "outside": "outside", "cd-across": "`cd` across", "start": "shell start"}


def duration(milliseconds: float) -> str:
    """Three digits that count, never more than a microsecond's."""
    if milliseconds >= 100:
        return f"{milliseconds:.0f} ms"
    if milliseconds >= 10:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds:.2f} ms" if milliseconds >= 1 else f"{milliseconds:.3f} ms"


def ratio(one: float, other: float) -> str:
    value = one / other if other else 0.0
    return f"{value:.0f} ×" if value >= 10 else f"{value:.1f} ×" if value >= 0.1 else f"{value:.2f} ×"


def processes(cell: Cell) -> str:
    if cell.count is None:
        return "not counted"
    return f"{cell.count.forks} / {cell.count.execs}"


def uncounted(limit: Limit, cell: Cell) -> str:
    return " (processes not counted)" if limit.no_process and cell.count is None else ""


def markdown(results: Results) -> str:
    out = ["# roost and its peers, side by side", "", "Made by `make bench`; do not edit. How it is measured: at the end.", ""]
    out += ["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in results.facts.items()), ""]
    out += ["| tool | version |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in results.versions.items() if value), ""]
    if results.absent:
        out += [f"Not measured: {'; '.join(results.absent)}.", ""]
    out += ["## The limits", "", "| | shell | roost, median | least | limit | |", "| --- | --- | ---: | ---: | --- | --- |", *_limits(results), ""]
    out += _pace(results) + _floors(results)
    for shell in results.shells():
        out += [f"## {shell}", ""]
        for row, title in ROWS.items():
            out += _table(results, shell, row, title)
        out += _variants(results, shell)
    commands = [row for row in COMMAND_ROWS if results.tools("", row)]
    if commands:
        out += ["## Commands", ""]
        for row in commands:
            out += _table(results, "", row, COMMAND_ROWS[row])
    return "\n".join([*out, *_METHOD, ""])


def _limits(results: Results) -> list[str]:
    lines = []
    for row, title in (ROWS | COMMAND_ROWS).items():
        for shell in [*results.shells(), ""]:
            cell = results.tools(shell, row).get(ROOST)
            limit = limit_of(results, shell, row)
            if cell and limit:
                count = f", {cell.count.forks} processes" if limit.no_process and cell.count else ""
                judged = verdict(limit, cell) + uncounted(limit, cell)
                lines.append(f"| {title} | {shell} | {duration(cell.median)}{count} | {duration(cell.least)} | {limit.words} | {judged} |")
    return lines


def _pace(results: Results) -> list[str]:
    """The empty prompt function does the same each time, so what its times differ by is the machine."""
    swings = [f"{shell} {floor.median / floor.least:.1f} ×" for shell in results.shells() if (floor := results.tools(shell, "prompt").get(FLOOR))]
    if not swings:
        return []
    return [f"How far the machine's pace swung in this run, as the median of an empty prompt function over its least: {', '.join(swings)}.", ""]


def _floors(results: Results) -> list[str]:
    """The issue's measure: is a prompt within a factor of 3 of an empty prompt function?"""
    lines = []
    for shell in results.shells():
        for row, where in (("prompt", "in a project"), ("outside", "outside")):
            tools = results.tools(shell, row)
            if ROOST in tools and FLOOR in tools:
                times = tools[ROOST].median / tools[FLOOR].median
                lines.append(f"| {shell} | {where} | {ratio(tools[ROOST].median, tools[FLOOR].median)} | {'yes' if times <= 3 else 'no'} |")
    if not lines:
        return []
    head = [
        "## A prompt of roost, in empty prompt functions",
        "",
        "| shell | prompt | median over median | within a factor of 3 |",
        "| --- | --- | ---: | --- |",
    ]
    return [*head, *lines, "", "Where the time goes: [docs/design.md](../docs/design.md#where-the-time-of-a-prompt-goes).", ""]


def _table(results: Results, shell: str, row: str, title: str) -> list[str]:
    tools = results.tools(shell, row)
    if not tools:
        return []
    roost, floor = tools.get(ROOST), tools.get(FLOOR)
    head = f"### {title}"
    lines = [head, ""]
    limit = limit_of(results, shell, row)
    if roost and limit:
        lines += [f"roost's limit {limit.words}: {verdict(limit, roost)}{uncounted(limit, roost)}.", ""]
    lines += ["| tool | median | least | × roost | × floor | processes / programs | |", "| --- | ---: | ---: | ---: | ---: | ---: | --- |"]
    for tool, cell in sorted(tools.items(), key=lambda pair: pair[1].median):
        name = f"**{tool}**" if tool == ROOST else tool
        of_roost = ratio(cell.median, roost.median) if roost else ""
        of_floor = ratio(cell.median, floor.median) if floor else ""
        lines.append(
            f"| {name} | {duration(cell.median)} | {duration(cell.least)} | {of_roost} | {of_floor} | {processes(cell)} | {cell.note} |",
        )
    return [*lines, ""]


def _variants(results: Results, shell: str) -> list[str]:
    """Each line beside the first: the smallest machine with the same request."""
    mine = {(row, variant): cell for (one, row, variant), cell in results.variants.items() if one == shell and cell.samples}
    if not mine:
        return []
    rows = [row for row in _SHORT if any(row == one for one, _ in mine)]
    heads = [f"{_SHORT[row]}, {limit.milliseconds:g} ms" if (limit := limit_of(results, shell, row)) else _SHORT[row] for row in rows]
    first: dict[tuple[str, str], Cell] = {}
    lines = [f"### roost alone, in {shell}: does it grow?", "", "Medians, beside each its ratio to the first with the same request. At the head, the limit;"]
    lines += ["for a `cd` more than ten levels deep, twice that. Where a median does not hold it, the verdict. One env alone: no other project.", ""]
    lines += [f"| envs | Pythons | request | depth | {' | '.join(heads)} |", f"| ---: | ---: | --- | ---: |{' ---: |' * len(rows)}"]
    for variant in dict.fromkeys(variant for _, variant in mine):
        words = []
        for row in rows:
            cell, limit = mine.get((row, variant)), limit_of(results, shell, row, int(variant[-1]))
            if cell is None:
                words.append("")
                continue
            judged = verdict(limit, cell) if limit else MET
            times = ratio(cell.median, first.setdefault((row, variant[2]), cell).median)
            words.append(f"{duration(cell.median)}, {times}{'' if judged == MET else f', {judged}'}")
        lines.append(f"| {' | '.join(variant)} | {' | '.join(words)} |")
    return [*lines, ""]


def readme_table(results: Results) -> str:
    """The main rows as one table: a tool a line, zsh where it was measured."""
    shell = next((one for one in results.shells() if one == "zsh"), next(iter(results.shells()), ""))
    rows = {"prompt": "prompt", "cd-across": "`cd` project to project", "start": "shell start"}
    lines = [f"| {shell} | {' | '.join(rows.values())} |", f"| --- |{' ---: |' * len(rows)}"]
    columns = [results.tools(shell, row) for row in rows]
    for tool in dict.fromkeys(tool for column in columns for tool in column):
        found = [column.get(tool) for column in columns]
        words = [f"{duration(cell.median)}, {cell.count.forks if cell.count else '?'} processes" if cell else "" for cell in found]
        words = [word.replace(" 1 processes", " 1 process") for word in words]
        lines.append(f"| {f'**{tool}**' if tool == ROOST else tool} | {' | '.join(words)} |")
    return "\n".join(lines) + "\n"


def document(results: Results) -> str:
    """results.json."""

    def plain(cell: Cell) -> dict[str, object]:
        return {
            "median_ms": round(cell.median, 5),
            "min_ms": round(cell.least, 5),
            "p90_ms": round(cell.ninth, 5),
            "samples": len(cell.samples),
            "forks": cell.count.forks if cell.count else None,
            "execs": cell.count.execs if cell.count else None,
            "note": cell.note,
        }

    cells = []
    for (shell, row, tool), cell in results.cells.items():
        if not cell.samples:
            continue
        limit = limit_of(results, shell, row) if tool == ROOST else None
        judged = {"limit_ms": round(limit.milliseconds, 3), "verdict": verdict(limit, cell).strip("*").lower()} if limit else {}
        cells.append({"shell": shell or None, "row": row, "tool": tool, **plain(cell), **judged})
    variants = [
        {"shell": shell, "row": row, **dict(zip(("envs", "interpreters", "request", "depth"), variant, strict=True)), **plain(cell)}
        for (shell, row, variant), cell in results.variants.items()
        if cell.samples
    ]
    whole = {"schema": 1, "facts": results.facts, "versions": results.versions, "cells": cells, "variants": variants}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def read(text: str) -> Results:
    """The cells of a results.json, as far as a table needs them: the median stands for the samples."""
    whole = json.loads(text)
    results = Results(whole["facts"], whole["versions"])
    for one in whole["cells"]:
        count = None if one["forks"] is None else Count(one["forks"], one["execs"])
        results.cells[one["shell"] or "", one["row"], one["tool"]] = Cell([one["median_ms"]], count, one["note"])
    return results


# --- the plot ---------------------------------------------------------------------------------------

_STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .page { fill: #ffffff }
  .title { font-weight: 600; font-size: 13px }
  .small { font-size: 10.5px; fill: #656d76 }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .limit { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 4 3 }
  .bar { fill: #8c959f } .roost { fill: #1a7f37 } .floor { fill: #afb8c1 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #e6edf3 } .small { fill: #8d96a0 } .grid { stroke: #30363d } .limit { stroke: #ff7b72 }
    .bar { fill: #6e7681 } .roost { fill: #3fb950 } .floor { fill: #484f58 }
  }"""
_WIDTH, _LABEL, _BAR, _GAP, _HEAD = 480, 165, 14, 6, 40
_PANELS = {"prompt": "a prompt in a project", "cd-across": "cd from project to project"}


def plot(results: Results) -> str:
    """Bars on a logarithmic scale: a line of panels for each shell, prompt and cd across side by side."""
    rows = tuple(_PANELS)
    shells = [shell for shell in results.shells() if shell.isalpha() and all(results.tools(shell, row) for row in rows)]
    shown = [cell.median for shell in shells for row in rows for cell in results.tools(shell, row).values()]
    low, high = (math.floor(math.log10(min(shown))), math.ceil(math.log10(max(shown)))) if shown else (0, 1)
    body: list[str] = []
    top = 8.0
    for shell in shells:
        for column, row in enumerate(rows):
            body += _panel(results, shell, row, column * _WIDTH, top, (low, high))
        top += _HEAD + max(len(results.tools(shell, row)) for row in rows) * (_BAR + _GAP) + 14
    body.append(f'<text class="small" x="{_LABEL}" y="{top + 8:.0f}">median of each tool; logarithmic scale; dashed: the limit that roost sets itself</text>')
    width, height = len(rows) * _WIDTH, top + 20
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{width}" height="{height:.0f}" role="img">'
    title = "<title>What a prompt and a cd cost, roost beside its peers</title>"
    page = f'<rect class="page" width="{width}" height="{height:.0f}" rx="6"/>'
    return "\n".join([head, title, f"<style>{_STYLE}\n</style>", page, *body, "</svg>", ""])


def _panel(results: Results, shell: str, row: str, left: float, top: float, powers: tuple[int, int]) -> list[str]:
    zero = left + _LABEL
    tools = sorted(results.tools(shell, row).items(), key=lambda pair: pair[1].median)
    upper, lower = top + _HEAD - 6, top + _HEAD + len(tools) * (_BAR + _GAP) - 2

    def at(value: float) -> float:
        """The right end stays free for the words after the longest bar."""
        return zero + (math.log10(value) - powers[0]) * (_WIDTH - _LABEL - 70) / (powers[1] - powers[0])

    def upright(kind: str, x: float) -> str:
        return f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{upper:.0f}" y2="{lower:.0f}"/>'

    body = [f'<text class="title" x="{zero:.0f}" y="{top + 16:.0f}">{escape(shell)}: {_PANELS[row]}</text>']
    for power in range(powers[0], powers[1] + 1):
        body.append(upright("grid", at(10**power)))
        unit = f"{10.0**power:g}{' ms' if power == powers[1] else ''}"
        body.append(f'<text class="small" text-anchor="middle" x="{at(10**power):.1f}" y="{upper - 4:.0f}">{unit}</text>')
    words: list[str] = []  # last, over the limit's line
    for number, (tool, cell) in enumerate(tools):
        y = top + _HEAD + number * (_BAR + _GAP)
        note = f", {escape(cell.note)}" if cell.note else ""
        kind = {ROOST: "roost", FLOOR: "floor"}.get(tool, "bar")
        width = max(at(cell.median) - zero, 1)
        words.append(f'<text text-anchor="end" x="{zero - 8:.0f}" y="{y + 11:.0f}">{escape(tool)}</text>')
        body.append(f'<rect class="{kind}" x="{zero:.0f}" y="{y:.0f}" width="{width:.1f}" height="{_BAR}" rx="2"/>')
        words.append(f'<text class="small" x="{zero + width + 6:.1f}" y="{y + 11:.0f}">{duration(cell.median)}{note}</text>')
    limit = limit_of(results, shell, row)
    return [*body, *([upright("limit", at(limit.milliseconds))] if limit else []), *words]


_METHOD = """## How it is measured

- Every tool runs in its own interactive shell on its own terminal, switched on by the lines that its manual gives, in a HOME and PYENV_ROOT of the
  benchmark's own. The tools take turns in a new random order each round; nothing is subtracted.
- *prompt*: what the shell runs before it draws a prompt (zsh: `precmd` and `precmd_functions`; bash: each element of `PROMPT_COMMAND`;
  fish: the functions that wait for the event `fish_prompt`, and the function `fish_prompt`, which a tool may wrap), between two readings of
  `EPOCHREALTIME`, in fish by its builtin `time`. *cd*: a real `cd`, with the functions that the shell calls for it, and the prompt after it; in
  fish, `fish_preexec` before it. The turns of a batch follow each other, so caches are warm, for every tool alike;
  roost knows the projects by then, and docs/design.md says what the first entry costs.
- *start*: the rc lines alone, timed inside the rc file; in fish, `source` of a file of them. The first prompt in fish holds fish's own set-up.
- *floor*: the same with a prompt function that does nothing.
- *met at its best*: the median is over the limit, but the least value is not; a limit that is a multiple of another tool's time is then that of
  its least. The median is the measure; where it is far above the least, the machine was doing other things.
- *processes / programs*: what one turn forks and what it executes, counted by strace in shells of their own; threads are not processes.
- *new env*, *up* and the kernel rows are whole commands, timed from outside; the disk is quiet before each.
  ipykernel is in the env.""".splitlines()
