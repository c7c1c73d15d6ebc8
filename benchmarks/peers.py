"""The tools under test: how each is switched on, and what a project of its kind looks like."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import results
from benchmarks.machine import ENVS, Machine, Site, deep_sites, two_files
from benchmarks.results import FLOOR, TOP
from benchmarks.shells import HERE
from roost.machine.hooks import hook_file
from tests.support.sandbox import BIN, ROOST, real_pyenv_root


@dataclass(frozen=True)
class Peer:
    """``lines``: what its manual puts into the rc file. ``furnish``: its files in a project."""

    name: str
    version: str
    lines: Callable[[str], str]
    furnish: Callable[[Path, str], None] = lambda *_: None
    shells: tuple[str, ...] = ("zsh", "bash", "fish")
    enters: bool = True
    leaves: bool = True
    looks: bool = True  # at each prompt: else a file that changes, or an env that goes, is seen only at the next cd
    deep: bool = False  # measured in roost's own directories, at each depth

    @property
    def note(self) -> str:
        return "; ".join(["looks only at cd"] * (not self.looks) + ["never deactivates an env"] * (not self.leaves))

    def sites(self, machine: Machine) -> dict[str, Site]:
        """Where it is measured, with its files there."""
        if self.deep:
            return deep_sites(machine)
        projects = {name: machine.place(self.name, name) for name in ("project_a", "project_b")}
        for name, path in projects.items():
            self.furnish(path, name)
        return {TOP: {**projects, "outside": machine.outside}}


def peers(machine: Machine, against: Path | None) -> list[Peer]:
    """The floor, roost, and every peer that is here. ``against``: the shell/ directory of another checkout of roost."""
    found = [_floor(), _roost(machine)]
    if against:
        found.append(_other_roost(machine, against))
    for make in (_pyenv_virtualenv, _cd_function, _direnv, _mise, _autoswitch, _autoenv):
        peer = make(machine)
        if peer is not None:
            found.append(peer)
    return found


def missing(found: list[Peer]) -> list[str]:
    wanted = {
        "pyenv-virtualenv": "its plugin below PYENV_ROOT",
        "a pasted cd function": "pyenv",
        "direnv": "direnv on PATH or ROOST_BENCH_DIRENV",
        "mise": "mise on PATH or ROOST_BENCH_MISE",
        "autoswitch": "ROOST_BENCH_AUTOSWITCH, a checkout of zsh-autoswitch-virtualenv",
        "autoenv": "ROOST_BENCH_AUTOENV, a directory with its activate.sh",
    }
    names = {peer.name for peer in found}
    return [f"{name} (needs {how})" for name, how in wanted.items() if name not in names]


def tool(command: str) -> str | None:
    """The path of a peer's command: ROOST_BENCH_MISE for mise, or the one on PATH."""
    return os.environ.get(f"ROOST_BENCH_{command.upper()}") or shutil.which(command)


def _floor() -> Peer:
    def lines(shell: str) -> str:
        if shell == "fish":
            return "function _floor --on-event fish_prompt; end"
        return "_floor() { :; }\n" + ("precmd_functions+=(_floor)" if shell == "zsh" else "PROMPT_COMMAND=_floor")

    return Peer(FLOOR, "", lines, enters=False, deep=True)


def _setup_lines(machine: Machine, shell: str) -> str:
    """The very lines of `roost setup`."""
    home = machine.place("rc", "setup")
    machine.run([str(ROOST), "setup", shell], home, HOME=str(home), ZDOTDIR=str(home))
    return (home / (".config/fish/conf.d/roost.fish" if shell == "fish" else f".{shell}rc")).read_text()


def _roost(machine: Machine) -> Peer:
    version = machine.run([str(ROOST), "--version"], machine.sandbox.home).split()[1]
    return Peer(results.ROOST, version, lambda shell: _setup_lines(machine, shell), deep=True)


def _other_roost(machine: Machine, directory: Path) -> Peer:
    """The hook of another checkout, by its revision; the program stays this checkout's, for no row here asks it."""
    described = machine.sandbox.run(["git", "-C", directory, "describe", "--always", "--dirty"], machine.sandbox.home).stdout.strip()

    def lines(shell: str) -> str:
        return _setup_lines(machine, shell).replace(str(hook_file(shell).parent), str(directory))

    return Peer(f"{results.ROOST}, {described or directory}", "", lines, deep=True)


