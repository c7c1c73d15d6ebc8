"""roost and every peer that is installed, in turns, in one run. See RESULTS.md for what comes out."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import report, variants
from benchmarks.commands import Commands
from benchmarks.peers import Machine, Peer, make_machine, missing, peers
from benchmarks.results import FLOOR, ROOST, Cell, Results
from benchmarks.shells import HAS_STRACE, HERE, Session, Shell, counts, seconds, shell_of, write_rc

SHELLS = ("zsh", "bash", "fish")


@dataclass(frozen=True)
class Effort:
    """How often, and for how many seconds a cell may take in each round; ``thorough``: count what peers start, and more variants."""

    rounds: int
    budget: float
    variant_rounds: int
    variant_budget: float
    slow_rounds: int
    thorough: bool


FULL = Effort(rounds=12, budget=0.1, variant_rounds=8, variant_budget=0.03, slow_rounds=2, thorough=True)
QUICK = Effort(rounds=2, budget=0.03, variant_rounds=2, variant_budget=0.01, slow_rounds=0, thorough=False)


@dataclass(frozen=True)
class Places:
    first: Path
    second: Path
    outside: Path


class Tool:
    """A session with one tool, and how many turns fit into a round's budget."""

    def __init__(self, name: str, session: Session, places: Places, budget: float) -> None:
        self.name, self.session, self.places, self.budget = name, session, places, budget
        self.turns: dict[str, int] = {}

    def measure(self, row: str) -> dict[str, list[float]]:
        """One round of a row, in milliseconds; a walk in and out gives two rows."""
        clock = self.session.shell.clock
        if row not in self.turns:
            self.turns[row] = 1 if clock else 40
            first = self._measure(row)
            taken = sum(statistics.median(values) for values in first.values()) / 1000 * (2 if row == "cd-across" else 1)
            self.turns[row] = max(1, min(400, int(self.budget / taken))) if clock else max(10, min(1000, int(5 * self.budget / taken)))
            if self.turns[row] == 1:
                return first
        return self._measure(row)

    def _measure(self, row: str) -> dict[str, list[float]]:
        here, turns = self.places, str(self.turns[row])
        if row == "cd-in":
            self.session.ask("go", str(here.outside))
            values = self._samples("walk", turns, str(here.first), str(here.outside))
            return {"cd-in": values[::2], "cd-out": values[1::2]} if self.session.shell.clock else {}
        if row == "cd-across":
            self.session.ask("go", str(here.second))
            values = self._samples("walk", turns, str(here.first), str(here.second))
            return {row: values if self.session.shell.clock else [value / 2 for value in values]}
        self.session.ask("go", str(here.first if row == "prompt" else here.outside))
        return {row: self._samples("prompt", turns)}

    def _samples(self, *words: str) -> list[float]:
        return [seconds(line) * 1000 for line in self.session.ask(*words)]


