"""Several roosts at kernels at once (jupyter.md 6.2: take a lock)."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from filelock import FileLock

from tests.support.kernels import KernelMachine
from tests.support.sandbox import Sandbox


@pytest.fixture
def machine(sandbox: Sandbox) -> KernelMachine:
    return KernelMachine(sandbox)


def _slow_down(env: Path) -> None:
    """Its ipykernel takes a second to write a kernel: long enough to be overtaken."""
    (next(env.glob("lib/*/site-packages")) / "slow.pth").write_text("import time; time.sleep(1)\n")


def test_two_envs_of_one_name(machine: KernelMachine, newest: str, second: str) -> None:
    """Each has a kernel: who comes second sees the first."""
    versions = (newest, second)
    for version in versions:
        env = machine.env(version, "churn")
        machine.added(f"{version}/envs/churn")
        _slow_down(env)
    assert machine.kernel("remove", "churn", f"churn-{second}").returncode == 0
    for process in [machine.sandbox.start("kernel", "add", f"{version}/envs/churn") for version in versions]:
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, output + errors
    assert len(os.listdir(machine.directory)) == 2
    assert {machine.spec(name)["metadata"]["roost"]["python"] for name in os.listdir(machine.directory)} == set(versions)
    assert os.listdir(machine.data) == ["kernels"]


def test_an_env_that_another_is_changing(machine: KernelMachine, newest: str) -> None:
    """Nothing is installed into an env while another roost makes it."""
    churn = machine.env(newest, "churn")
    with FileLock(churn.parent / ".churn.lock"):
        process = machine.sandbox.start("kernel", "add", "churn")
        time.sleep(3)
        assert process.poll() is None
        assert not list(churn.glob("lib/*/site-packages/ipykernel*"))
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, output + errors
