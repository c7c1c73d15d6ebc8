"""Interactive shells on a terminal of their own, with a tool's lines in their rc file, and the clock inside."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shlex
import shutil
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
HAS_STRACE = shutil.which("strace") is not None
_SYSCALLS = "trace=clone,clone3,fork,vfork,kill,access,faccessat,faccessat2"
# A shell that sends itself 0, or in fish, whose kill is a process, looks for this file.
_MARK = re.compile(r'(\d+) +(kill\(\1, 0\)|f?access(at2?)?\((AT_FDCWD, )?"/roost-bench-mark")')
_UNITS = {"micros": 1e-6, "millis": 1e-3, "secs": 1.0, "mins": 60.0}


@dataclass(frozen=True)
class Shell:
    """``label`` is what the report calls it: zsh, bash, fish, or a further bash with its version."""

    kind: str
    label: str
    binary: str
    version: str
    clock: bool = True


def shell_of(kind: str, label: str, binary: str) -> Shell:
    text = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+\.\d+(\.\d+)?", text)
    version = found.group() if found else "?"
    clock = kind != "bash" or int(version.split(".")[0]) >= 5
    return Shell(kind, label or f"{kind} {version}", binary, version, clock)


def write_rc(shell: Shell, directory: Path, lines: str) -> None:
    """The rc file: the stopwatch, the tool's lines between two stamps, the end."""
    directory.mkdir(parents=True, exist_ok=True)
    probe = shlex.quote(str(HERE / f"probe.{shell.kind}"))
    if shell.kind == "fish":
        (directory / "fish").mkdir(exist_ok=True)
        (directory / "tool.fish").write_text(f"{lines}\n")
        text = f"source {probe}\ntest -x /roost-bench-mark\ntime source {shlex.quote(str(directory / 'tool.fish'))}\n"
        (directory / "fish" / "config.fish").write_text(f"{text}test -x /roost-bench-mark\n_bench_started\n")
        return
    name = ".zshrc" if shell.kind == "zsh" else "bashrc"
    text = f". {probe}\nkill -0 $$\n_bench_0=${{EPOCHREALTIME-}}\n{lines}\n_bench_1=${{EPOCHREALTIME-}}\nkill -0 $$\n_bench_started\n"
    (directory / name).write_text(text)


class Session:
    """One interactive shell that answers questions; ``trace`` has strace write what it starts."""

    def __init__(self, shell: Shell, rc: Path, environ: Mapping[str, str], cwd: Path, *, trace: Path | None = None, once: bool = False) -> None:
        self.out = rc / f"out-{os.urandom(4).hex()}"
        self.shell = shell
        words = [shell.binary, "--rcfile", str(rc / "bashrc"), "-i"] if shell.kind == "bash" else [shell.binary, "-i"]
        if trace:
            words = ["strace", "-f", "-qq", "-e", _SYSCALLS, "-e", "signal=none", "-o", str(trace), *words]
        self.trace = trace
        full = {**environ, "PWD": str(cwd), "ZDOTDIR": str(rc), "BENCH_OUT": str(self.out), "HISTFILE": ""}
        if once:
            full["BENCH_ONCE"] = "1"
        self.times = rc / f"{self.out.name}.times"  # what fish's clock writes
        if shell.kind == "fish":
            full["XDG_CONFIG_HOME"] = str(rc)
            full["fish_features"] = "no-query-term"  # fish 4.1 would ask the terminal and wait, and nobody answers here
            for directory in (".local/share", ".cache"):  # of fish 3 and 4, which fill it if it is not there
                Path(environ["HOME"], directory, "fish/generated_completions").mkdir(parents=True, exist_ok=True)
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(cwd)
                if shell.kind == "fish":
                    os.dup2(os.open(self.times, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
                os.execvpe(words[0], words, full)
            finally:
                os._exit(127)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        self.seen = b""
        self.number = 0

    def ask(self, *words: str, timeout: float = 120) -> list[str]:
        """Runs a function of the probe and returns its lines."""
        self.number += 1
        if self.times.exists():
            os.truncate(self.times, 0)
        line = shlex.join(["_bench", str(self.number), *words])
        os.write(self.terminal, f" {line}\n".encode())
        self._wait(f"<{self.number}>".encode(), timeout)
        return self._timed() if self.shell.kind == "fish" and words[0] in {"prompt", "walk"} else self.out.read_text().splitlines()

    def finish(self, timeout: float = 60) -> list[str]:
        """Waits until a shell that was started with ``once`` is gone; what it wrote."""
        self._wait(None, timeout)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)
        if self.shell.kind == "fish":
            return self._timed()
        return self.out.read_text().splitlines() if self.out.exists() else []

    def close(self) -> None:
        os.write(self.terminal, b"\x03\n exit\n")
        try:
            self._wait(None, 5)
        except TimeoutError:
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)

    def _timed(self) -> list[str]:
        """What fish's clock wrote since the last question."""
        return [" ".join(found) for found in re.findall(r"^Executed in +([0-9.]+) (\w+)", self.times.read_text(errors="replace"), re.MULTILINE)]

    def _wait(self, mark: bytes | None, timeout: float) -> None:
        """Reads the terminal until ``mark`` has come, or until the shell has hung up."""
        end = time.monotonic() + timeout
        while mark is None or mark not in self.seen:
            ready, _, _ = select.select([self.terminal], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise TimeoutError(f"{self.shell.label} does not answer: …{self.seen[-400:]!r}")
            try:
                data = os.read(self.terminal, 65536)
            except OSError:
                data = b""
            if not data:
                if mark is None:
                    return
                raise RuntimeError(f"{self.shell.label} has gone: …{self.seen[-400:]!r}")
            self.seen += data
        self.seen = b""


def seconds(line: str) -> float:
    """A sample: two stamps, `/total turns`, or a number with its unit."""
    first, second = line.replace(",", ".").split()
    if second in _UNITS:
        return float(first) * _UNITS[second]
    if first.startswith("/"):
        return float(first[1:]) / float(second)
    return float(second) - float(first)


def counts(trace: Path) -> list[int]:
    """How many processes were started between each pair of marks in strace's output. Threads are none."""
    found: list[int] = []
    inside, forks = False, 0
    for line in trace.read_text(errors="replace").splitlines():
        if _MARK.match(line):
            if inside:
                found.append(forks)
            inside, forks = not inside, 0
        elif re.search(r"\b(clone3?|v?fork)\(", line):
            forks += "CLONE_THREAD" not in line
    return found
