"""The two plots, as SVG."""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape

from benchmarks.results import DEPTHS, FLOOR, ROOST, Cell, Key, Results, limit_of, number

_STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .page { fill: #ffffff }
  .title { font-weight: 600; font-size: 13px }
  .small { font-size: 10.5px; fill: #656d76 }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .limit { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 4 3; fill: none }
  .bar { fill: #8c959f } .roost { fill: #1a7f37 } .floor { fill: #afb8c1 }
  .curve { stroke: #1a7f37; stroke-width: 2; fill: none } .floor-curve { stroke: #8c959f; stroke-width: 1.5; fill: none }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #e6edf3 } .small { fill: #8d96a0 } .grid { stroke: #30363d } .limit { stroke: #ff7b72 }
    .bar { fill: #6e7681 } .roost { fill: #3fb950 } .floor { fill: #484f58 } .curve { stroke: #3fb950 } .floor-curve { stroke: #6e7681 }
  }"""
_WIDTH, _BAR, _GAP, _HEAD = 480, 14, 6, 40
_TITLES = {"prompt": "a prompt in a project", "cd-across": "cd from project to project"}


def _page(title: str, height: float, body: list[str]) -> str:
    size = f'width="{2 * _WIDTH}" height="{height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * _WIDTH} {height:.0f}" {size} role="img">'
    page = f'<rect class="page" {size} rx="6"/>'
    return "\n".join([head, f"<title>{title}</title>", f"<style>{_STYLE}\n</style>", page, *body, "</svg>", ""])


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text class="{kind}" text-anchor="{anchor}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def _line(kind: str, points: list[tuple[float, float]]) -> str:
    return f'<polyline class="{kind}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


def _shells(results: Results) -> list[str]:
    """Those with peers; a further bash would only repeat a panel."""
    return [shell for shell in results.shells() if shell.isalpha() and all(results.tools(shell, row) for row in _TITLES)]


# --- the peers: bars on a logarithmic scale -------------------------------------------------------------------

_LABEL = 165


def peers_plot(results: Results) -> str:
    """A line of panels for each shell, prompt and cd across side by side."""
    shells = _shells(results)
    shown = [cell.median for shell in shells for row in _TITLES for cell in results.tools(shell, row).values()]
    low, high = (math.floor(math.log10(min(shown))), math.ceil(math.log10(max(shown)))) if shown else (0, 1)
    body: list[str] = []
    top = 8.0
    for shell in shells:
        for column, row in enumerate(_TITLES):
            body += _bars(results, shell, row, column * _WIDTH, top, (low, high))
        top += _HEAD + max(len(results.tools(shell, row)) for row in _TITLES) * (_BAR + _GAP) + 14
    body.append(_text(_LABEL, top + 8, "median of each tool; logarithmic scale; dashed: the limit that roost sets itself", "small"))
    return _page("What a prompt and a cd cost, roost beside its peers", top + 20, body)


def _bars(results: Results, shell: str, row: str, left: float, top: float, powers: tuple[int, int]) -> list[str]:
    zero = left + _LABEL
    tools = results.tools(shell, row)
    upper, lower = top + _HEAD - 6, top + _HEAD + len(tools) * (_BAR + _GAP) - 2

    def at(value: float) -> float:
        """The right end stays free for the words after the longest bar."""
        return zero + (math.log10(value) - powers[0]) * (_WIDTH - _LABEL - 70) / (powers[1] - powers[0])

    body = [_text(zero, top + 16, f"{shell}: {_TITLES[row]}", "title")]
    for power in range(powers[0], powers[1] + 1):
        x = at(10**power)
        body.append(_line("grid", [(x, upper), (x, lower)]))
        body.append(_text(x, upper - 4, f"{10.0**power:g}{' ms' if power == powers[1] else ''}", "small", "middle"))
    words: list[str] = []  # last, over the limit's line
    for place, (tool, cell) in enumerate(tools.items()):
        y = top + _HEAD + place * (_BAR + _GAP)
        width = max(at(cell.median) - zero, 1)
        note = f", {results.notes[tool].split(';')[0]}" if tool in results.notes and row == "prompt" else ""
        body.append(f'<rect class="{_kind(tool)}" x="{zero:.0f}" y="{y:.0f}" width="{width:.1f}" height="{_BAR}" rx="2"/>')
        words += [_text(zero - 8, y + 11, tool, anchor="end"), _text(zero + width + 6, y + 11, f"{number(cell.median)} ms{note}", "small")]
    limit = limit_of(results, Key(shell, row, "0", ROOST))
    return [*body, *([_line("limit", [(at(limit), upper), (at(limit), lower)])] if limit else []), *words]


def _kind(tool: str) -> str:
    return {ROOST: "roost", FLOOR: "floor"}.get(tool, "bar")


# --- what depth costs: curves on straight scales --------------------------------------------------------------

_MARGIN, _HEIGHT, _NAMES = 50, 150, 150
_CURVES = {
    "prompt": {"prompt": "in a project", "outside": "outside"},
    "cd-across": {"cd-in": "into a project", "cd-across": "between two", "cd-out": "out"},
}


def depth_plot(results: Results) -> str:
    body: list[str] = []
    top = 8.0
    for shell in _shells(results):
        for column, group in enumerate(_CURVES):
            body += _curves(results, shell, group, column * _WIDTH, top)
        top += _HEAD + _HEIGHT + 34
    body.append(_text(_MARGIN, top + 4, "median over levels below the root; grey: the same with an empty prompt function; dashed: roost's limit", "small"))
    return _page("What a prompt and a cd cost over the depth of the directory", top + 18, body)


def _curves(results: Results, shell: str, group: str, left: float, top: float) -> list[str]:
    rows = _CURVES[group]
    curves = [(tool, row, found) for tool in (FLOOR, ROOST) for row in rows if len(found := _over_depth(results, shell, row, tool)) == len(DEPTHS)]
    limits = {depth: limit for depth in DEPTHS if (limit := limit_of(results, Key(shell, group, str(depth), ROOST)))}
    highest = max([*limits.values(), *(cell.median for _, _, found in curves for cell in found.values())])
    power = 10.0 ** math.floor(math.log10(highest))
    step = power * (0.5 if highest < 2 * power else 1 if highest < 5 * power else 2)
    steps = math.ceil(highest / step)
    bottom, right = top + _HEAD + _HEIGHT, left + _WIDTH - _NAMES

    def x(depth: float) -> float:
        return left + _MARGIN + depth * (right - left - _MARGIN) / DEPTHS[-1]

    def y(value: float) -> float:
        return bottom - value * _HEIGHT / (steps * step)

    body = [_text(x(0), top + 16, f"{shell}: {'a prompt' if group == 'prompt' else 'a cd'}", "title")]
    for value in (place * step for place in range(steps + 1)):
        body.append(_line("grid", [(x(0), y(value)), (right, y(value))]))
        body.append(_text(x(0) - 6, y(value) + 4, f"{value:g}{' ms' if value == steps * step else ''}", "small", "end"))
    body += [_text(x(depth), bottom + 14, str(depth), "small", "middle") for depth in DEPTHS if depth != 1]
    corners, last = [], 0
    for depth, limit in limits.items():
        corners += [(x(last), y(limit)), (x(depth), y(limit))]
        last = depth
    body.append(_line("limit", corners))
    names = []
    for tool, row, found in curves:
        body.append(_line("curve" if tool == ROOST else "floor-curve", [(x(depth), y(cell.median)) for depth, cell in found.items()]))
        if tool == ROOST:
            names.append((y(found[DEPTHS[-1]].median) + 4, f"{rows[row]}: {number(found[DEPTHS[-1]].median)} ms"))
    return [*body, *_spread(names, lambda at, words: _text(right + 6, at, words, "small"))]


def _over_depth(results: Results, shell: str, row: str, tool: str) -> dict[int, Cell]:
    found = {depth: results.get(shell, row, tool, str(depth)) for depth in DEPTHS}
    return {depth: cell for depth, cell in found.items() if cell}


def _spread(names: list[tuple[float, str]], draw: Callable[[float, str], str]) -> list[str]:
    """From the lowest up, each at least a line above the one before, so that they do not overlap."""
    drawn, above = [], math.inf
    for at, words in sorted(names, reverse=True):
        above = min(at, above - 13)
        drawn.append(draw(above, words))
    return drawn
