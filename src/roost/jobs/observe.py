"""What is there: the project, the interpreter that serves it, the env. Starts no process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from roost.machine import environments, projects, pyenv
from roost.machine.layout import Layout
from roost.rules.model import Env, EnvState, Project, State
from roost.rules.pins import names_release
from roost.rules.versions import Resolution, continues, resolve


@dataclass(frozen=True)
class Observation:
    """``store``: the directory of versions it was looked up in. ``env``: None without an interpreter."""

    project: Project
    store: Path
    resolution: Resolution
    env: Env | None

    @property
    def state(self) -> State:
        if self.env is None:
            return State.INTERPRETER_MISSING
        return State.READY if self.env.state is EnvState.READY else State(f"env-{self.env.state.value}")


def observe(directory: Path, layout: Layout, *, quote: bool = True) -> Observation:
    """``quote``: may a refusal show what is in a file? Raises NoProject, InvalidPin."""

    def interpreters() -> list[str]:
        return pyenv.versions(layout.pyenv_root / "versions")

    project = projects.find(directory, layout, interpreters, quote=quote)
    if project.named is not None:
        return Observation(project, layout.pyenv_root / "versions", Resolution(project.request), environments.inspect(project.named, project.env_name))
    store = layout.store(project.request)
    # roost's own store has no interpreters, only envs: what has the env serves the request (V6).
    holders = (path.parent.parent.name for path in store.glob(f"*/envs/{project.env_name}"))
    installed = pyenv.versions(store) if layout.is_pyenv_store(store) else list(holders)
    holding = {version for version in installed if continues(version, project.request) and _has_env(store, version, project.env_name)}
    resolution = resolve(project.request, installed, holding)
    if resolution.version is None:
        if not names_release(project.request) and not pyenv.defines(project.request, layout):
            raise projects.unknown_version(project, layout, interpreters, quote=quote)
        return Observation(project, store, resolution, None)
    return Observation(project, store, resolution, environments.inspect(env_path(store, resolution.version, project.env_name), project.env_name))


def env_path(store: Path, version: str, name: str) -> Path:
    """E1."""
    return store / version / "envs" / name


def _has_env(store: Path, version: str, name: str) -> bool:
    """V3: an env that is half-made holds no version."""
    env = environments.inspect(env_path(store, version, name), name)
    return env.state in {EnvState.READY, EnvState.BROKEN} and (env.prefix / "pyvenv.cfg").is_file()
