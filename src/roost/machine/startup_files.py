"""The files that a shell reads when it starts, as lines; nothing in them is run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from roost.machine.files import is_project_file, read_bounded
from roost.machine.layout import home_of
from roost.rules.startup import Line, sourced

_LIMIT: Final = 1 << 20  # bytes of a file
_MOST: Final = 100  # files
_HOOK: Final = re.compile(r"(?:roost\..*|core\.sh)")


def read(paths: Iterable[Path], environ: Mapping[str, str]) -> list[Line]:
    """The lines of ``paths`` and of the files that these source by a plain name, in the order in which a shell reads them.

    What is not there, cannot be read, or is named in a way that only the shell understands is passed over.
    """
    lines: list[Line] = []
    seen: set[str] = set()
    for path in paths:
        _add(path, environ, lines, seen)
    return lines


def read_one(path: Path) -> list[Line]:
    """The lines of one file; none if it cannot be read."""
    real = Path(os.path.realpath(path))
    try:
        text = read_bounded(real, _LIMIT).decode("utf-8", "replace")
    except OSError:
        return []
    return [Line(real, number, line) for number, line in enumerate(text.split("\n"), 1)]


def _add(path: Path, environ: Mapping[str, str], lines: list[Line], seen: set[str]) -> None:
    real = Path(os.path.realpath(path))
    if str(real) in seen or len(seen) >= _MOST or not is_project_file(real):
        return
    seen.add(str(real))
    for line in read_one(real):
        lines.append(line)
        for word in sourced(line):
            named = expanded(word, environ)
            if named is not None and not _HOOK.fullmatch(named.name):
                _add(named, environ, lines, seen)


def expanded(word: str, environ: Mapping[str, str]) -> Path | None:
    """The file that a word of a shell's names, None if that cannot be told without the shell."""
    home = os.fspath(home_of(environ))
    known = {"HOME": home, "ZDOTDIR": environ.get("ZDOTDIR") or home}
    text = re.sub(r"\$(?:\{(\w+)\}|(\w+))", lambda found: known.get(found[1] or found[2], found[0]), word)
    text = f"{home}{text[1:]}" if text.startswith("~/") else text
    return Path(text) if text.startswith("/") and "$" not in text and "`" not in text and "\0" not in text else None
