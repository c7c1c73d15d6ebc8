"""Whole commands, timed from outside: making an env, and finding nothing to do."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import Machine, run
from benchmarks.results import IMPORT_TYPER, ROOST, Results
from benchmarks.shells import HAS_STRACE, count_command
from tests.support.sandbox import BIN
from tests.support.sandbox import ROOST as ROOST_COMMAND


@dataclass(frozen=True)
class Command:
    """``make`` prepares one turn and gives the words and the directory; ``clean`` takes its env away."""

    row: str
    tool: str
    make: Callable[[str], tuple[list[str], Path]]
    clean: Callable[[str], None] = lambda _: None
    slow: bool = False


def commands(machine: Machine) -> list[Command]:
    home, store = machine.sandbox.home, machine.sandbox.home / "made"
    python = machine.sandbox.versions / machine.new / "bin" / "python"
    project = machine.place(ROOST, "project_a")
    has_pyenv = shutil.which("pyenv", path=machine.sandbox.path) is not None

    def roost(name: str) -> tuple[list[str], Path]:
        path = machine.place("made", name)
        (path / ".python-version").write_text(f"{machine.new}\n")
        (path / ".python-virtualenv").write_text(f"{name}\n")
        return [str(ROOST_COMMAND), "up"], path

    def forget(name: str) -> None:
        (machine.sandbox.versions / name).unlink(missing_ok=True)
        shutil.rmtree(machine.sandbox.env(machine.new, name), ignore_errors=True)

    def drop(name: str) -> None:
        shutil.rmtree(store / name, ignore_errors=True)

    found = [
        Command("new-env", ROOST, roost, forget),
        Command("new-env", "virtualenv", lambda name: ([str(BIN / "virtualenv"), "-p", str(python), str(store / name)], home), drop),
        Command("new-env", "python -m venv", lambda name: ([str(python), "-m", "venv", str(store / name)], home), drop, slow=True),
        Command("up", ROOST, lambda _: ([str(ROOST_COMMAND), "up"], project)),
        Command("up", IMPORT_TYPER, lambda _: ([str(BIN / "python"), "-c", "import typer"], project)),
        Command("up", "virtualenv --version", lambda _: ([str(BIN / "virtualenv"), "--version"], project)),
    ]
    found += kernel_commands(machine, project)
    if has_pyenv:
        found.append(Command("up", "pyenv version-name", lambda _: (["pyenv", "version-name"], project)))
    if has_pyenv and (machine.sandbox.pyenv_root / "plugins" / "pyenv-virtualenv").exists():
        found.append(Command("new-env", "pyenv virtualenv", lambda name: (["pyenv", "virtualenv", machine.new, name], home), forget, slow=True))
    return found


def kernel_commands(machine: Machine, project: Path) -> list[Command]:
    """50 kernels in the user's directory, one of a real env; what Jupyter's own commands do is beside them."""
    directory = machine.sandbox.home / ".local" / "share" / "jupyter" / "kernels"
    own, other = f"{machine.env_name('project_a')}", machine.place(ROOST, "project_b")
    machine.sandbox.extra["PATH"] = f"{machine.sandbox.path}:{_only_uv(machine)}"
    for place in (project, other):
        run(machine, [str(ROOST_COMMAND), "kernel", "add"], place)
    del machine.sandbox.extra["PATH"]
    shutil.rmtree(directory / own)
    for number in range(49):
        shutil.copytree(directory / machine.env_name("project_b"), directory / f"bench-{number}")
    python = machine.env("project_a") / "bin" / "python"

    def remove(name: str) -> None:
        shutil.rmtree(directory / name)

    return [
        Command("kernel-list", ROOST, lambda _: ([str(ROOST_COMMAND), "kernel", "list"], project)),
        Command("kernel-list", "jupyter kernelspec list", lambda _: ([str(BIN / "jupyter"), "kernelspec", "list"], project)),
        Command("kernel-add", ROOST, lambda _: ([str(ROOST_COMMAND), "kernel", "add"], project), lambda _: remove(own)),
        Command("kernel-add", "ipykernel install", lambda name: ([str(python), "-m", "ipykernel", "install", "--user", "--name", name], project), remove),
        Command("kernel-check", ROOST, lambda _: ([str(ROOST_COMMAND), "kernel", "check", "bench-0"], project)),
    ]


def _only_uv(machine: Machine) -> Path:
    """A directory with uv in it and nothing else, for it to put ipykernel into the env."""
    tools = machine.sandbox.root / "uv"
    tools.mkdir()
    (tools / "uv").symlink_to(BIN / "uv")
    return tools


class Commands:
    def __init__(self, machine: Machine, results: Results, shuffle: random.Random) -> None:
        self.machine, self.results, self.random = machine, results, shuffle
        self.all = commands(machine)
        self.number = 0

    def count(self, *, slow: bool) -> None:
        """Also the warm-up: afterwards every cache is filled."""
        for command in self.all:
            if command.slow and not slow:
                continue
            if HAS_STRACE:
                words, cwd = command.make("traced")
                environ = {**self.machine.sandbox.environ, "PWD": str(cwd)}
                self.results.cell("", command.row, command.tool).count = count_command(words, environ, cwd, self.machine.sandbox.root / "trace")
                command.clean("traced")
            else:
                self._turn(command)

    def round(self, *, slow: bool) -> None:
        for command in self.random.sample(self.all, len(self.all)):
            if slow or not command.slow:
                self.results.cell("", command.row, command.tool).samples.append(self._turn(command))

    def _turn(self, command: Command) -> float:
        self.number += 1
        name = f"made-{self.number}"
        words, cwd = command.make(name)
        os.sync()  # roost waits for the disk, and not for what the tool before it has written
        start = time.perf_counter()
        run(self.machine, words, cwd)
        taken = time.perf_counter() - start
        command.clean(name)
        return taken * 1000
