"""Text for people on stderr, results on stdout, one JSON document for machines (spec C)."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roost.rules.errors import RoostError
from roost.rules.model import SCHEMA
from roost.rules.text import one_line, printable

if TYPE_CHECKING:  # what a command does not use it does not load
    from rich.live import Live
    from rich.text import Text

    from roost.jobs.up import Result


def say(line: str) -> None:
    """One line for a person, on stderr; nothing in it moves the cursor."""
    print(f"roost: {one_line(line)}", file=sys.stderr, flush=True)


def hushed() -> bool:
    """Does the user want to hear nothing of what roost does unasked: from the hook, and before it runs a command?"""
    return os.environ.get("ROOST_QUIET") == "1"


class Terminal:
    """Tells a person how far a job is; on a terminal with a line that keeps moving, elsewhere step by step.

    With ``as_json`` somebody reads along only if ``verbose`` asks for it.
    """

    def __init__(self, *, quiet: bool = False, as_json: bool = False, verbose: bool = False) -> None:
        self._quiet = quiet or (as_json and not verbose)
        self._verbose = verbose
        self._began = time.monotonic()
        self._line = ""
        self._live: Live | None = None

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def step(self, line: str) -> None:
        """A line to keep."""
        if not self._quiet:
            say(line)

    def detail(self, line: str) -> None:
        """A line that the next one replaces."""
        if self._verbose:
            self.step(line)
            return
        if self._quiet or not sys.stderr.isatty():
            return
        self._line = printable(line)
        if self._live is None:
            # Imported here: it costs as much as all the rest, and only what takes long has details.
            from rich.console import Console
            from rich.live import Live
            from rich.spinner import Spinner

            console = Console(stderr=True, soft_wrap=True)  # what else is printed meanwhile may be a path, which must not be folded
            # A result that goes into a file or a pipe must get there: rich would print it above the moving line.
            on_terminal = sys.stdout.isatty()
            self._live = Live(
                Spinner("dots", self, style="status.spinner"), console=console, transient=True, refresh_per_second=12, redirect_stdout=on_terminal
            )
            # Drawn before rich's own thread begins: of two that draw for the first time at once, the later does not know of the other's line.
            self._live.start(refresh=True)

    def __rich__(self) -> Text:
        """The line as it is now. rich asks several times a second, so the clock goes on where nothing is said."""
        from rich.text import Text

        assert self._live is not None
        return Text(f"{time.monotonic() - self._began:.0f} s  {self._line}"[: self._live.console.width - 4], no_wrap=True)


def write(text: str) -> None:
    """A result whose paths a program reads: their bytes as they are, whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(os.fsencode(text))


def emit(document: dict[str, Any]) -> None:
    """The one JSON document of ``--json``."""
    print(json.dumps({"schema": SCHEMA, **document}))


def error_document(error: RoostError) -> dict[str, Any]:
    """An error as ``--json`` shows it."""
    return {"code": error.slug, "message": error.message, **help_document(error.command, error.advice), "file": error.file, "detail": error.detail}


def help_document(command: str, advice: str) -> dict[str, str]:
    """What helps: ``hint`` is for a person to read, ``command`` for a program to run."""
    return {"hint": ", ".join(filter(None, [command, advice])), "command": command, "advice": advice}


def help_text(command: str, advice: str) -> str:
    """The same at the end of a line."""
    return ", ".join(filter(None, [command and f"type: {command}", advice]))


def refuse(error: RoostError, *, as_json: bool) -> int:
    """Says what is wrong and what to type; returns the exit code."""
    if as_json:
        emit({"error": error_document(error)})
        return error.code
    if error.detail:
        print(printable(error.detail), file=sys.stderr)
    say(refusal_text(error.message, error.file, error.command, error.advice))
    return error.code


def refusal_text(message: str, file: str | None, command: str, advice: str) -> str:
    """What is wrong, in which file, and what helps, as one line."""
    helps = help_text(command, advice)
    where = f" ({file})" if file and file not in message + helps else ""
    return "; ".join(filter(None, [message + where, helps]))


def up_document(result: Result, *, dry_run: bool) -> dict[str, Any]:
    """The document of ``up --json``."""
    return {
        "project": text_of(result.project.root),
        "version": result.version,
        "env": {"name": result.env.name, "path": text_of(result.env.prefix), "state": result.env.state.value},
        "dry_run": dry_run,
        "actions": [action.describe() for action in result.actions],
        "notices": list(result.notices),
    }


def text_of(path: Path | None) -> str | None:
    """A path for ``--json``: bytes that are no text are escaped."""
    return None if path is None else os.fsencode(path).decode("utf-8", "backslashreplace")


def size(count: int) -> str:
    """Bytes as a person reads them."""
    value, unit = float(count), "B"
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" or value >= 10 else f"{value:.1f} {unit}"


def can_ask() -> bool:
    """Is there somebody to ask, who also sees the question?"""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def agreed(question: str) -> bool:
    """Asks on the terminal; only a plain yes is one."""
    print(f"roost: {one_line(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
