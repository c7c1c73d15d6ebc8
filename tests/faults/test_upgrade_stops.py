"""``roost upgrade`` stopped at each of its steps: the project is as it was, and the next upgrade begins over (U2)."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.support.kernels import KernelMachine
from tests.support.look import assert_works, document, photograph
from tests.support.sandbox import Sandbox
from tests.support.tools import dripping
from tests.support.upgrades import NEW, OLD, UpgradeMachine, small_index
from tests.support.wheels import halting_tree

# The functions before, or after, which a roost is stopped, in the order of the steps; at each of them the project has its old env.
POINTS = [
    "after roost.machine.upgrades keep_list",
    "before roost.machine.env_making check_health",
    "before roost.machine.packages carry",
    "after roost.machine.packages carry",
    "after roost.machine.env_making move_alias",
    "after roost.machine.upgrades keep_record",
]
# With a version in the file, those of its last step too; with a prefix that means both, the env that is whole is the last one.
FILE_POINTS = ["after roost.machine.env_making create", "before roost.machine.files replace_content"]
LAST_STEP = {OLD: "after roost.machine.files replace_content", "3": "after roost.machine.env_making create"}
_STOPPED = """\
import importlib, os, sys
when, module, name, number = sys.argv[1:5]
del sys.argv[1:5]
module = importlib.import_module(module)
original = getattr(module, name)
def stopped(*words, **options):
    came = original(*words, **options) if when == "after" else None
    os.kill(os.getpid(), int(number))
    return original(*words, **options) if when == "before" else came
