"""Runs the command, and turns whatever goes wrong into one line and an exit code."""

from __future__ import annotations

import io
import os
import signal
import sys
from types import FrameType

from roost.cli.declared import COMMANDS
from roost.cli.quick import understand, wants_json
from roost.rules.errors import Interrupted, RoostError, to_type
from roost.rules.model import STOPPING


class Stopped(BaseException):
    """Ctrl-C, a closed terminal or a polite kill: what is half-done is cleaned up on the way out."""


def main() -> int:
    """Runs the command line and returns the exit code; prints one line for every refusal, and raises only what nobody foresaw."""
    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # ignored by nohup: a closed terminal is not to end the run
            signal.signal(number, _stop)
    # A stream that the caller closed is None, and print() with file=None writes to stdout, so messages would be mixed into the results.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a path may hold letters that the locale cannot write
    words = sys.argv[1:]
    try:
        return _run(words)
    except Stopped:
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C would cut the line off
        again = "roost up" if _from_hook(words) else to_type("roost", *words)
        return _refuse(Interrupted("interrupted", "stopped", command=again), words)
    except RoostError as error:
        return _refuse(error, words)
    except BrokenPipeError:
        # The reader went away; what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(words: list[str]) -> int:
    if words == ["--version"]:
        from roost.cli import version

        code = version.command()
    elif (call := understand(words, COMMANDS)) is not None:
        code = call.run()
    else:
        from roost.cli.app import run

        code = run()
    sys.stdout.flush()  # what goes wrong here is told here, not by Python on its way out
    return code


def _from_hook(words: list[str]) -> bool:
    return words == ["up", "--from-hook"]


def _refuse(error: RoostError, words: list[str]) -> int:
    from roost.cli.render import hushed, refuse

    if _from_hook(words) and hushed():
        return error.code
    return refuse(error, as_json=wants_json(words, COMMANDS))


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped
