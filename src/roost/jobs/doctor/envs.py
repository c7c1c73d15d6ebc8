"""What doctor looks at in the envs and their kernels (W5)."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

from roost.jobs.doctor.scene import Check, Scene
from roost.jobs.listing import Claims
from roost.machine import env_records, environments, git, inventory, jupyter, kernelspecs
from roost.machine.files import is_project_file
from roost.rules import env_findings
from roost.rules.env_findings import EnvSeen
from roost.rules.findings import Finding
from roost.rules.kernelspec import KernelState
from roost.rules.model import NAME_FILE, Env, EnvState, Store


def checks(scene: Scene) -> Iterator[Check]:
    claims, names = Claims(scene.envs, scene.layout), frozenset(env.name for env in scene.envs)
    # Each env is a check of its own, so that one that cannot be read does not hide the findings about the others.
    for env in scene.envs:
        yield Check(f"the env {env.label}", partial(_env, scene, env, claims, names))
    yield Check("kernels", partial(_kernels, scene))


def _env(scene: Scene, env: Env, claims: Claims, names: Collection[str]) -> Iterator[Finding]:
    """``names``: of all envs, which a new one may not have."""
    here = scene.situation
    is_here = here is not None and here.env is not None and here.env.prefix == env.prefix
    users = claims.named_by(env, inventory.noted_projects(environments.read_note(env.prefix)))
    if here is not None and is_here:
        users = (*users, here.project.root)
    different = {os.path.realpath(user): user for user in reversed(users)}
    seen = EnvSeen(env, inventory.made_by_roost(env.prefix), tuple(reversed(different.values())))
    if env.state is EnvState.READY or not is_here:  # a broken env of this project is reported by the check of the project
        yield from env_findings.env(_looked_into(seen, scene.layout.pyenv_store))
    yield from _shared(seen, names)


def _looked_into(seen: EnvSeen, store: Store) -> EnvSeen:
    """The env with what its own files say. ``store``: pyenv's, where an env belongs to the interpreter that it lies below."""
    prefix, version = seen.env.prefix, seen.env.version
    recorded = env_records.recorded_elsewhere(prefix)
    if seen.env.state is not EnvState.READY:
        from roost.machine import env_removal  # here, as below: what few runs need takes as long to import as all the rest

        return seen._replace(recorded=recorded, held=env_removal.is_held(prefix))
    named = version and prefix == store.env(version, seen.env.name) and environments.is_interpreter(store.path / version)
    home = env_records.made_from_elsewhere(prefix, store.path / version) if named else None
    return seen._replace(recorded=recorded, version=environments.python_version(prefix), home=home)


def _shared(seen: EnvSeen, taken: Collection[str]) -> Iterator[Finding]:
    files = {user: user / NAME_FILE for user in seen.users if is_project_file(user / NAME_FILE)}
    apart = {user: leads for user in seen.users if (leads := _leads_elsewhere(user, seen))}
    for user, leads in apart.items():
        yield env_findings.editable(seen.env, user, files.get(user), leads, taken)
    if not apart:
        yield from env_findings.shared(seen.env, seen.users, list(files.values()), taken)


def _leads_elsewhere(project: Path, seen: EnvSeen) -> dict[str, Path]:
    """The packages that the env imports from another worktree of the project's repository."""
    own = git.worktree_of(project)
    if own is None or not (own.repository / "worktrees").is_dir():
        return {}
    from roost.machine import packages

    found = ((name, place, git.worktree_of(place)) for name, place in packages.editables(seen.env.prefix).items())
    return {name: place for name, place, tree in found if tree is not None and tree.repository == own.repository and not _same(tree.top, own.top)}


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _kernels(scene: Scene) -> Iterator[Finding]:
    for kernel in map(kernelspecs.judged, kernelspecs.scan(jupyter.directory_of(scene.layout))):
        if kernel.state is not KernelState.OK:
            from roost.jobs.kernel import check, remove

            yield env_findings.kernel(kernel, *check.remedy(kernel), remove.unmounted(kernel) if kernel.mark else None)
