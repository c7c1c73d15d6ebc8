"""The report: RESULTS.md, results.json, the table of the README, and the plot."""

from __future__ import annotations

import json
import math
from html import escape

from benchmarks.results import COMMAND_ROWS, FLOOR, ROOST, ROWS, Cell, Results, held, limit_of
from benchmarks.shells import Count


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


def verdict(results: Results, shell: str, row: str, cell: Cell) -> str:
    limit = limit_of(results, shell, row)
    if limit is None or not cell.samples:
        return ""
    return f"limit {limit.words}: **{'met' if held(limit, cell) else 'NOT MET'}**" + (
        " (processes not counted)" if limit.no_process and cell.count is None else ""
    )


def markdown(results: Results) -> str:
    out = ["# roost and its peers, side by side", "", "Made by `make bench`; do not edit. How it is measured: at the end.", ""]
    out += ["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in results.facts.items()), ""]
    out += ["| tool | version |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in results.versions.items() if value), ""]
    if results.absent:
        out += [f"Not measured, for it is not here: {'; '.join(results.absent)}.", ""]
    out += ["## The limits", "", "| | shell | roost | limit | |", "| --- | --- | --- | --- | --- |", *_limits(results), ""]
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
                lines.append(f"| {title} | {shell} | {duration(cell.median)}{count} | {limit.words} | {'met' if held(limit, cell) else '**NOT MET**'} |")
    return lines


def _table(results: Results, shell: str, row: str, title: str) -> list[str]:
    tools = results.tools(shell, row)
    if not tools:
        return []
    roost, floor = tools.get(ROOST), tools.get(FLOOR)
    head = f"### {title}"
    lines = [head, ""]
    if roost and (words := verdict(results, shell, row, roost)):
        lines += [f"roost's {words}.", ""]
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
    rows = list(dict.fromkeys(row for row, _ in mine))
    first: dict[str, tuple[str, ...]] = {}
    lines = [f"### roost alone, in {shell}: does it grow?", "", "Beside each figure, its ratio to the first line with the same request.", ""]
    lines += [f"| envs | interpreters | request | depth | {' | '.join(ROWS[row] for row in rows)} |", f"| ---: | ---: | --- | ---: |{' ---: |' * len(rows)}"]
    for variant in dict.fromkeys(variant for _, variant in mine):
        base = first.setdefault(variant[2], variant)
        words = []
        for row in rows:
            cell, limit = mine.get((row, variant)), limit_of(results, shell, row)
            if cell is None:
                words.append("")
                continue
            over = limit is not None and not held(limit, cell)
            words.append(f"{duration(cell.median)} ({ratio(cell.median, mine[row, base].median)}{', **over the limit**' if over else ''})")
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
        judged = {"limit_ms": round(limit.milliseconds, 3), "met": held(limit, cell)} if limit else {}
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
  .title { font-weight: 600; font-size: 13px }
  .small { font-size: 10.5px; fill: #656d76 }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .limit { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 4 3 }
  .bar { fill: #8c959f } .roost { fill: #1a7f37 } .floor { fill: #afb8c1 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #8d96a0 } .grid { stroke: #30363d } .limit { stroke: #ff7b72 }
    .bar { fill: #6e7681 } .roost { fill: #3fb950 } .floor { fill: #484f58 }
  }"""
_WIDTH, _LABEL, _BAR, _GAP, _HEAD = 760, 150, 14, 6, 40


def plot(results: Results) -> str:
    """Bars on a logarithmic scale, a panel for each of prompt and cd across in each shell."""
    panels = [(row, shell) for row in ("prompt", "cd-across") for shell in results.shells() if shell.isalpha() and results.tools(shell, row)]
    shown = [cell.median for row, shell in panels for cell in results.tools(shell, row).values()]
    low, high = math.floor(math.log10(min(shown))), math.ceil(math.log10(max(shown)))
    scale = (_WIDTH - _LABEL - 90) / (high - low)

    def at(value: float) -> float:
        return _LABEL + (math.log10(value) - low) * scale

    body: list[str] = []
    top = 8.0
    for row, shell in panels:
        tools = sorted(results.tools(shell, row).items(), key=lambda pair: pair[1].median)
        bottom = top + _HEAD + len(tools) * (_BAR + _GAP)
        body.append(f'<text class="title" x="{_LABEL}" y="{top + 16:.0f}">{escape(ROWS[row].replace("`", ""))} ({escape(shell)})</text>')
        for power in range(low, high + 1):
            x = at(10**power)
            body.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top + _HEAD - 6:.0f}" y2="{bottom - 2:.0f}"/>')
            body.append(f'<text class="small" text-anchor="middle" x="{x:.1f}" y="{top + _HEAD - 10:.0f}">{10.0**power:g} ms</text>')
        for number, (tool, cell) in enumerate(tools):
            y = top + _HEAD + number * (_BAR + _GAP)
            note = f", {escape(cell.note)}" if cell.note else ""
            kind = {ROOST: "roost", FLOOR: "floor"}.get(tool, "bar")
            width = max(at(cell.median) - _LABEL, 1)
            body.append(f'<text text-anchor="end" x="{_LABEL - 8}" y="{y + 11:.0f}">{escape(tool)}</text>')
            body.append(f'<rect class="{kind}" x="{_LABEL}" y="{y:.0f}" width="{width:.1f}" height="{_BAR}" rx="2"/>')
            body.append(f'<text class="small" x="{_LABEL + width + 6:.1f}" y="{y + 11:.0f}">{duration(cell.median)}{note}</text>')
        limit = limit_of(results, shell, row)
        if limit:
            x = at(limit.milliseconds)
            body.append(f'<line class="limit" x1="{x:.1f}" x2="{x:.1f}" y1="{top + _HEAD - 6:.0f}" y2="{bottom - 2:.0f}"/>')
        top = bottom + 14
    body.append(f'<text class="small" x="{_LABEL}" y="{top + 8:.0f}">median; logarithmic scale; dashed: the limit that roost sets itself</text>')
    height = top + 20
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" height="{height:.0f}" role="img">'
    title = "<title>What a prompt and a cd cost, roost beside its peers</title>"
    return "\n".join([head, title, f"<style>{_STYLE}\n</style>", *body, "</svg>", ""])


_METHOD = """## How it is measured

- Every tool runs in its own interactive shell on its own terminal, switched on by the lines that its manual gives, in a HOME and PYENV_ROOT of the
  benchmark's own. The tools take turns in a new random order each round; nothing is subtracted.
- *prompt*: what the shell runs before it draws a prompt (zsh: `precmd` and `precmd_functions`; bash: each element of `PROMPT_COMMAND`), between two
  readings of `EPOCHREALTIME`. *cd*: a real `cd`, with the `chpwd` functions that the shell calls, and the prompt after it.
  The turns of a batch follow each other, so caches are warm, for every tool alike.
- *start*: the rc lines alone, between two readings inside the rc file.
- *floor*: the same with a prompt function that does nothing.
- *processes / programs*: what one turn forks and what it executes, counted by strace in shells of their own; threads are not processes.
- *new env* and *up* are whole commands, timed from outside.""".splitlines()