setattr(module, name, stopped)
from roost.__main__ import main
sys.exit(main())
"""


@pytest.fixture
def machine(sandbox: Sandbox, tmp_path: Path) -> Iterator[UpgradeMachine]:
    """A project with a package from an index, whose env has an alias."""
    with small_index(tmp_path / "index") as index:
        machine = UpgradeMachine(sandbox, index)
        machine.up()
        machine.put("plain==1.0")
        yield machine


def _stop(machine: UpgradeMachine, point: str, number: signal.Signals, words: Sequence[str] = ("3.12",)) -> subprocess.CompletedProcess[str]:
    script = machine.sandbox.root / "stopped.py"
    script.write_text(_STOPPED)
    return machine.sandbox.run([sys.executable, script, *point.split(), str(int(number)), "upgrade", *words], machine.project)


def _env_here(machine: UpgradeMachine) -> tuple[str, str]:
    said = document(machine.sandbox.roost("status", "--json", cwd=machine.project))
    return said["env"]["path"], said["state"]


@pytest.mark.parametrize(
    ("number", "written"),
    [(signal.SIGKILL, OLD), (signal.SIGKILL, "3"), (signal.SIGINT, OLD), (signal.SIGINT, "3"), (signal.SIGTERM, OLD)],
)
def test_stopped_at_each_step(machine: UpgradeMachine, number: signal.Signals, written: str) -> None:
    """U2, V3: the project and what belongs to it has the old env, and after the last step, the new one."""
    machine.file.write_text(f"{written}\n")
    before = photograph(machine.project, machine.env(OLD))
    alias = machine.sandbox.versions / "shop-venv"
    for point in [*POINTS, *(FILE_POINTS if written == OLD else [])]:
        done = _stop(machine, point, number)
        assert done.returncode == (-9 if number is signal.SIGKILL else 130), (point, done.stderr)
        assert "Traceback" not in done.stderr
        assert _env_here(machine) == (str(machine.env(OLD)), "ready"), point
        assert photograph(machine.project, machine.env(OLD)) == before, point
        if number is not signal.SIGKILL:
            assert alias.resolve() == machine.env(OLD).resolve(), point
            assert machine.env(NEW).exists() == (point in FILE_POINTS), point
            assert os.listdir(machine.sandbox.tmp) == []
    done = _stop(machine, LAST_STEP[written], number)
    assert done.returncode == (-9 if number is signal.SIGKILL else 130), done.stderr
    assert _env_here(machine) == (str(machine.env(NEW)), "ready")
    assert_works(machine.env(NEW))
    assert machine.freeze(NEW) == ["compiled==1.0", "plain==1.0"]
    assert alias.resolve() == machine.env(NEW).resolve()
    machine.upgraded("--rollback")
    assert _env_here(machine) == (str(machine.env(OLD)), "ready")


@pytest.mark.parametrize(
    ("written", "point", "env"),
    [
        (OLD, "after roost.machine.env_making move_alias", NEW),
        (OLD, "after roost.machine.files replace_content", OLD),
        ("3", "before roost.machine.env_removal remove", NEW),
        ("3", "after roost.machine.env_removal remove", OLD),
    ],
)
def test_a_way_back_that_is_stopped(machine: UpgradeMachine, written: str, point: str, env: str) -> None:
    """U5: the alias is where the project is; and what was not finished can be done once more."""
    machine.file.write_text(f"{written}\n")
    machine.upgraded("3.12")
    done = _stop(machine, point, signal.SIGINT, ["--rollback"])
    assert done.returncode == 130, done.stderr
    assert _env_here(machine) == (str(machine.env(env)), "ready")
    assert (machine.sandbox.versions / "shop-venv").resolve() == machine.env(env).resolve()
    machine.upgraded("--rollback")
    assert _env_here(machine) == (str(machine.env(OLD)), "ready")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_stopped_while_a_package_is_built(machine: UpgradeMachine, number: signal.Signals) -> None:
    """U2: what builds it ends too, or does no harm; the new env is nobody's meanwhile, whatever asks for it."""
    machine.file.write_text("3\n")
    tree = halting_tree(machine.sandbox.root / "tree", "slow", "1.0")
    machine.put(tree.source)
    tree.halt()
    process = machine.sandbox.start("upgrade", "3.12", cwd=machine.project)
    builder = tree.builder()
    assert _env_here(machine) == (str(machine.env(OLD)), "ready")
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == (130 if number is signal.SIGINT else -9), output + errors
    if number is signal.SIGKILL:
        os.kill(builder, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        for _ in range(500):
            os.kill(builder, 0)
            time.sleep(0.02)
    assert _env_here(machine) == (str(machine.env(OLD)), "ready")
    tree.go_on()
    machine.upgraded("3.12")
    assert "slow @ file://" in "\n".join(machine.freeze(NEW))


def test_a_dry_run_that_is_stopped(machine: UpgradeMachine) -> None:
    """U5: what asks the index ends with it, though the index never comes to the end of its answer."""
    machine.put("moving==1.0", "ending==1.0")
    with dripping() as index:
        machine.sandbox.extra["PIP_INDEX_URL"] = index.address
        process = machine.sandbox.start("upgrade", "3.12", "--dry-run", cwd=machine.project)
        index.asked.get(timeout=60)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=40)  # an index has a minute to answer
        assert process.returncode == 130, output + errors
        index.left.get(timeout=10)


def test_stopped_when_the_kernel_has_moved(machine: UpgradeMachine) -> None:
    """U2: then it moves back, for the project's env is the old one; what was asked for it stays."""
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"):
        del machine.sandbox.extra[name]
    machine.take("plain", "compiled")
    kernels = KernelMachine(machine.sandbox, uv=False)
    kernels.added("--name", "books", "--display-name", "My books", cwd=machine.project)
    before = kernels.spec("books")
    assert before["argv"][0] == f"{machine.env(OLD)}/bin/python"
    done = _stop(machine, "after roost.machine.kernel_making place", signal.SIGINT)
    assert done.returncode == 130, done.stderr
    assert not machine.env(NEW).exists()
    assert kernels.spec("books") == before
    machine.upgraded("3.12")
    assert kernels.spec("books")["argv"][0] == f"{machine.env(NEW)}/bin/python"
