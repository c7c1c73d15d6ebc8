"""Starts every process that roost waits for, with a clean environment, and stops it with all that it started."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final, NamedTuple, Protocol

from roost.rules.model import STOPPING

# V7: what of the user's environment would decide what an env is built from.
_DECIDING: Final = frozenset({
    "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONEXECUTABLE", "PYTHONUSERBASE", "PYTHONPLATLIBDIR",
    "PYTHONINSPECT", "PYTHONSAFEPATH", "PYTHONOPTIMIZE", "__PYVENV_LAUNCHER__",
    "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYENV_VERSION", "PYENV_DIR",
})  # fmt: skip
_DECIDING_PREFIXES: Final = ("PIP_", "VIRTUALENV_", "CONDA_", "_OLD_VIRTUAL_")
# What would lead a package into another place than the env; an index, a proxy or a certificate stays.
_MISPLACING: Final = frozenset({
    "PIP_TARGET", "PIP_USER", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_REQUIRE_VIRTUALENV", "PIP_CONSTRAINT",
    "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET", "UV_PREFIX", "UV_PROJECT_ENVIRONMENT",
})  # fmt: skip
# As -I keeps the environment and the user's site out, in words that Python 2.7 knows too.
ISOLATED: Final = ("-E", "-s")
_TAIL_LINES: Final = 12
_EXCEPTION: Final = re.compile(r"[\w.]*(Error|Exception|Interrupt)\b")


class ProcessFailed(Exception):
    """A process could not be started, or ended with another status than 0.

    ``output``: what it printed; ``tail``: the last lines of it.
    """

    def __init__(self, command: Sequence[str | Path], status: int | None, output: str) -> None:
        self.status = status
        self.output = output
        self.tail = "\n".join(output.strip().splitlines()[-_TAIL_LINES:])
        super().__init__(f"{command[0]} ended with status {status}: {self.tail}")

    @property
    def reason(self) -> str:
        """The line of its output that says what went wrong."""
        return telling_line(self.tail)


def telling_line(text: str) -> str:
    """The line that says what went wrong: a Python's last exception, which more may follow, else the last line."""
    lines = text.strip().splitlines() or [""]
    return next((line for line in reversed(lines) if _EXCEPTION.match(line)), lines[-1])


class Completed(NamedTuple):
    """What a process printed on standard output; and of ``run_each``, too, its exit status, 1 if it was killed, and how long it took."""

    output: str
    status: int = 0
    seconds: float = 0.0


def deciding(environ: Mapping[str, str]) -> set[str]:
    """The variables of ``environ`` that would decide what an env is built from, or what a Python loads (V7)."""
    return {name for name in environ if name in _DECIDING or name.startswith(_DECIDING_PREFIXES)}