class Bench:
    def __init__(self, machine: Machine, effort: Effort, seed: int) -> None:
        self.machine, self.effort = machine, effort
        self.random = random.Random(seed)
        self.results = Results(facts_of(effort), {})
        self.peers = peers(machine)
        self.results.versions.update({peer.name: peer.version for peer in self.peers})
        self.results.absent = missing(self.peers)
        if not HAS_STRACE:
            self.results.absent.append("processes (needs strace)")

    def measure_shell(self, shell: Shell) -> None:
        """Every row of the shell, for every tool that has a hook for it."""
        self.results.absent += [f"{peer.name} in {shell.label} (no hook for it)" for peer in self.peers if shell.kind not in peer.shells]
        mine = [peer for peer in self.peers if shell.kind in peer.shells and (shell.label == shell.kind or peer.name in {FLOOR, ROOST})]
        tools: dict[str, Tool] = {}
        for peer in list(mine):
            say(f"{shell.label}: {peer.name}")
            try:
                tools[peer.name] = self._open(peer, shell)
            except (RuntimeError, TimeoutError) as error:
                if peer.name in {FLOOR, ROOST}:
                    raise
                say(str(error))
                self.results.absent.append(f"{peer.name} in {shell.label} (it did not do its job here)")
                mine.remove(peer)
        rows = ["prompt", "outside", "cd-in", "cd-across"]
        for number in range(self.effort.rounds):
            say(f"{shell.label}: round {number + 1} of {self.effort.rounds}")
            for row in rows if shell.clock else [row for row in rows if row != "cd-in"]:
                for tool in self.random.sample(list(tools.values()), len(tools)):
                    for name, values in tool.measure(row).items():
                        self.results.cell(shell.label, name, tool.name).samples += values
            if shell.clock:
                for peer in self.random.sample(mine, len(mine)):
                    self._start(peer, shell)
        for tool in tools.values():
            tool.session.close()

    def measure_commands(self) -> None:
        bench = Commands(self.machine, self.results, self.random)
        say("commands: warming up and counting")
        bench.count(slow=self.effort.slow_rounds > 0)
        for number in range(self.effort.rounds):
            say(f"commands: round {number + 1} of {self.effort.rounds}")
            bench.round(slow=number < self.effort.slow_rounds)

    def measure_variants(self, shell: Shell) -> None:
        """roost alone, on machines that do not exist."""
        say(f"{shell.label}: larger machines")
        roost = next(peer for peer in self.peers if peer.name == ROOST)
        rc = self.machine.place("rc", f"variants-{shell.label}".replace(" ", "-"))
        write_rc(shell, rc, roost.lines(shell.kind))
        chosen = variants.variants(thorough=self.effort.thorough)
        sizes = {(one.envs, one.interpreters) for one in chosen}
        root = self.machine.sandbox.root / f"variants-{shell.label}".replace(" ", "-")
        machines = {size: variants.machine_for(root / f"{size[0]}-{size[1]}", *size) for size in sorted(sizes)}
        tools: dict[variants.Variant, Tool] = {}
        for variant in chosen:
            sandbox = machines[variant.envs, variant.interpreters]
            places = Places(*variants.walk_for(sandbox, variant))
            tool = Tool(ROOST, Session(shell, rc, sandbox.environ, places.outside), places, self.effort.variant_budget)
            for name in ("project_a", "project_b")[: variant.envs]:
                got = tool.session.ask("go", str(places.first if name == "project_a" else places.second))[0]
                if Path(got).name != self.machine.env_name(name):
                    raise RuntimeError(f"roost in {shell.label}, {variant}: VIRTUAL_ENV is {got!r} in {name}")
            tools[variant] = tool
            for row in variant.rows:  # in this order in the report
                self.results.variants[shell.label, row, variant.words] = Cell()
        for _ in range(self.effort.variant_rounds):
            for variant, tool in self.random.sample(list(tools.items()), len(tools)):
                for row in variant.rows:
                    cell = self.results.variants[shell.label, row, variant.words]
                    if row != "start":
                        cell.samples += tool.measure(row)[row]
                    elif shell.clock:
                        environ = machines[variant.envs, variant.interpreters].environ
                        cell.samples.append(seconds(Session(shell, rc, environ, tool.places.outside, once=True).finish()[0]) * 1000)
        for tool in tools.values():
            tool.session.close()

    def _open(self, peer: Peer, shell: Shell) -> Tool:
        """A session in which the tool has shown that it does its job, and its processes counted."""
        places = self._furnish(peer)
        write_rc(shell, self._rc(peer, shell), peer.lines(shell.kind))
        tool = Tool(peer.name, self._session(peer, shell, places), places, self.effort.budget)
        try:
            self._check(peer, shell, tool)
            if HAS_STRACE and (self.effort.thorough or peer.name in {FLOOR, ROOST}):
                self._count(peer, shell, places)
        except BaseException:
            tool.session.close()
            raise
        return tool

    def _furnish(self, peer: Peer) -> Places:
        here = Places(*(self.machine.place(peer.name, name) for name in ("project_a", "project_b", "outside")))
        for path in (here.first, here.second):
            peer.furnish(self.machine, path, path.name)
        return here

    def _rc(self, peer: Peer, shell: Shell) -> Path:
        return self.machine.place("rc", f"{peer.name}-{shell.label}".replace(" ", "-"))

    def _session(self, peer: Peer, shell: Shell, places: Places, *, trace: Path | None = None, once: bool = False) -> Session:
        environ = {**self.machine.sandbox.environ, "SHELL": shell.binary}
        return Session(shell, self._rc(peer, shell), environ, places.outside, trace=trace, once=once)

    def _check(self, peer: Peer, shell: Shell, tool: Tool) -> None:
        """A tool that does not do the job is not compared with one that does."""
        if not peer.enters:
            return
        for path in (tool.places.first, tool.places.second, tool.places.first):
            got = tool.session.ask("go", str(path))[0]
            wanted = self.machine.env_name(path.name)
            if Path(got).name != wanted:
                raise RuntimeError(f"{peer.name} in {shell.label}: VIRTUAL_ENV is {got!r} in {path.name}, not …/{wanted}")
        got = tool.session.ask("go", str(tool.places.outside))[0]
        if bool(got) == peer.leaves:
            raise RuntimeError(f"{peer.name} in {shell.label}: VIRTUAL_ENV is {got!r} outside of the project")
        if got:
            self.results.cell(shell.label, "cd-out", peer.name).note = "the env stays on"
        if not peer.looks:
            for row in ("prompt", "outside"):
                self.results.cell(shell.label, row, peer.name).note = "looks only at cd"

    def _start(self, peer: Peer, shell: Shell) -> None:
        places = Places(*(self.machine.place(peer.name, name) for name in ("project_a", "project_b", "outside")))
        lines = self._session(peer, shell, places, once=True).finish()
        for row, line in zip(("start", "first"), lines, strict=True):
            self.results.cell(shell.label, row, peer.name).samples.append(seconds(line) * 1000)

    def _count(self, peer: Peer, shell: Shell, places: Places) -> None:
        trace = self._rc(peer, shell) / "trace"
        session = self._session(peer, shell, places, trace=trace)
        steps: list[tuple[str, Path | None, Path | None]] = [
            ("prompt", places.first, None),
            ("outside", places.outside, None),
            ("cd-in", None, places.first),
            ("cd-across", places.second, places.first),
            ("cd-out", None, places.outside),
        ]
        for _, before, target in steps:
            if before:
                session.ask("go", str(before))
            session.ask("traced", str(target or ""))
        session.close()
        found = counts(trace)
        self.results.cell(shell.label, "start", peer.name).count = found[0]
        for (row, _, _), count in zip(steps, found[1:], strict=True):
            self.results.cell(shell.label, row, peer.name).count = count


