"""What is there: the project, the interpreter that serves it, the env. Starts no process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from roost.machine import environments, projects
from roost.machine.layout import Layout
from roost.rules.model import Project, Store
from roost.rules.pins import names_release
from roost.rules.situation import Situation
from roost.rules.versions import Resolution, continues, resolve


def observe(directory: Path, layout: Layout, *, quote: bool = True) -> Situation:
    """``quote``: may an error show what a project file holds? Raises NoProject, InvalidPin."""
    return situate(projects.find(directory, layout, quote=quote), layout, quote=quote)


def situate(project: Project, layout: Layout, *, quote: bool = True) -> Situation:
    """What is there for ``project``, whether its files are written already or not. Raises InvalidPin."""
    installable = layout.pyenv is not None
    if project.named is not None:
        return Situation(project, Resolution(project.request), environments.inspect(project.named), "pyenv", installable, layout.elsewhere(project.root))
    source, stores, name = layout.source(project.request), layout.stores(project.request), project.env_name
    # Without pyenv there are no interpreters to be found, just envs: a version that has the env serves the request (V6).
    installed = environments.interpreters(layout.pyenv_store) if source == "pyenv" else environments.versions_with(name, layout.own_store)
    matching = (version for version in installed if continues(version, project.request))
    resolution = resolve(project.request, installed, holding(matching, name, stores))
    if resolution.version is None and not names_release(project.request) and not environments.defines(project.request, layout):
        raise projects.unknown_version(project, layout, quote=quote)
    env = None if resolution.version is None else environments.choose(resolution.version, name, stores)
    return Situation(project, resolution, env, source, installable, layout.elsewhere(project.root))


def holding(versions: Iterable[str], name: str, stores: Sequence[Store]) -> set[str]:
    """Those of ``versions`` that have an env of that name, which keeps a prefix with them (V3)."""
    return {version for version in versions if any(environments.holds(environments.inspect(store.env(version, name))) for store in stores)}
