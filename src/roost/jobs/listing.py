"""``roost list``: every env, whose it is, and whether anybody still asks for it. Starts no process."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from roost.jobs.observe import observe
from roost.machine import environments, inventory, jupyter, kernelspecs, projects
from roost.machine.layout import Layout
from roost.rules.errors import InvalidPin, NoProject, RoostError
from roost.rules.model import Env, EnvState
from roost.rules.versions import continues, resolve


class Row(NamedTuple):
    """An env. ``projects``: those that its note names, and the one here if its files do. ``size``: bytes, None if nobody counted."""

    env: Env
    version: str
    by_roost: bool
    projects: tuple[Path, ...]
    kernels: tuple[str, ...]
    orphan: bool
    size: int | None = None


class Listing(NamedTuple):
    """``size``: of all rows together, where a file that several envs share counts once."""

    rows: tuple[Row, ...]
    size: int | None = None


def listing(directory: Path, layout: Layout, *, orphans: bool = False, sizes: bool = False) -> Listing:
    """Every env of both stores, ordered by name; with ``orphans`` those alone."""
    rows = [row for row in _rows(directory, layout) if row.orphan or not orphans]
    if not sizes:
        return Listing(tuple(rows))
    counted = inventory.sizes(row.env.prefix for row in rows)
    return Listing(tuple(row._replace(size=size.bytes) for row, size in zip(rows, counted, strict=True)), inventory.total(counted))


def kernels_by_env(layout: Layout) -> dict[Path, list[str]]:
    """The names of our kernels, by the env that they start."""
    found: dict[Path, list[str]] = {}
    for kernel in kernelspecs.scan(jupyter.directory_of(layout)):
        if kernel.mark:
            found.setdefault(kernel.mark.env, []).append(kernel.name)
    return found


def _rows(directory: Path, layout: Layout) -> list[Row]:
    envs, apart = inventory.envs(layout), inventory.envs_behind_links(layout)
    here, root = _named_here(directory, layout)
    named, claims = kernels_by_env(layout), Claims(envs, layout)
    rows = []
    for env in (*envs, *apart):
        note = environments.read_note(env.prefix)
        noted = inventory.noted_projects(note)
        in_use = env.prefix == here or not noted or any(claims.may_need(project, env) for project in noted)
        own = (root,) if root is not None and env.prefix == here and root not in noted else ()
        version = env.version or environments.python_version(env.prefix)
        by_roost = note is not None or inventory.is_half_made(env.prefix)
        orphan = not in_use and env not in apart
        rows.append(Row(env, version, by_roost, (*noted, *own), tuple(named.get(env.prefix, ())), orphan))
    return sorted(rows, key=lambda row: row.env.name)


def _named_here(directory: Path, layout: Layout) -> tuple[Path | None, Path | None]:
    """The env that the project here asks for, and the project's root."""
    try:
        situation = observe(directory, layout)
    except RoostError:
        return None, None
    return (situation.env.prefix if situation.env else None), situation.project.root


class Claims:
    """Which env a project's files ask for; each project is looked at once, because many envs may note it."""

    def __init__(self, envs: Collection[Env], layout: Layout) -> None:
        self._layout = layout
        self._seen: dict[Path, tuple[str, str, Path | None] | None] = {}
        self._ready: dict[str, set[str]] = {}
        for env in envs:
            if env.state is EnvState.READY:
                self._ready.setdefault(env.name, set()).add(env.version)

    def may_need(self, project: Path, env: Env) -> bool:
        """False only if the project is gone while its parent directory is there, or if its files ask for another env (R3).

        A disk that is not mounted takes the parent along. A project without its two files, as on another branch of its
        history, may need the env again.
        """
        if project not in self._seen:
            self._seen[project] = self._asked_by(project)
        asked = self._seen[project]
        if asked is None:
            return os.path.lexists(project) or not os.path.isdir(project.parent)
        name, request, place = asked
        if place is not None:
            return place == env.prefix
        if name != env.name:
            return False
        if request == env.version:
            return True
        ready = self._ready.get(name, set()) | {env.version}
        return continues(env.version, request) and resolve(request, ready, ready).version == env.version

    def named_by(self, env: Env, projects: Iterable[Path]) -> tuple[Path, ...]:
        """Those of ``projects`` that are there and ask for the env."""
        return tuple(project for project in projects if os.path.isdir(project) and self.may_need(project, env))

    def _asked_by(self, project: Path) -> tuple[str, str, Path | None] | None:
        if not os.path.isdir(project):
            return None
        try:
            found = projects.find(project, self._layout, quote=False)  # the reason is not shown, so nothing needs to be quoted
        except (NoProject, InvalidPin):
            return None
        return found.env_name, found.request, found.named