def facts_of(effort: Effort) -> dict[str, str]:
    load = f"{os.getloadavg()[0]:.2f}"
    return {
        "machine": f"{processor()}, {os.cpu_count()} cores",
        "system": f"{operating_system()}, {platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "date": datetime.datetime.now(tz=datetime.timezone.utc).strftime("%Y-%m-%d"),
        "rounds": str(effort.rounds),
        "load before the run": load,
    }


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def operating_system() -> str:
    if platform.system() == "Darwin":
        return f"macOS {platform.mac_ver()[0]}"
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return platform.system()


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def shells(only: str | None) -> list[Shell]:
    """zsh, bash and fish of this machine, and the bashes of ROOST_TEST_SHELLS."""

    def release(shell: Shell) -> tuple[int, ...]:
        return tuple(int(number) for number in re.findall(r"\d+", shell.version))

    found = [shell_of(kind, kind, binary) for kind in SHELLS if (binary := shutil.which(kind))]
    extra = [binary for binary in os.environ.get("ROOST_TEST_SHELLS", "").split(":") if "bash" in Path(binary).name]
    found += [shell_of("bash", "", binary) for binary in extra]
    return [shell for shell in found if only in {None, shell.kind} and not (shell.kind == "fish" and release(shell) < (3, 6))]


def missing_shells(only: str | None, found: list[Shell]) -> list[str]:
    labels = {shell.label for shell in found}
    wanted = [kind for kind in SHELLS if only in {None, kind} and kind not in labels]
    return [f"{kind} (needs {kind} on PATH{', 3.6 or newer' if kind == 'fish' else ''})" for kind in wanted]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look in under a minute: fewer rounds, no slow command, nothing counted but roost")
    parser.add_argument("--only", choices=SHELLS, help="one shell, and no commands")
    parser.add_argument("--output", type=Path, default=HERE, help="where RESULTS.md, results.json and the plot go")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--readme", action="store_true", help="measure nothing; print the README's table from results.json")
    options = parser.parse_args()
    if options.readme:
        print(report.readme_table(report.read((options.output / "results.json").read_text())), end="")
        return
    root = Path(tempfile.mkdtemp(prefix="roost-bench-")).resolve()
    start = time.monotonic()
    try:
        say("making the machine")
        bench = Bench(make_machine(root / "machine"), QUICK if options.quick else FULL, options.seed)
        found = shells(options.only)
        bench.results.absent += missing_shells(options.only, found)
        for shell in found:
            bench.results.versions[shell.label] = shell.version
            bench.measure_shell(shell)
            bench.measure_variants(shell)
        if not options.only:
            bench.measure_commands()
    finally:
        for _ in range(3):  # a tool may still write its cache
            shutil.rmtree(root, ignore_errors=True)
    say(f"{time.monotonic() - start:.0f} s")
    options.output.mkdir(parents=True, exist_ok=True)
    writers: dict[str, Callable[[Results], str]] = {"RESULTS.md": report.markdown, "results.json": report.document, "prompt-and-cd.svg": report.plot}
    for name, write in writers.items():
        (options.output / name).write_text(write(bench.results))


if __name__ == "__main__":
    main()