def scrubbed(environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` without those."""
    return {name: environ[name] for name in environ.keys() - deciding(environ)}


def for_packages(environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` for a program that puts packages into an env: ``scrubbed``, except that it keeps where packages come from."""
    pip = {name: value for name, value in environ.items() if name.startswith("PIP_") and name not in _MISPLACING}
    kept = {name: value for name, value in scrubbed(environ).items() if name not in _MISPLACING}
    return {**kept, **pip, "PIP_USER": "0"}  # a pip.conf may say otherwise


def run(command: Sequence[str | Path], environ: Mapping[str, str], cwd: Path = Path("/"), timeout: float | None = None) -> Completed:
    """Runs ``command`` to its end, at most ``timeout`` seconds, away from the project's directory.

    Raises ProcessFailed. It runs in a session of its own, so that stopping it stops all it started.
    """
    return _outcome(_start(command, environ, cwd), command, timeout)


def printed(command: Sequence[str | Path], environ: Mapping[str, str], timeout: float) -> bytes:
    """What ``command`` printed on stdout within ``timeout`` seconds, whatever status it ended with. Raises ProcessFailed.

    It is for a shell that reads the user's rc files. What they leave running may keep the output open, so that waiting for
    the end of a pipe would take as long as that runs: a file takes the output, and the whole process group is ended.
    """
    try:
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                [os.fspath(word) for word in command],
                env=dict(environ),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                process.wait(timeout)
            finally:
                with uninterrupted():
                    with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
                        os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            output.seek(0)
            return output.read()
    except subprocess.TimeoutExpired as error:
        raise ProcessFailed(command, None, f"no answer in {timeout:.0f} s") from error
    except OSError as error:
        raise ProcessFailed(command, None, f"{command[0]}: {error.strerror or error}") from error


def follow(command: Sequence[str | Path], environ: Mapping[str, str], log: Path, each_line: Callable[[str], None], cwd: Path = Path("/")) -> None:
    """Runs ``command``, keeps all it prints in ``log`` and hands over each line as it comes.

    Raises ProcessFailed. It runs in a session of its own, so that stopping it stops all it started.
    """
    process = _start(command, environ, cwd, one_stream=True)
    lines: list[str] = []
    with _ended(process), log.open("w", encoding="utf-8") as kept:
        assert process.stdout is not None
        for line in process.stdout:
            kept.write(line)
            kept.flush()
            lines.append(line.rstrip())
            each_line(line.rstrip())
    if process.returncode:
        raise ProcessFailed(command, process.returncode, "\n".join(lines))


class Watcher(Protocol):
    """Whom ``run_each`` tells, in whatever thread, how its commands do; each by its number."""

    def begun(self, number: int) -> None: ...

    def heard(self, number: int, line: str) -> None:
        """A line of its stderr."""

    def ended(self, number: int, completed: Completed) -> None: ...


def cores() -> int:
    """How many processes can run at a time: as many as there are cores that this one may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_each(commands: Sequence[Sequence[str | Path]], environ: Mapping[str, str], jobs: int, watcher: Watcher) -> None:
    """Runs ``commands``, at most ``jobs`` at a time, away from any project's directory.

    Stopped, it stops those that run, waits until they have cleaned up, and begins no other.
    """

    def attend(number: int, batch: _Batch) -> None:
        began = time.monotonic()
        try:
            process = batch.start(commands[number], environ)
        except ProcessFailed:  # one that cannot be started stops no other
            watcher.ended(number, Completed("", 1))
            return
        watcher.begun(number)
        assert process.stdout is not None
        assert process.stderr is not None
        with process.stdout, process.stderr:
            for line in process.stderr:
                watcher.heard(number, line.rstrip("\n"))
            # Only now, because it is one document at most, for which there is room in the pipe until then.
            output = process.stdout.read()
        status = process.wait()
        watcher.ended(number, Completed(output, status if status >= 0 else 1, time.monotonic() - began))

    _side_by_side(len(commands), jobs, attend, signal.SIGINT)


def run_all(commands: Sequence[Sequence[str | Path]], environ: Mapping[str, str], jobs: int, timeout: float) -> list[Completed | ProcessFailed]:
    """The same for ``commands`` that have nothing to clean up: stopped, it ends them at once. Each may take ``timeout`` seconds."""
    outcomes: dict[int, Completed | ProcessFailed] = {}

    def attend(number: int, batch: _Batch) -> None:
        try:
            outcomes[number] = _outcome(batch.start(commands[number], environ), commands[number], timeout)
        except ProcessFailed as error:
            outcomes[number] = error

    # Unlike SIGINT, this one ends a Python at once that waits for a name server.
    _side_by_side(len(commands), jobs, attend, signal.SIGTERM)
    return [outcomes[number] for number in range(len(commands))]


class _Stopped(Exception):
    """No more processes are started."""


class _Batch:
    """The processes that several threads wait for, so that another one can stop them all."""

    def __init__(self) -> None:
        self._started: list[subprocess.Popen[str]] = []
        self._lock, self._stopped = threading.Lock(), False

    def start(self, command: Sequence[str | Path], environ: Mapping[str, str]) -> subprocess.Popen[str]:
        """Raises ProcessFailed, _Stopped."""
        with self._lock:
            if self._stopped:
                raise _Stopped
            self._started.append(_start(command, environ, Path("/")))
            return self._started[-1]

    def stop(self, with_signal: signal.Signals) -> None:
        with self._lock:
            self._stopped = True
            for process in self._started:
                process.send_signal(with_signal)  # does nothing to one that has ended


def _side_by_side(count: int, jobs: int, attend: Callable[[int, _Batch], None], stop_with: signal.Signals) -> None:
    """Calls ``attend`` for each number up to ``count``, at most ``jobs`` at a time."""
    from concurrent.futures import ThreadPoolExecutor  # here: it takes a tenth of the time of `roost status`, which starts one process at most

    batch, pool = _Batch(), ThreadPoolExecutor(jobs)
    try:
        for future in [pool.submit(attend, number, batch) for number in range(count)]:
            future.result()
    finally:
        with uninterrupted():
            batch.stop(stop_with)
            pool.shutdown()


@contextmanager
def scratch() -> Iterator[Path]:
    """A directory for processes to work in, gone afterwards."""
    path = None
    try:
        with postponed():  # a Ctrl-C between making the directory and knowing its name would leave it behind
            path = Path(tempfile.mkdtemp(prefix="roost-")).resolve()
        yield path
    finally:
        if path is not None:
            with uninterrupted():
                shutil.rmtree(path, ignore_errors=True)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Lets a clean-up come to its end: a second Ctrl-C must not leave behind what the first one stopped."""
    with _handled_by(signal.SIG_IGN):
        yield


@contextmanager
def postponed() -> Iterator[None]:
    """Lets a step come to its end, and only then hands on the Ctrl-C that came meanwhile."""
    came: list[int] = []
    with _handled_by(lambda number, _: came.append(number)):
        yield
    if came:
        signal.raise_signal(came[0])


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], object] | signal.Handlers) -> Iterator[None]:
    """Sets what happens on Ctrl-C and its like, where that can be set: in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in STOPPING}
    try:
        yield
    finally:
        for number, each in before.items():
            signal.signal(number, each)


def _start(command: Sequence[str | Path], environ: Mapping[str, str], cwd: Path, *, one_stream: bool = False) -> subprocess.Popen[str]:
    """In a session of its own, without input; stderr by itself or in ``one_stream`` with stdout. Raises ProcessFailed."""
    try:
        return subprocess.Popen(
            [os.fspath(word) for word in command],
            env=dict(environ),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if one_stream else subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise ProcessFailed(command, None, str(error)) from error


def _outcome(process: subprocess.Popen[str], command: Sequence[str | Path], timeout: float | None) -> Completed:
    """Waits for its end. Raises ProcessFailed."""
    try:
        with _ended(process):
            output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise ProcessFailed(command, None, f"no answer in {timeout:.0f} s") from error
    if process.returncode:
        raise ProcessFailed(command, process.returncode, f"{output}\n{errors}")
    return Completed(output)


@contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """Leaves no process behind, whatever happens; each is first asked to clean up after itself."""
    try:
        yield
        process.wait()
    except BaseException:
        with uninterrupted():
            for number, seconds in ((signal.SIGINT, 5.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, None)):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=seconds)
                    break
            with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
                os.killpg(process.pid, signal.SIGKILL)  # what a shell put into the background hears no SIGINT
        raise
    finally:
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