def _pyenv_virtualenv(machine: Machine) -> Peer | None:
    plugin = real_pyenv_root() / "plugins" / "pyenv-virtualenv"
    if not plugin.exists():
        return None

    def furnish(path: Path, project: str) -> None:
        (path / ".python-version").write_text(f"{ENVS[project]}\n")

    version = machine.run(["pyenv", "virtualenv", "--version"], machine.sandbox.home).split()
    pyenv = machine.run(["pyenv", "--version"], machine.sandbox.home).split()[-1]
    number = next((word for word in version if word[0].isdigit()), "?")

    def lines(shell: str) -> str:
        if shell == "fish":
            return "pyenv init - fish | source\nstatus --is-interactive; and pyenv virtualenv-init - | source"
        return 'eval "$(pyenv init -)"\neval "$(pyenv virtualenv-init -)"'

    return Peer("pyenv-virtualenv", f"{number}, pyenv {pyenv}", lines, furnish)


def _cd_function(machine: Machine) -> Peer | None:
    if shutil.which("pyenv", path=machine.sandbox.path) is None:
        return None

    def furnish(path: Path, project: str) -> None:
        two_files(path, machine.version(project), ENVS[project])

    script = shlex.quote(str(HERE / "cd_function.sh"))
    return Peer("a pasted cd function", "", lambda _: f". {script}", furnish, shells=("zsh", "bash"), leaves=False, looks=False)


def _evaluated(shell: str, command: str) -> str:
    return f"{command} | source" if shell == "fish" else f'eval "$({command})"'


def _direnv(machine: Machine) -> Peer | None:
    binary = tool("direnv")
    if binary is None:
        return None

    def furnish(path: Path, project: str) -> None:
        env = shlex.quote(str(machine.env(project)))
        (path / ".envrc").write_text(f'export VIRTUAL_ENV={env}\nPATH_add "$VIRTUAL_ENV/bin"\n')
        machine.run([binary, "allow", str(path)], path)

    version = machine.run([binary, "version"], machine.sandbox.home).strip()
    return Peer("direnv", version, lambda shell: _evaluated(shell, f"{shlex.quote(binary)} hook {shell}"), furnish)


def _mise(machine: Machine) -> Peer | None:
    binary = tool("mise")
    if binary is None:
        return None

    def furnish(path: Path, project: str) -> None:
        (path / "mise.toml").write_text(f'[env]\n_.python.venv = "{machine.env(project)}"\n')
        machine.run([binary, "trust", str(path / "mise.toml")], path)

    machine.sandbox.extra["MISE_OFFLINE"] = "1"
    version = machine.run([binary, "--version"], machine.sandbox.home).split()[0]
    return Peer("mise", version, lambda shell: _evaluated(shell, f"{shlex.quote(binary)} activate {shell}"), furnish)


def _autoswitch(machine: Machine) -> Peer | None:
    named = os.environ.get("ROOST_BENCH_AUTOSWITCH")
    if not named:
        return None
    plugin = Path(named) / "autoswitch_virtualenv.plugin.zsh"
    if not plugin.exists():
        return None
    store = machine.sandbox.home / "virtualenvs"

    def furnish(path: Path, project: str) -> None:
        """It knows only envs of one directory: virtualenv makes them there."""
        env = store / ENVS[project]
        if not env.exists():
            machine.run([str(BIN / "virtualenv"), "-q", "-p", str(machine.python(project)), str(env)], machine.sandbox.home)
        (path / ".venv").write_text(f"{env.name}\n")
        (path / ".venv").chmod(0o600)

    text = plugin.read_text()
    version = text.partition('AUTOSWITCH_VERSION="')[2].partition('"')[0] or "?"
    lines = f"AUTOSWITCH_VIRTUAL_ENV_DIR={shlex.quote(str(store))}\n. {shlex.quote(str(plugin))}"
    return Peer("autoswitch", version, lambda _: lines, furnish, shells=("zsh",), looks=False)


def _autoenv(machine: Machine) -> Peer | None:
    named = os.environ.get("ROOST_BENCH_AUTOENV")
    if not named or not (Path(named) / "activate.sh").exists():
        return None

    def furnish(path: Path, project: str) -> None:
        (path / ".env").write_text(f". {shlex.quote(str(machine.env(project) / 'bin' / 'activate'))}\n")
        (path / ".env.leave").write_text("deactivate\n")

    package = Path(named) / "package.json"
    version = package.read_text().partition('"version": "')[2].partition('"')[0] if package.exists() else "?"
    script = shlex.quote(str(Path(named) / "activate.sh"))
    # For fish its manual names another project, autoenv_fish.
    lines = f"AUTOENV_ASSUME_YES=1 AUTOENV_ENABLE_LEAVE=1\n. {script}"
    return Peer("autoenv", version, lambda _: lines, furnish, shells=("zsh", "bash"), looks=False)
