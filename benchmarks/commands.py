"""Whole commands, timed from outside."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import ENVS, Machine, two_files
from benchmarks.peers import Peer, tool
from benchmarks.results import IMPORT_TYPER, ONE_BY_ONE, PYTHON_C, TOP, Key
from tests.support.sandbox import BIN, Sandbox
from tests.support.sandbox import ROOST as ROOST_COMMAND

UV, PYTHON, ROOST = str(BIN / "uv"), str(BIN / "python"), str(ROOST_COMMAND)
PROJECTS = 40


@dataclass(frozen=True)
class Command:
    """``make`` prepares the turn of that name and gives the words and the directory; ``clean`` takes away what the turn made."""

    row: str
    tool: str
    make: Callable[[str], tuple[list[str], Path]]
    clean: Callable[[str], None] = lambda _: None
    slow: bool = False


class Commands:
    def __init__(self, machine: Machine, peers: list[Peer], shuffle: random.Random, *, slow: bool) -> None:
        """Runs each once, uncounted: afterwards every cache is filled. ``absent``: peers that cannot do it here."""
        self.machine, self.random = machine, shuffle
        self.number = 0
        self.absent: list[str] = []
        self.all: list[Command] = []
        for command in (*_new_envs(machine), *_trees(machine), *_looks(machine), *_installed(machine), *_runs(machine, peers), *_kernels(machine)):
            if command.slow and not slow:
                continue
            try:
                self._turn(command)
            except (RuntimeError, OSError) as error:
                if command.tool.startswith("roost"):
                    raise
                self.absent.append(f"{command.tool} ({str(error).strip().splitlines()[-1]})")
            else:
                self.all.append(command)

    def round(self, *, slow: bool) -> Iterator[tuple[Key, float]]:
        for command in self.random.sample(self.all, len(self.all)):
            if slow or not command.slow:
                yield Key("", command.row, TOP, command.tool), self._turn(command)

    def _turn(self, command: Command) -> float:
        self.number += 1
        name = f"made-{self.number}"
        words, cwd = command.make(name)
        os.sync()  # roost waits for the disk, but should not wait for what the tool before it wrote
        start = time.perf_counter()
        try:
            self.machine.run(words, cwd)
            return (time.perf_counter() - start) * 1000
        finally:
            command.clean(name)


def _fixed(row: str, name: str, words: list[str], cwd: Path) -> Command:
    """A command that leaves nothing to clean up."""
    return Command(row, name, lambda _: (words, cwd))


def _new_envs(machine: Machine) -> Iterator[Command]:
    home, store, python = machine.sandbox.home, machine.sandbox.home / "made", str(machine.python("project_b"))

    def project(name: str) -> tuple[list[str], Path]:
        path = machine.place("made", name)
        two_files(path, machine.new, name)
        return [ROOST, "up"], path

    def drop(name: str) -> None:
        shutil.rmtree(store / name, ignore_errors=True)

    def into(*words: str) -> Callable[[str], tuple[list[str], Path]]:
        return lambda name: ([*words, str(store / name)], home)

    yield Command("new-env", "roost up", project, lambda name: _forget(machine, name))
    yield Command("new-env", "virtualenv", into(str(BIN / "virtualenv"), "-p", python), drop)
    yield Command("new-env", "uv venv --seed", into(UV, "venv", "--seed", "-p", python), drop)
    yield Command("new-env", "python -m venv", into(python, "-m", "venv"), drop, slow=True)
    if (machine.sandbox.pyenv_root / "plugins" / "pyenv-virtualenv").exists():
        words = ["pyenv", "virtualenv", machine.new]
        yield Command("new-env", "pyenv virtualenv", lambda name: ([*words, name], home), lambda name: _forget(machine, name), slow=True)


def _forget(machine: Machine, name: str) -> None:
    """Takes an env and its alias away."""
    (machine.sandbox.versions / name).unlink(missing_ok=True)
    shutil.rmtree(machine.sandbox.env(machine.new, name), ignore_errors=True)


def _trees(machine: Machine) -> Iterator[Command]:
    def tree(jobs: int) -> Callable[[str], tuple[list[str], Path]]:
        def make(name: str) -> tuple[list[str], Path]:
            for number in range(PROJECTS):
                two_files(machine.place(name, f"p{number}"), machine.new, f"{name}-{number}")
            return [ROOST, "up", "-r", "--jobs", str(jobs)], machine.place(name, "")

        return make

    def clean(name: str) -> None:
        for number in range(PROJECTS):
            _forget(machine, f"{name}-{number}")

    yield Command("tree", "roost up -r", tree(os.cpu_count() or 1), clean, slow=True)
    yield Command("tree", ONE_BY_ONE, tree(1), clean, slow=True)


def _looks(machine: Machine) -> Iterator[Command]:
    project = machine.place("roost", "project_a")
    yield _fixed("look", "roost up", [ROOST, "up"], project)
    yield _fixed("look", "roost status", [ROOST, "status"], project)
    for number in range(50):
        machine.sandbox.fake_env(machine.new, f"listed-{number}")
    yield _fixed("look", "roost list, 50 envs", [ROOST, "list"], project)
    yield _fixed("look", IMPORT_TYPER, [PYTHON, "-c", "import typer"], project)
    yield _fixed("look", "virtualenv --version", [str(BIN / "virtualenv"), "--version"], project)
    yield _fixed("look", "pyenv version-name", ["pyenv", "version-name"], project)

    many = Sandbox(machine.sandbox.root / "listed")
    for number in range(1000):
        many.fake_env(f"3.{number % 30}.1", f"env-{number}")
    yield _fixed("list-many", "roost list", ["/usr/bin/env", f"PYENV_ROOT={many.pyenv_root}", ROOST, "list"], project)


def _installed(machine: Machine) -> Iterator[Command]:
    """Requirements files that ask for nothing, so that no index is needed: what is timed is the look that finds them unchanged."""
    place = machine.place("made", "with-deps")
    two_files(place, machine.new, "with-deps")
    (place / "requirements.txt").write_text("-r more.txt\n")
    (place / "more.txt").write_text("# nothing\n")
    machine.run([ROOST, "up", "--deps"], place)
    yield _fixed("deps", "roost up --deps", [ROOST, "up", "--deps"], place)


def _runs(machine: Machine, peers: list[Peer]) -> Iterator[Command]:
    env = machine.env("project_a")
    (env / "bin" / "true").symlink_to("/usr/bin/true")  # pyenv runs only what a version has
    yield _fixed("run", "roost run true", [ROOST, "run", "true"], machine.place("roost", "project_a"))
    yield _fixed("run", PYTHON_C, [PYTHON, "-c", ""], machine.sandbox.home)
    place = machine.place("pyenv exec", "project")
    (place / ".python-version").write_text(f"{env.name}\n")
    yield _fixed("run", "pyenv exec true", ["pyenv", "exec", "true"], place)
    package = '[project]\nname = "true"\nversion = "0"\nrequires-python = ">=3.10"\n'
    place = machine.place("uv run", "project")
    (place / "pyproject.toml").write_text(package)
    yield _fixed("run", "uv run true", [UV, "run", "-p", str(machine.python("project_a")), "true"], place)
    if poetry := tool("poetry"):
        place = machine.place("poetry run", "project")
        (place / "pyproject.toml").write_text(f"{package}[tool.poetry]\npackage-mode = false\n")
        yield _fixed("run", "poetry run true", [poetry, "run", "true"], place)
    for name, directory in (("direnv", "."), ("mise", "--")):
        furnish = next((peer.furnish for peer in peers if peer.name == name), None)
        if furnish:
            place = machine.place(f"{name} exec", "project")
            furnish(place, "project_a")
            yield _fixed("run", f"{name} exec true", [tool(name) or name, "exec", directory, "true"], place)


def _kernels(machine: Machine) -> Iterator[Command]:
    """50 kernels in the user's directory, one of a real env; what Jupyter's own commands do is beside them."""
    directory = machine.sandbox.home / ".local" / "share" / "jupyter" / "kernels"
    project, other = machine.place("roost", "project_a"), machine.place("roost", "project_b")
    own = ENVS["project_a"]
    machine.sandbox.extra["PATH"] = f"{machine.sandbox.path}:{_only_uv(machine)}"
    for place in (project, other):
        machine.run([ROOST, "kernel", "add"], place)
    del machine.sandbox.extra["PATH"]
    shutil.rmtree(directory / own)
    for number in range(49):
        shutil.copytree(directory / ENVS["project_b"], directory / f"bench-{number}")

    def remove(name: str) -> None:
        shutil.rmtree(directory / name, ignore_errors=True)

    install = [str(machine.env("project_a") / "bin" / "python"), "-m", "ipykernel", "install", "--user", "--name"]
    yield _fixed("kernel-list", "roost kernel list", [ROOST, "kernel", "list"], project)
    yield _fixed("kernel-list", "jupyter kernelspec list", [str(BIN / "jupyter"), "kernelspec", "list"], project)
    yield Command("kernel-add", "roost kernel add", lambda _: ([ROOST, "kernel", "add"], project), lambda _: remove(own))
    yield Command("kernel-add", "ipykernel install", lambda name: ([*install, name], project), remove)
    yield _fixed("kernel-check", "roost kernel check", [ROOST, "kernel", "check", "bench-0"], project)


def _only_uv(machine: Machine) -> Path:
    """A directory with nothing but uv in it, which `roost kernel add` then uses to put ipykernel into the env."""
    tools = machine.sandbox.root / "uv"
    tools.mkdir()
    (tools / "uv").symlink_to(UV)
    return tools
