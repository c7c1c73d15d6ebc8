"""``roost upgrade --all``: every project whose env is of one version moves to another (U6)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from roost.jobs.up_below import Audience, Outcome, call_each
from roost.jobs.upgrade_plan import env_of
from roost.machine import environments, inventory
from roost.machine.layout import Layout
from roost.rules.errors import NoProject
from roost.rules.versions import continues


def find(origin: str, layout: Layout) -> list[Path]:
    """The projects that have an env of the version, or of the versions, that ``origin`` means, in the order of their paths.

    They are known from the notes in the envs, and their files have to ask for that env still. Raises NoProject if there is none.
    """
    roots: set[Path] = set()
    for env in inventory.envs(layout):
        if env.version == origin or continues(env.version, origin):
            noted = inventory.noted_projects(environments.read_note(env.prefix))
            roots |= {project for project in noted if os.path.isdir(project) and env_of(project, layout) == env.prefix}
    if not roots:
        raise NoProject("no-project", f"no project that is known here has an env of Python {origin}", command="roost list")
    return sorted(roots)


def upgrade_each(roots: Sequence[Path], version: str, options: Sequence[str], layout: Layout, audience: Audience) -> list[Outcome]:
    """Runs ``roost upgrade`` with these ``options`` for each of the projects, as many at a time as there are cores."""
    return call_each(roots, [["upgrade", "-C", root, "--json", "-v", *options, "--", version] for root in roots], layout, None, audience)
