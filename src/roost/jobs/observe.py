"""What is there: the project, the interpreter that serves it, the env. Starts no process."""

from __future__ import annotations

from pathlib import Path

from roost.machine import environments, projects, pyenv
from roost.machine.layout import Layout
from roost.rules.model import EnvState
from roost.rules.pins import names_release
from roost.rules.situation import Situation
from roost.rules.versions import Resolution, continues, resolve


def observe(directory: Path, layout: Layout, *, quote: bool = True) -> Situation:
    """``quote``: may an error show what a project file holds? Raises NoProject, InvalidPin."""

    def interpreters() -> list[str]:
        return pyenv.versions(layout.pyenv_root / "versions")

    project = projects.find(directory, layout, interpreters, quote=quote)
    store = layout.store(project.request)
    source = "pyenv" if project.named is not None or layout.is_pyenv_store(store) else "path"
    installable = layout.pyenv is not None
    if project.named is not None:
        return Situation(project, Resolution(project.request), environments.inspect(project.named, project.env_name), source, installable)
    # roost's own store has no interpreters, only envs: what has the env serves the request (V6).
    holders = (path.parent.parent.name for path in store.glob(f"*/envs/{project.env_name}"))
    installed = pyenv.versions(store) if layout.is_pyenv_store(store) else list(holders)
    holding = {version for version in installed if continues(version, project.request) and _has_env(store, version, project.env_name)}
    resolution = resolve(project.request, installed, holding)
    if resolution.version is None and not names_release(project.request) and not pyenv.defines(project.request, layout):
        raise projects.unknown_version(project, layout, interpreters, quote=quote)
    env = None if resolution.version is None else environments.inspect(env_path(store, resolution.version, project.env_name), project.env_name)
    return Situation(project, resolution, env, source, installable)


def env_path(store: Path, version: str, name: str) -> Path:
    """E1."""
    return store / version / "envs" / name


def _has_env(store: Path, version: str, name: str) -> bool:
    """V3: an env that is half-made holds no version."""
    env = environments.inspect(env_path(store, version, name), name)
    return env.state in {EnvState.READY, EnvState.BROKEN} and (env.prefix / "pyvenv.cfg").is_file()
