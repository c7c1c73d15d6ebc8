"""``roost kernel add`` and ``check`` stopped, or waiting for what never comes: nothing is left behind, and the next one succeeds (E5, jupyter.md 6.2)."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.support.kernels import KernelMachine
from tests.support.look import only_line, photograph
from tests.support.needs import program
from tests.support.sandbox import Sandbox


@pytest.fixture
def machine(sandbox: Sandbox) -> KernelMachine:
    return KernelMachine(sandbox)


def _stop(machine: KernelMachine, when: Callable[[], bool], *words: str) -> None:
    """Ctrl-C as a terminal sends it, to the whole group, once ``when`` is true."""
    process = machine.sandbox.start("kernel", *words)
    end = time.monotonic() + 60
    while not when():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, output + errors


def _at_work(machine: KernelMachine, pattern: str = "roost-*") -> bool:
    return any(True for _ in machine.sandbox.tmp.rglob(pattern))


@pytest.mark.parametrize("moment", ["at once", "downloading", "writing"])
def test_stopped_while_pip_installs(machine: KernelMachine, newest: str, moment: str) -> None:
    """pip cleans up after itself if it is asked to end; what it cannot is in a directory of roost's."""
    churn = machine.env(newest, "churn")
    assert machine.sandbox.run([churn / "bin" / "python", "-m", "ensurepip", "--default-pip"]).returncode == 0
    when = {
        "at once": lambda: _at_work(machine),
        "downloading": lambda: _at_work(machine, "pip-unpack-*"),
        "writing": lambda: len(list(churn.glob("lib/*/site-packages/*"))) > 6,
    }[moment]
    _stop(machine, when, "add", "churn", "--installer", "pip")
    assert os.listdir(machine.sandbox.tmp) == []
    assert not machine.data.exists()
    machine.added("churn", "--check")
    assert os.listdir(machine.data) == ["kernels"]
    assert os.listdir(machine.sandbox.tmp) == []


def test_stopped_while_ipykernel_writes(machine: KernelMachine, newest: str) -> None:
    """The kernel that was there stays as it was."""
    churn = machine.env(newest, "churn")
    machine.added("churn")
    before = photograph(machine.data)
    slow = next(churn.glob("lib/*/site-packages")) / "slow.pth"
    slow.write_text(f"import sys, time; open({str(machine.sandbox.root / 'begun')!r}, 'w'); time.sleep(60)\n")
    _stop(machine, (machine.sandbox.root / "begun").exists, "add", "churn", "--env", "A=b")
    slow.unlink()
    assert photograph(machine.data) == before
    assert os.listdir(machine.sandbox.tmp) == []
    machine.added("churn", "--env", "A=b")
    assert os.listdir(machine.sandbox.tmp) == []


def test_a_python_that_hangs(machine: KernelMachine, newest: str) -> None:
    """6.6: --timeout holds although what the Python started keeps the pipe open; nothing goes on running."""
    churn = machine.env(newest, "churn")
    machine.added("churn")
    python = churn / "bin" / "python"
    python.unlink()
    python.write_text(f"#!/bin/sh\nsleep 321 &\necho $! > {machine.sandbox.root}/sleeper\nwait\n")
    python.chmod(0o755)
    began = time.monotonic()
    done = machine.kernel("check", "churn", "--timeout", "1")
    assert (done.returncode, "no answer in 16 s" in only_line(done)) == (8, True)
    assert time.monotonic() - began < 30, "asked once: no variable can be the cause"
    sleeper = (machine.sandbox.root / "sleeper").read_text().strip()
    assert subprocess.run([program("ps"), "-o", "stat=", "-p", sleeper], capture_output=True, text=True, check=False).stdout.strip()[:1] in {"", "Z"}


def test_a_kernel_that_talks(machine: KernelMachine, newest: str) -> None:
    """A flood on both streams is no failure, and is not shown."""
    churn = machine.env(newest, "churn")
    machine.added("churn")
    flood = "import sys; [print('x' * 999, file=f) for f in (sys.stdout, sys.stderr) for _ in range(9999)]"
    (next(churn.glob("lib/*/site-packages")) / "flood.pth").write_text(f"{flood}\n")
    assert machine.outcome("check", "churn") == {"churn": (0, "ok")}
