"""How a state looks: one word for it in every command, and on a terminal a symbol and a colour beside it (spec C).

The word alone says it all: a screen reader, a pipe and a terminal without colour lose nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, TextIO

from roost.rules.text import one_line


class _Look(NamedTuple):
    symbol: str
    colour: str  # the number in a terminal's escape code


_GOOD, _TO_DO, _BAD = _Look("✓", "32"), _Look("○", "33"), _Look("✗", "31")
_GAP: Final = "  "
_LOOKS: Final = {
    "ready": _GOOD,
    "ok": _GOOD,
    "missing": _TO_DO,
    "incomplete": _TO_DO,
    "stale": _TO_DO,
    "orphan": _TO_DO,
    "note": _TO_DO,
    "no-project": _TO_DO,
    "interpreter-missing": _BAD,
    "invalid": _BAD,
    "broken": _BAD,
    "failed": _BAD,
    "problem": _BAD,
}


class Looks:
    """What the reader of ``stream`` can see."""

    def __init__(self, stream: TextIO) -> None:
        able = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._colours = able and not os.environ.get("NO_COLOR")
        self._symbols = able and stream.encoding.lower().replace("-", "") == "utf8"

    def state(self, word: str, width: int = 0) -> str:
        """``word``, filled up to the ``width`` of a column. It may say more behind a comma: ``ready, orphan``."""
        look = _LOOKS.get(word.rpartition(", ")[2].removeprefix("env-"))
        text = f"{one_line(word):<{width}}"
        if look is None:
            return f"  {text}" if self._symbols and width else text
        text = f"{look.symbol} {text}" if self._symbols else text
        return f"\x1b[{look.colour}m{text}\x1b[0m" if self._colours else text

    def width(self, width: int) -> int:
        """How wide a column of states is on the screen whose longest word has ``width`` letters."""
        return width + 2 if self._symbols else width


class Table:
    """Rows of words under a head, for ``stream``; the column called STATE is shown as states are."""

    def __init__(self, rows: Sequence[Sequence[str]], stream: TextIO) -> None:
        self._rows = [tuple(map(one_line, row)) for row in rows]
        self._looks = Looks(stream)
        self._state = self._rows[0].index("STATE")
        self._widths = [max(map(len, column)) for column in zip(*self._rows, strict=True)][:-1]

    @property
    def width(self) -> int:
        """What all columns but the last take."""
        return self._looks.width(sum(self._widths)) + len(_GAP) * len(self._widths)

    def lines(self, cut: Callable[[str], str] = str) -> Iterator[str]:
        """``cut`` makes the last column fit."""
        for row in self._rows:
            cells = [f"{word:<{width}}" for word, width in zip(row, self._widths, strict=False)]
            cells[self._state] = self._looks.state(row[self._state], self._widths[self._state])
            yield _GAP.join([*cells, cut(row[-1])]).rstrip()
