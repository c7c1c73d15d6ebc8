"""Entry point: what the hook and a shell start call is answered before typer is imported."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from roost.rules.errors import INTERRUPTED, RoostError


def main() -> int:
    """Runs the command line and returns the exit code; prints one line for every refusal."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        match sys.argv[1:]:
            case ["up", "--from-hook"]:
                from roost.cli.up import from_hook

                return from_hook()
            case ["hook", ("zsh" | "bash") as shell]:
                from roost.machine.hooks import hook_text

                sys.stdout.write(hook_text(shell))
                return 0
            case _:
                from roost.cli.app import run

                return run()
    except KeyboardInterrupt:
        return INTERRUPTED
    except RoostError as error:
        from roost.cli.render import refuse

        return refuse(error, as_json="--json" in sys.argv[1:])
    except BrokenPipeError:
        # The reader went away; what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        from roost.cli.render import report_unexpected

        return report_unexpected(error)


def _stop(number: int, frame: FrameType | None) -> None:
    """A closed terminal or a polite kill is cleaned up after like Ctrl-C."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
