"""The recording in the README, docs/recording-light.svg and -dark.svg: a real zsh with the real hook, typed into on a terminal of its own.

What the terminal shows is taken from it; when a letter appears is made up, so that two recordings of the same session are the same file.
`make recording` needs zsh and the two interpreters that the README speaks of. Without them, it leaves the files as they are.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

import pexpect
import pyte

from scripts.demo import PROMPT, REPOSITORY, copy_tree

PROJECTS: Final = {"shop": "3.12.1", "blog": "3.11.7"}
LINES: Final = (
    "cat shop/.python-version shop/.python-virtualenv",
    "cd shop",
    "python -V",
    "cd ../blog",
    "python -V",
    "cd ..",
    "echo ${VIRTUAL_ENV:-none}",
)
_COLUMNS, _ROWS = 64, 16
# Seconds: between two letters, before an answer, and before the next line is typed.
_LETTER, _ANSWER, _REST = 0.04, 0.3, 0.55
_RC: Final = "unsetopt prompt_sp\nPS1='%{\x1b]133;A\x07%}%F{blue}%~%f $ '\n"
_LETTER_WIDTH, _LINE_HEIGHT, _MARGIN = 8.43, 20, 18
_THEMES: Final = {
    "light": {"ground": "#ffffff", "edge": "#d0d7de", "default": "#1f2328", "blue": "#0550ae", "dots": "#d0d7de"},
    "dark": {"ground": "#0d1117", "edge": "#30363d", "default": "#e6edf3", "blue": "#79c0ff", "dots": "#30363d"},
}
_STYLE: Final = """text {{ font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; fill: {default} }}
.blue {{ fill: {blue} }}
@keyframes appear {{ from {{ visibility: hidden }} to {{ visibility: visible }} }}
tspan {{ animation: appear 1ms both }}
@media (prefers-reduced-motion: reduce) {{ tspan {{ animation: none }} }}"""


class Run(NamedTuple):
    """Letters of one row that appear at once, in one colour."""

    text: str
    colour: str
    seconds: float


def main() -> int:
    zsh = shutil.which("zsh")
    store = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    missing = [*([] if zsh else ["zsh"]), *(f"pyenv's Python {version}" for version in PROJECTS.values() if not (store / version).is_dir())]
    if missing or zsh is None:
        print(f"make recording: leaving docs/recording-*.svg as they are, for this machine has no {' and no '.join(missing)}")
        return 0
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        for name, version in PROJECTS.items():
            copy_tree(store / version, home / ".pyenv" / "versions" / version)
            project = home / "work" / name
            project.mkdir(parents=True)
            (project / ".python-version").write_text(f"{version}\n", encoding="ascii")
            (project / ".python-virtualenv").write_text(f"{name}-venv\n", encoding="ascii")
        environ = {"HOME": str(home), "PYENV_ROOT": str(home / ".pyenv"), "PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
        rows = record(zsh, environ, home)
    for theme in _THEMES:
        (REPOSITORY / "docs" / f"recording-{theme}.svg").write_text(picture(rows, theme), encoding="utf-8")
    return 0


def record(zsh: str, environ: Mapping[str, str], home: Path) -> list[list[Run]]:
    """Types LINES in ~/work of a new zsh, and returns the rows of its screen."""
    (home / ".zshrc").write_text(_RC, encoding="utf-8")
    environ = {**environ, "TERM": "xterm-256color", "SHELL": zsh, "PWD": str(home / "work")}
    subprocess.run([Path(sys.executable).with_name("roost"), "setup", "zsh"], env=environ, capture_output=True, check=True)
    screen = pyte.Screen(_COLUMNS, _ROWS)
    child = pexpect.spawn(zsh, ["-i"], env=environ, cwd=home / "work", dimensions=(_ROWS, _COLUMNS), timeout=60)
    child.logfile_read = _Onto(screen)
    places = []  # row and column in which the prompt ends
    try:
        for line in [*LINES, "exit"]:
            child.expect_exact([PROMPT])
            child.expect_exact([b"$ "])
            places.append((screen.cursor.y, screen.cursor.x))
            if line != "exit":
                child.sendline(line)
    finally:
        child.close(force=True)
    return list(_rows(screen, places))


class _Onto:
    """A file whose bytes are drawn on a screen."""

    def __init__(self, screen: pyte.Screen) -> None:
        self._stream = pyte.ByteStream(screen)

    def write(self, data: bytes) -> None:
        self._stream.feed(data)

    def flush(self) -> None:
        pass


def _rows(screen: pyte.Screen, places: list[tuple[int, int]]) -> Iterator[list[Run]]:
    """The rows of the screen. What is typed appears letter by letter, an answer and the prompt after it at once."""
    seconds = 0.0
    row = 0
    for (at, column), line in zip(places, [*LINES, ""], strict=True):
        while row < at:  # the answer
            yield _runs(screen, row, 0, len(screen.display[row].rstrip()), seconds)
            row += 1
        prompt = _runs(screen, at, 0, column, seconds)
        seconds += _REST
        letters = [Run(letter, "default", seconds + _LETTER * position) for position, letter in enumerate(line)]
        yield [*prompt, *letters]
        row += 1
        seconds += _LETTER * len(line) + _ANSWER


def _runs(screen: pyte.Screen, row: int, start: int, end: int, seconds: float) -> list[Run]:
    cells = [screen.buffer[row][column] for column in range(start, end)]
    return [Run("".join(cell.data for cell in same), colour, seconds) for colour, same in groupby(cells, lambda cell: cell.fg)]


def picture(rows: list[list[Run]], theme: str) -> str:
    """The rows as an animated SVG. A viewer that knows no animation shows the end of it."""
    colours = _THEMES[theme]
    width, height = round(_COLUMNS * _LETTER_WIDTH) + 2 * _MARGIN, len(rows) * _LINE_HEIGHT + 2 * _MARGIN + _LINE_HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<title>{escape(', '.join(LINES))}</title>",
        f"<style>{_STYLE.format(**colours)}</style>",
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8" fill="{colours["ground"]}" stroke="{colours["edge"]}"/>',
        *(f'<circle cx="{_MARGIN + 4 + 18 * dot}" cy="{_MARGIN}" r="5" fill="{colours["dots"]}"/>' for dot in range(3)),
    ]
    for number, row in enumerate(rows):
        parts.append(f'<text x="{_MARGIN}" y="{2 * _MARGIN + (number + 1) * _LINE_HEIGHT - 6}">{"".join(map(_span, row))}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _span(run: Run) -> str:
    colour = "" if run.colour == "default" else f' class="{run.colour}"'
    return f'<tspan{colour} style="animation-delay:{run.seconds:.2f}s">{escape(run.text)}</tspan>'


if __name__ == "__main__":
    sys.exit(main())
