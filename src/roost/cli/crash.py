"""What nobody foresaw: one line, and a log to report. Needs nothing but the standard library, because the rest may be what is broken."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from roost import __version__
from roost.rules.model import SCHEMA
from roost.rules.text import one_line


def report(error: Exception, words: Sequence[str]) -> int:
    """Keeps a log with versions and says where it is; returns 1. ``words``: the command line."""
    # Users attach the log to a report, so the value in `kernel add --env TOKEN=value` must not stand in it.
    shown = [f"{word.partition('=')[0]}=..." if "=" in word else word for word in words]
    text = f"roost {__version__}, Python {sys.version}\n{[sys.executable, *shown]}\n{''.join(traceback.format_exception(error))}"
    log = next((path for directory in _log_directories() if (path := _written(directory, text))), None)
    kept = f"report it with {log}" if log else "no log could be written"
    if isinstance(error, ImportError):
        message, command, advice = f"a part of roost is missing or broken: {error}", "pipx reinstall pyenv-roost", f"or {kept}"
    else:
        message, command, advice = f"unexpected: {type(error).__name__}: {error}", "", f"please {kept}" if log else kept
    with contextlib.suppress(OSError, ValueError):  # a stream that is closed
        if _wants_json(words):
            hint = ", ".join(filter(None, [command, advice]))
            document = {"code": "unexpected", "message": message, "hint": hint, "command": command, "advice": advice, "file": log and str(log)}
            print(json.dumps({"schema": SCHEMA, "error": document}), flush=True)
        helps = ", ".join(filter(None, [command and f"type: {command}", advice]))
        print(f"roost: {one_line(message)}; {one_line(helps)}", file=sys.stderr, flush=True)
    return 1


def log_directory() -> Path:
    """Where roost keeps its logs, by the same rule as the layout; that asks platformdirs, which may not be there."""
    environ = os.environ
    if own := environ.get("ROOST_HOME"):
        return Path(own) / "logs"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Logs" / "roost"
    state = environ.get("XDG_STATE_HOME", "")
    return (Path(state) if state.startswith("/") else Path.home() / ".local" / "state") / "roost" / "log"


def _wants_json(words: Sequence[str]) -> bool:
    try:
        from roost.cli.declared import COMMANDS  # here: they may be the part that is broken
        from roost.cli.quick import wants_json
    except ImportError:
        return "--json" in words
    return wants_json(words, COMMANDS)


def _log_directories() -> Iterator[Path]:
    with contextlib.suppress(OSError, RuntimeError):  # no home
        yield log_directory()
    with contextlib.suppress(OSError):
        yield Path(tempfile.gettempdir())


def _written(directory: Path, text: str) -> Path | None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # A name that nobody can foresee: the last resort is a directory that everybody may write to.
        descriptor, name = tempfile.mkstemp(prefix=f"crash-{time.strftime('%Y%m%d-%H%M%S')}-", suffix=".log", dir=directory)
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as log:
            log.write(text)
    except OSError:
        return None
    return Path(name)
