"""The tools under test: how each is switched on, and what a project of its kind looks like."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.shells import HERE
from tests.support.sandbox import BIN, ROOST, Sandbox, current_versions, real_pyenv_root


@dataclass(frozen=True)
class Machine:
    """A sandbox with two interpreters, the env of each project, and directories to walk between."""

    sandbox: Sandbox
    old: str
    new: str

    def env(self, project: str) -> Path:
        return self.sandbox.env(self.old if project == "project_a" else self.new, self.env_name(project))

    @staticmethod
    def env_name(project: str) -> str:
        return f"{project.replace('_', '-')}-venv"

    def version(self, project: str) -> str:
        return self.old if project == "project_a" else self.new

    def place(self, peer: str, name: str) -> Path:
        """A directory of a peer's own, so that no peer finds another's files."""
        path = self.sandbox.root / "sites" / peer.replace(" ", "-") / name
        path.mkdir(parents=True, exist_ok=True)
        return path


@dataclass(frozen=True)
class Peer:
    """``lines``: what its manual puts into the rc file. ``furnish``: its files in a project."""

    name: str
    version: str
    lines: Callable[[str], str]
    furnish: Callable[[Machine, Path, str], None]
    shells: tuple[str, ...] = ("zsh", "bash", "fish")
    enters: bool = True
    leaves: bool = True
    looks: bool = True  # at each prompt: else a file that changes, or an env that goes, is seen only at the next cd


def make_machine(root: Path) -> Machine:
    """Everything below ``root``; the interpreters are hard links to those of the machine's pyenv."""
    sandbox = Sandbox(root)
    old, new = current_versions()[-2:]
    sandbox.with_pyenv()
    for version in (old, new):
        sandbox.install(version)
    machine = Machine(sandbox, old, new)
    for project in ("project_a", "project_b"):
        path = machine.place("roost", project)
        _two_files(machine, path, project)
        run(machine, [str(ROOST), "up"], path)
    return machine


def run(machine: Machine, words: list[str], cwd: Path, **extra: str) -> str:
    done = machine.sandbox.run(words, cwd, timeout=300, **extra)
    if done.returncode:
        raise RuntimeError(f"{words[0]} failed with {done.returncode}:\n{done.stdout}{done.stderr}"[-1500:])
    return done.stdout


def peers(machine: Machine) -> list[Peer]:
    """The floor, roost, and every peer that is here."""
    found = [_floor(), _roost(machine)]
    for make in (_pyenv_virtualenv, _article, _direnv, _mise, _autoswitch, _autoenv):
        peer = make(machine)
        if peer is not None:
            found.append(peer)
    return found


def missing(found: list[Peer]) -> list[str]:
    wanted = {
        "pyenv-virtualenv": "its plugin below PYENV_ROOT",
        "the article's script": "pyenv",
        "direnv": "direnv on PATH or ROOST_BENCH_DIRENV",
        "mise": "mise on PATH or ROOST_BENCH_MISE",
        "autoswitch": "ROOST_BENCH_AUTOSWITCH, a checkout of zsh-autoswitch-virtualenv",
        "autoenv": "ROOST_BENCH_AUTOENV, a directory with its activate.sh",
    }
    names = {peer.name for peer in found}
    return [f"{name} (needs {how})" for name, how in wanted.items() if name not in names]


def _two_files(machine: Machine, path: Path, project: str) -> None:
    (path / ".python-version").write_text(f"{machine.version(project)}\n")
    (path / ".python-virtualenv").write_text(f"{machine.env_name(project)}\n")


def _floor() -> Peer:
    def lines(shell: str) -> str:
        if shell == "fish":
            return "function _floor --on-event fish_prompt; end"
        return "_floor() { :; }\n" + ("precmd_functions+=(_floor)" if shell == "zsh" else "PROMPT_COMMAND=_floor")

    return Peer("empty prompt function", "", lines, lambda *_: None, enters=False)


def _roost(machine: Machine) -> Peer:
    def lines(shell: str) -> str:
        """The very lines of `roost setup`."""
        home = machine.place("rc", "setup")
        run(machine, [str(ROOST), "setup", shell], home, HOME=str(home), ZDOTDIR=str(home))
        return (home / (".config/fish/conf.d/roost.fish" if shell == "fish" else f".{shell}rc")).read_text()

    return Peer("roost", run(machine, [str(ROOST), "--version"], machine.sandbox.home).split()[-1], lines, _two_files)


