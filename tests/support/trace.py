"""Lets the shells of a test write down which lines of the hook they run, into the directory ROOST_TEST_TRACE.

zsh traces to stderr, which then goes to a file, so it is traced only in tests that do not look for messages on the terminal. Where
the hook silences a function, zsh's trace of it would be gone too, so zsh gets a copy that silences nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.support.sandbox import REPOSITORY

_SHELL: Final = REPOSITORY / "shell"
_DIRECTORY: Final = os.environ.get("ROOST_TEST_TRACE", "")
_traced: set[str] = set()  # the kinds of shells that the running test traces
# In an interactive bash, a line inside of a function is counted from the function's first.
_LINES: Final = {
    "bash": r"exec 19>>'{file}'; BASH_XTRACEFD=19 PS4='+${{BASH_SOURCE-}}:${{FUNCNAME-}}:$-:$LINENO:'; set -x",
    "zsh": r"exec 2>>'{file}'; PS4='+%x:::%I:'; setopt xtrace",
}


@contextmanager
def tracing(*kinds: str) -> Iterator[None]:
    """Traces shells of these kinds, if anything is traced."""
    if _DIRECTORY:
        _traced.update(kinds)
    yield
    _traced.clear()


def _file(kind: str) -> Path:
    return Path(_DIRECTORY, f"{kind}.{os.getpid()}")


def first_lines(kind: str) -> str:
    """What a script or an rc file begins with."""
    return f"{_LINES[kind].format(file=_file(kind))}\n" if kind in _traced & _LINES.keys() else ""


def traced(kind: str, text: str) -> str:
    """``text``, an rc file or a script, with the hook that is to be traced in the place of the real one."""
    if kind not in _traced or kind != "zsh":
        return text
    copy = Path(_DIRECTORY, "shell")
    copy.mkdir(exist_ok=True)
    for name in ("core.sh", "roost.zsh"):
        (copy / name).write_text((_SHELL / name).read_text(encoding="utf-8").replace(" 2>/dev/null", ""), encoding="utf-8")
    return text.replace(str(_SHELL), str(copy))


def options(kind: str) -> list[str]:
    """What is given to the shell: fish has a profile, written when it ends."""
    if kind not in _traced or kind != "fish":
        return []
    number = sum(1 for _ in Path(_DIRECTORY).iterdir())
    return [f"--profile={_file(kind)}.{number}"]


def ends_by_itself(kind: str) -> bool:
    """Must the shell end in its own time to leave its trace?"""
    return bool(options(kind))
