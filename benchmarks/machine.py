"""The machine under the tools: real interpreters and envs in a sandbox, and the directories that the shells walk between."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.results import DEPTHS, MANY, TOP
from tests.support.sandbox import ROOST, Sandbox, current_versions

# The places that a tool is measured in, by name.
Site = dict[str, Path]
# The env that is on in a place; in the others, none.
ENVS = {name: f"project-{name[-1]}-venv" for name in ("project_a", "project_b", "prefix_a", "prefix_b")}


@dataclass(frozen=True)
class Machine:
    """A sandbox with two interpreters, each with the env of a project."""

    sandbox: Sandbox
    old: str
    new: str

    @property
    def outside(self) -> Path:
        """Two levels below `/`, as a home directory is."""
        return self.sandbox.root.parent

    def version(self, name: str) -> str:
        return self.old if name.endswith("_a") else self.new

    def python(self, name: str) -> Path:
        return self.sandbox.versions / self.version(name) / "bin" / "python"

    def env(self, name: str) -> Path:
        return self.sandbox.env(self.version(name), ENVS[name])

    def place(self, tool: str, name: str) -> Path:
        """A directory of a tool's own, so that no tool finds another's files."""
        path = self.sandbox.root / "sites" / tool.replace(" ", "-") / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def run(self, words: list[str], cwd: Path, **extra: str) -> str:
        done = self.sandbox.run(words, cwd, timeout=300, **extra)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)} failed with {done.returncode}:\n{done.stdout}{done.stderr}"[-1500:])
        return done.stdout


def make_machine(root: Path) -> Machine:
    """Everything below ``root``; the interpreters are hard links to those of the machine's pyenv."""
    sandbox = Sandbox(root)
    machine = Machine(sandbox, *current_versions()[-2:])
    sandbox.with_pyenv()
    for name in ("project_a", "project_b"):
        sandbox.install(machine.version(name))
        path = machine.place("roost", name)
        two_files(path, machine.version(name), ENVS[name])
        machine.run([str(ROOST), "up"], path)
    return machine


def two_files(path: Path, version: str, env: str) -> None:
    (path / ".python-version").write_text(f"{version}\n")
    (path / ".python-virtualenv").write_text(f"{env}\n")


def deep_sites(machine: Machine) -> dict[str, Site]:
    """roost's places at each depth."""
    roots = {name: machine.place("roost", name) for name in ENVS}
    for name, path in roots.items():
        version = machine.version(name)
        two_files(path, version.rpartition(".")[0] if name.startswith("prefix") else version, ENVS[name])
    roots["outside"] = machine.outside
    found = {}
    for depth in DEPTHS:
        tail = Path(*(f"d{number}" for number in range(depth)))
        found[str(depth)] = {name: path / tail for name, path in roots.items()}
    opted_out = machine.place("roost", "opted_out")
    two_files(opted_out, machine.new, "")
    found[TOP] |= {"slash": Path("/"), "opted_out": opted_out}
    for path in found[str(DEPTHS[-1])].values():
        path.mkdir(parents=True, exist_ok=True)
    return found


def large(root: Path) -> tuple[Sandbox, dict[str, Site]]:
    """1000 envs of 30 interpreters that only look like it: nothing here starts them. Each env has its alias, as `roost up` makes it."""
    sandbox = Sandbox(root)
    versions = [f"3.12.{number}" for number in range(30)]
    for version in versions:
        sandbox.fake_interpreter(version)
    for number, name in enumerate(["project-a-venv", "project-b-venv", *(f"env-{number}" for number in range(2, 1000))]):
        version = versions[-1] if number < 2 else versions[number % 30]
        (sandbox.versions / name).symlink_to(sandbox.fake_env(version, name))
    site = {name: root / name for name in (*ENVS, "outside")}
    for name, path in site.items():
        path.mkdir()
        if name in ENVS:
            two_files(path, "3.12" if name.startswith("prefix") else versions[-1], ENVS[name])
    return sandbox, {MANY: site}