def _pyenv_virtualenv(machine: Machine) -> Peer | None:
    plugin = real_pyenv_root() / "plugins" / "pyenv-virtualenv"
    if not plugin.exists():
        return None

    def furnish(there: Machine, path: Path, project: str) -> None:
        (path / ".python-version").write_text(f"{there.env_name(project)}\n")

    version = run(machine, ["pyenv", "virtualenv", "--version"], machine.sandbox.home).split()
    pyenv = run(machine, ["pyenv", "--version"], machine.sandbox.home).split()[-1]
    number = next((word for word in version if word[0].isdigit()), "?")

    def lines(shell: str) -> str:
        if shell == "fish":
            return "pyenv init - fish | source\nstatus --is-interactive; and pyenv virtualenv-init - | source"
        return 'eval "$(pyenv init -)"\neval "$(pyenv virtualenv-init -)"'

    return Peer("pyenv-virtualenv", f"{number}, pyenv {pyenv}", lines, furnish)


def _article(machine: Machine) -> Peer | None:
    if shutil.which("pyenv", path=machine.sandbox.path) is None:
        return None
    script = shlex.quote(str(HERE / "article.sh"))
    return Peer("the article's script", "", lambda _: f". {script}", _two_files, shells=("zsh", "bash"), leaves=False, looks=False)


def _tool(variable: str, command: str) -> str | None:
    named = os.environ.get(variable)
    return named if named else shutil.which(command)


def _evaluated(shell: str, command: str) -> str:
    return f"{command} | source" if shell == "fish" else f'eval "$({command})"'


def _direnv(machine: Machine) -> Peer | None:
    binary = _tool("ROOST_BENCH_DIRENV", "direnv")
    if binary is None:
        return None

    def furnish(there: Machine, path: Path, project: str) -> None:
        env = shlex.quote(str(there.env(project)))
        (path / ".envrc").write_text(f'export VIRTUAL_ENV={env}\nPATH_add "$VIRTUAL_ENV/bin"\n')
        run(there, [binary, "allow", str(path)], path)

    version = run(machine, [binary, "version"], machine.sandbox.home).strip()
    return Peer("direnv", version, lambda shell: _evaluated(shell, f"{shlex.quote(binary)} hook {shell}"), furnish)


def _mise(machine: Machine) -> Peer | None:
    binary = _tool("ROOST_BENCH_MISE", "mise")
    if binary is None:
        return None

    def furnish(there: Machine, path: Path, project: str) -> None:
        (path / "mise.toml").write_text(f'[env]\n_.python.venv = "{there.env(project)}"\n')
        run(there, [binary, "trust", str(path / "mise.toml")], path)

    version = run(machine, [binary, "--version"], machine.sandbox.home, MISE_OFFLINE="1").split()[0]
    return Peer("mise", version, lambda shell: "export MISE_OFFLINE=1\n" + _evaluated(shell, f"{shlex.quote(binary)} activate {shell}"), furnish)


def _autoswitch(machine: Machine) -> Peer | None:
    named = os.environ.get("ROOST_BENCH_AUTOSWITCH")
    if not named:
        return None
    plugin = Path(named) / "autoswitch_virtualenv.plugin.zsh"
    if not plugin.exists():
        return None
    store = machine.sandbox.home / "virtualenvs"

    def furnish(there: Machine, path: Path, project: str) -> None:
        """It knows only envs of one directory: virtualenv makes them there."""
        name = there.env_name(project)
        if not (store / name).exists():
            python = there.sandbox.versions / there.version(project) / "bin" / "python"
            run(there, [str(BIN / "virtualenv"), "-q", "-p", str(python), str(store / name)], there.sandbox.home)
        (path / ".venv").write_text(f"{name}\n")
        (path / ".venv").chmod(0o600)

    text = plugin.read_text()
    version = text.partition('AUTOSWITCH_VERSION="')[2].partition('"')[0] or "?"
    lines = f"AUTOSWITCH_VIRTUAL_ENV_DIR={shlex.quote(str(store))}\n. {shlex.quote(str(plugin))}"
    return Peer("autoswitch", version, lambda _: lines, furnish, shells=("zsh",), looks=False)


def _autoenv(_machine: Machine) -> Peer | None:
    named = os.environ.get("ROOST_BENCH_AUTOENV")
    if not named or not (Path(named) / "activate.sh").exists():
        return None

    def furnish(there: Machine, path: Path, project: str) -> None:
        (path / ".env").write_text(f". {shlex.quote(str(there.env(project) / 'bin' / 'activate'))}\n")
        (path / ".env.leave").write_text("deactivate\n")

    package = Path(named) / "package.json"
    version = package.read_text().partition('"version": "')[2].partition('"')[0] if package.exists() else "?"
    script = shlex.quote(str(Path(named) / "activate.sh"))
    # For fish its manual names another project, autoenv_fish.
    lines = f"AUTOENV_ASSUME_YES=1 AUTOENV_ENABLE_LEAVE=1\n. {script}"
    return Peer("autoenv", version, lambda _: lines, furnish, shells=("zsh", "bash"), looks=False)
