"""Entry point: what hooks, shell starts and scripts call is answered before typer is imported."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from roost.rules.errors import INTERRUPTED, RoostError


class Stopped(BaseException):
    """Ctrl-C, a closed terminal or a polite kill: what is half-done is cleaned up on the way out."""


def main() -> int:
    """Runs the command line and returns the exit code; prints one line for every refusal."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
            signal.signal(number, _stop)
    if sys.stderr is None:  # closed by the caller: print would take stdout instead, which is for results
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    as_json = "--json" in sys.argv[1:]
    try:
        code = _dispatch(sys.argv[1:])
        if sys.stdout is not None:
            sys.stdout.flush()  # what goes wrong here is told here, not by Python on its way out
        return code
    except Stopped:
        return INTERRUPTED
    except RoostError as error:
        from roost.cli.render import refuse

        return refuse(error, as_json=as_json)
    except BrokenPipeError:
        # The reader went away; what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        from roost.cli.render import report_unexpected

        return report_unexpected(error, as_json=as_json)


def _dispatch(words: list[str]) -> int:
    match words:
        case ["up", "--from-hook"]:
            from roost.cli import up

            return up.from_hook()
        case ["up"]:
            from roost.cli import up

            return up.command(None)
        case ["status", *rest] if rest in ([], ["--json"]):
            from roost.cli import status

            return status.command(None, as_json=bool(rest))
        case ["kernel", "list", *rest] if len(set(rest) & {"--all", "--stale", "--json"}) == len(rest):
            from roost.cli import kernel

            return kernel.listing(everything="--all" in rest, stale="--stale" in rest, as_json="--json" in rest)
        case ["kernel", "add"]:
            from roost.cli import kernel

            return kernel.add(None)
        case ["hook", ("zsh" | "bash" | "fish") as shell]:
            from roost.machine.hooks import hook_text

            sys.stdout.write(hook_text(shell))
            return 0
        case _:
            from roost.cli.app import run

            return run()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
