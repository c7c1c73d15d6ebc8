"""The only user of subprocess: argument lists, a clean environment, typed failure."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# V7: what of the user's environment would decide what an env is built from.
_DECIDING: Final = frozenset({
    "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONEXECUTABLE", "PYTHONUSERBASE", "PYTHONPLATLIBDIR",
    "PYTHONINSPECT", "PYTHONSAFEPATH", "PYTHONOPTIMIZE", "__PYVENV_LAUNCHER__",
    "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYENV_VERSION", "PYENV_DIR",
})  # fmt: skip
_DECIDING_PREFIXES: Final = ("PIP_", "VIRTUALENV_", "CONDA_", "_OLD_VIRTUAL_")


class ProcessFailed(Exception):
    """A process could not be started, or ended with another status than 0.

    ``tail``: its last lines of output.
    """

    def __init__(self, command: Sequence[str], status: int | None, tail: str) -> None:
        super().__init__(f"{command[0]} ended with status {status}: {tail}")
        self.status = status
        self.tail = tail


@dataclass(frozen=True)
class Completed:
    """What a process that ended well printed on standard output."""

    output: str


def scrubbed(environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` without what would decide what an env is built from (V7)."""
    return {
        name: value
        for name, value in environ.items()
        if name not in _DECIDING and not name.startswith(_DECIDING_PREFIXES)
    }


def run(command: Sequence[str | Path], environ: Mapping[str, str], cwd: Path = Path("/")) -> Completed:
    """Runs ``command`` to its end, away from the project's directory. Raises ProcessFailed."""
    words = [os.fspath(word) for word in command]
    try:
        done = subprocess.run(
            words, env=dict(environ), cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
        )
    except OSError as error:
        raise ProcessFailed(words, None, str(error)) from error
    if done.returncode:
        raise ProcessFailed(words, done.returncode, _tail(done.stderr or done.stdout))
    return Completed(done.stdout)


def follow(command: Sequence[str | Path], environ: Mapping[str, str], log: Path, each_line: Callable[[str], None]) -> None:
    """Runs ``command``, keeps all it prints in ``log`` and hands over each line as it comes.

    Raises ProcessFailed. On Ctrl-C, which the terminal sends to the process too, its own clean-up is
    waited for.
    """
    words = [os.fspath(word) for word in command]
    try:
        process = subprocess.Popen(
            words, env=dict(environ), cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
    except OSError as error:
        raise ProcessFailed(words, None, str(error)) from error
    lines: list[str] = []
    with _ended(process), log.open("w", encoding="utf-8") as kept:
        assert process.stdout is not None
        for line in process.stdout:
            kept.write(line)
            kept.flush()
            lines.append(line.rstrip())
            del lines[:-20]
            each_line(line.rstrip())
    if process.returncode:
        raise ProcessFailed(words, process.returncode, _tail("\n".join(lines)))


@contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """Leaves no process behind, whatever happens."""
    try:
        yield
        process.wait()
    except BaseException:
        try:
            process.wait(timeout=10)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.terminate()
            try:
                process.wait(timeout=5)
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                process.kill()
                process.wait()
        raise
    finally:
        if process.stdout is not None:
            process.stdout.close()


def _tail(text: str, lines: int = 12) -> str:
    return "\n".join(line for line in text.strip().splitlines()[-lines:])
