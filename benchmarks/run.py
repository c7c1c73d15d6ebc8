"""roost and every peer that is installed, in turns, in one run. RESULTS.md says what comes out."""

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
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import report
from benchmarks.commands import Commands
from benchmarks.machine import ENVS, Site, large, make_machine
from benchmarks.peers import Peer, missing, peers
from benchmarks.results import FIRST, FLOOR, ROOST, ROWS, START, Cell, Key, Results, from_json
from benchmarks.shells import HAS_STRACE, HERE, Session, Shell, counts, seconds, shell_of, write_rc
from tests.support.sandbox import REPOSITORY

SHELLS = ("zsh", "bash", "fish")


@dataclass(frozen=True)
class Effort:
    """``budget``: the seconds that a cell may take in each round; ``slow_rounds``: how many of the rounds run the slow commands too."""

    rounds: int
    budget: float
    slow_rounds: int


FULL, QUICK = Effort(rounds=12, budget=0.1, slow_rounds=2), Effort(rounds=2, budget=0.02, slow_rounds=0)
# The first starts that read files just written take several times as long, on some file systems for minutes.
UNCOUNTED_STARTS, STARTS = 5, 3


class Tool:
    """A tool switched on in a shell of its own, and the places that it is measured in."""

    def __init__(self, peer: Peer, shell: Shell, rc: Path, environ: Mapping[str, str], sites: dict[str, Site]) -> None:
        self.peer, self.shell, self.rc, self.environ, self.sites = peer, shell, rc, environ, sites
        self.top = next(iter(sites))
        self.rows = [(row, where) for row, one in ROWS.items() for where, site in sites.items() if one.here in site]
        self.turns: dict[tuple[str, str], int] = {}
        self.session = self._start()

    def _start(self, *, trace: Path | None = None, once: bool = False) -> Session:
        return Session(self.shell, self.rc, self.environ, self.sites[self.top]["outside"], trace=trace, once=once)

    def key(self, row: str, where: str) -> Key:
        return Key(self.shell.label, row, where, self.peer.name)

    def check(self) -> None:
        """A tool that does not do the job is not compared with one that does."""
        if not self.peer.enters:
            return
        for site in self.sites.values():
            for name, path in site.items():
                wanted = ENVS.get(name, "")
                got = Path(self.session.ask("go", str(path))[0]).name
                if got != wanted and (wanted or self.peer.leaves):
                    raise RuntimeError(f"{self.peer.name} in {self.shell.label}: in {path} VIRTUAL_ENV ends with {got!r}, not with {wanted!r}")

    def measure(self, row: str, where: str, budget: float) -> list[float]:
        """One round of a row, in milliseconds: as many turns as the budget has room for."""
        clock, back = self.shell.clock, bool(ROWS[row].target)
        if (row, where) not in self.turns:
            self.turns[row, where] = 3 if clock else 40
            turns = int(budget * 1000 / min(self._measure(row, where)))
            self.turns[row, where] = max(1, min(400, turns // (1 + back))) if clock else max(40, turns)
        taken = self._measure(row, where)
        return taken if not back else taken[::2] if clock else [each / 2 for each in taken]

    def _measure(self, row: str, where: str) -> list[float]:
        """A sample of each turn, followed by one of the way back if it goes to a target. Without a clock, the mean of all turns."""
        site, turns = self.sites[where], str(self.turns[row, where])
        here, target = site[ROWS[row].here], site.get(ROWS[row].target)
        self.session.ask("go", str(here))
        words = ["prompt", turns] if target is None else ["walk", turns, str(target), str(here)]
        return [seconds(line) * 1000 for line in self.session.ask(*words)]

    def started(self) -> dict[str, float]:
        """A shell that starts, and is gone after its first prompt; without a clock, nothing."""
        if not self.shell.clock:
            return {}
        lines = self._start(once=True).finish()
        return {row: seconds(line) * 1000 for row, line in zip((START, FIRST), lines, strict=True)}

    def processes(self) -> dict[Key, int]:
        """What one turn of each row starts."""
        trace = self.rc / "trace"
        session = self._start(trace=trace)
        for row, where in self.rows:
            site = self.sites[where]
            session.ask("go", str(site[ROWS[row].here]))
            session.ask("traced", str(site.get(ROWS[row].target, "")))
        session.close()
        keys = [self.key(row, where) for row, where in [(START, self.top), *self.rows]]
        return dict(zip(keys, counts(trace), strict=True))


class Bench:
    def __init__(self, root: Path, effort: Effort, against: Path | None, seed: int) -> None:
        self.machine = make_machine(root / "machine")
        self.large = large(root / "large")
        self.effort = effort
        self.random = random.Random(seed)
        self.samples: dict[Key, list[float]] = defaultdict(list)
        self.processes: dict[Key, int] = {}
        self.peers = peers(self.machine, against)
        self.facts = facts_of(effort) | {peer.name: peer.version for peer in self.peers if peer.version}
        self.absent = missing(self.peers)
        if not HAS_STRACE:
            self.absent.append("processes (needs strace)")

    def measure_shell(self, shell: Shell) -> None:
        """Every row of the shell, for every tool that has a hook for it."""
        self.facts[shell.label] = shell.version
        tools: list[Tool] = []
        for peer in self.peers:
            if shell.kind not in peer.shells:
                self.absent.append(f"{peer.name} in {shell.label} (no hook for it)")
            elif peer.deep or shell.label == shell.kind:
                say(f"{shell.label}: {peer.name}")
                tools += self._open(peer, shell)
        rows = list(dict.fromkeys(each for tool in tools for each in tool.rows))
        for number in range(self.effort.rounds):
            say(f"{shell.label}: round {number + 1} of {self.effort.rounds}")
            for row, where in rows:
                for tool in self._in_turns([tool for tool in tools if (row, where) in tool.rows]):
                    self.samples[tool.key(row, where)] += tool.measure(row, where, self.effort.budget)
            for tool in self._in_turns(STARTS * tools):
                for row, taken in tool.started().items():
                    self.samples[tool.key(row, tool.top)].append(taken)
        for tool in tools:
            tool.session.close()

    def _in_turns(self, tools: list[Tool]) -> list[Tool]:
        return self.random.sample(tools, len(tools))

    def _open(self, peer: Peer, shell: Shell) -> list[Tool]:
        """The tool, once it has shown that it does its job; of roost a second, on the large machine. Nothing, if it does not do its job."""
        rc = self.machine.place("rc", f"{peer.name}-{shell.label}")
        environ = {**self.machine.sandbox.environ, "SHELL": shell.binary}
        opened: list[Tool] = []
        try:
            write_rc(shell, rc, peer.lines(shell.kind))
            opened.append(Tool(peer, shell, rc, environ, peer.sites(self.machine)))
            if peer.deep and peer.enters:
                sandbox, sites = self.large
                opened.append(Tool(peer, shell, rc, {**sandbox.environ, "SHELL": shell.binary}, sites))
            for tool in opened:
                tool.check()
                if HAS_STRACE and (peer.deep or self.effort is FULL):
                    self.processes |= tool.processes()
                for _ in range(UNCOUNTED_STARTS):
                    tool.started()
        except (RuntimeError, TimeoutError) as error:
            for tool in opened:
                tool.session.close()
            if peer.deep:
                raise
            say(str(error))
            self.absent.append(f"{peer.name} in {shell.label} (it did not do its job here)")
            return []
        return opened

    def measure_commands(self) -> None:
        say("commands: warming up")
        commands = Commands(self.machine, self.peers, self.random, slow=self.effort.slow_rounds > 0)
        self.absent += commands.absent
        for number in range(self.effort.rounds):
            say(f"commands: round {number + 1} of {self.effort.rounds}")
            for key, taken in commands.round(slow=number < self.effort.slow_rounds):
                self.samples[key].append(taken)

    def results(self) -> Results:
        cells = {key: Cell(round(statistics.median(one), 5), round(min(one), 5), self.processes.get(key)) for key, one in self.samples.items()}
        notes = {peer.name: peer.note for peer in self.peers if peer.note}
        other = next((peer.name for peer in self.peers if peer.deep and peer.name not in {FLOOR, ROOST}), "")
        return Results(self.facts, self.absent, notes, other, cells)


def facts_of(effort: Effort) -> dict[str, str]:
    return {
        "machine": f"{processor()}, {os.cpu_count()} cores",
        "system": f"{operating_system()}, {platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "date": datetime.datetime.now(tz=datetime.timezone.utc).strftime("%Y-%m-%d"),
        "rounds": str(effort.rounds),
        "load before the run": f"{os.getloadavg()[0]:.2f}",
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


def shell_directory(text: str) -> Path:
    path = Path(text).resolve()
    if not (path / "roost.zsh").is_file():
        raise argparse.ArgumentTypeError(f"{text} is not the shell/ directory of a checkout of roost: there is no roost.zsh in it")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look in a few minutes: fewer rounds, no slow command, peers' processes not counted")
    parser.add_argument("--only", choices=(*SHELLS, "commands"), help="one shell, or the commands")
    parser.add_argument("--against", type=shell_directory, metavar="DIR", help="shell/ of another checkout: its hook is one more tool, its figures beside ours")
    parser.add_argument("--output", type=Path, help="where the report goes (default: benchmarks/, and README's table; for a part of a run .cache/bench)")
    parser.add_argument("--render", action="store_true", help="measure nothing: write the report again from results.json")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    partly = options.quick or options.only or options.against
    output = options.output or (REPOSITORY / ".cache" / "bench" if partly else HERE)
    if options.render:
        results = from_json((output / "results.json").read_text())
    else:
        results = measure(options.only, QUICK if options.quick else FULL, options.against, options.seed)
    output.mkdir(parents=True, exist_ok=True)
    report.write(results, output, readme=REPOSITORY / "README.md" if output == HERE else None)
    print(output / "RESULTS.md")


def measure(only: str | None, effort: Effort, against: Path | None, seed: int) -> Results:
    root = Path(tempfile.mkdtemp(prefix="roost-bench-", dir="/tmp")).resolve()
    start = time.monotonic()
    try:
        say("making the machine")
        bench = Bench(root, effort, against, seed)
        if only != "commands":
            found = shells(only)
            bench.absent += missing_shells(only, found)
            for shell in found:
                bench.measure_shell(shell)
        if only in {None, "commands"}:
            bench.measure_commands()
    finally:
        for _ in range(3):  # a tool may still write its cache
            shutil.rmtree(root, ignore_errors=True)
    say(f"{time.monotonic() - start:.0f} s")
    return bench.results()


if __name__ == "__main__":
    main()
