"""``roost prune``: what nobody needs any more and roost made, or left behind when it was stopped (R3)."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from roost.jobs import removal
from roost.jobs.kernel.remove import without_env
from roost.jobs.listing import Row, kernels_by_env, listing
from roost.machine import env_removal, environments, inventory, upgrades
from roost.machine.layout import Layout
from roost.rules.errors import RoostError
from roost.rules.model import EnvState, Narrator
from roost.rules.removals import FinishReplacement, Removal, RemoveEnv, RemoveFile, RemoveKernel, RemoveLink, RemoveLock

_KEPT: Final = 30 * 24 * 3600.0  # seconds that locks, logs, and what upgrades kept, stay


class Finding(NamedTuple):
    """What may go, and why. ``place``: where it is, or a kernel's name."""

    kind: str
    place: str
    reason: str
    action: Removal
    size: int | None = None


class Outcome(NamedTuple):
    """What became of a finding. ``removed``: False if it was needed, or gone, by then; with ``error`` if it could not go."""

    finding: Finding
    removed: bool
    error: RoostError | None = None


def look(directory: Path, layout: Layout) -> list[Finding]:
    """Everything that ``prune`` would remove, in the order in which it would."""
    replaced = set(inventory.old_envs(layout))
    envs = [*_half_made(layout, replaced), *_orphans(directory, layout, replaced)]
    return [*_replacements(replaced), *envs, *_aliases(layout), *_kernels(layout), *_old_files(layout), *_of_upgrades(layout)]


def prune(findings: Iterable[Finding], layout: Layout, narrator: Narrator) -> Iterator[Outcome]:
    """Removes them, one after the other; one that cannot go stops no other."""
    for finding in findings:
        yield _outcome(finding, layout, narrator)


def _outcome(finding: Finding, layout: Layout, narrator: Narrator) -> Outcome:
    try:
        return Outcome(finding, removal.execute(finding.action, layout, narrator))
    except RoostError as error:
        return Outcome(finding, False, error)


def _replacements(replaced: Iterable[Path]) -> Iterator[Finding]:
    for prefix in sorted(replaced):
        if not env_removal.is_held(prefix):
            whole = environments.inspect(prefix).state is EnvState.READY
            reason = f"a `roost up --recreate` was killed {'after' if whole else 'before'} the new env was complete"
            yield Finding("replacement", str(environments.aside(prefix)), reason, FinishReplacement(prefix, whole))


def _half_made(layout: Layout, replaced: Iterable[Path]) -> Iterator[Finding]:
    ours = kernels_by_env(layout)
    for env in inventory.envs(layout):
        idle = env.state is EnvState.INCOMPLETE and env.prefix not in replaced and not env_removal.is_held(env.prefix)
        if idle and inventory.is_half_made(env.prefix):  # after the look at its lock, because its maker may have finished it by then
            action = RemoveEnv(env.prefix, tuple(ours.get(env.prefix, ())), half_made=True)
            yield Finding("half-made", str(env.prefix), "a roost that made or removed it was killed", action)


def _orphans(directory: Path, layout: Layout, replaced: Iterable[Path]) -> Iterator[Finding]:
    for row in listing(directory, layout, orphans=True, sizes=True).rows:
        prefix = row.env.prefix
        if row.env.state is not EnvState.INCOMPLETE and prefix not in replaced and not env_removal.is_held(prefix):
            yield Finding("orphan", str(prefix), _why_orphan(row), RemoveEnv(prefix, row.kernels), row.size)


def _why_orphan(row: Row) -> str:
    first, *rest = row.projects
    beside = f" and {len(rest)} more" if rest else ""
    return f"it was made for {first}{beside}, and no project names it any more"


def _aliases(layout: Layout) -> Iterator[Finding]:
    for link in inventory.dangling_aliases(layout):
        yield Finding("alias", str(link), "its env is gone", RemoveLink(link, dangling=True))


def _kernels(layout: Layout) -> Iterator[Finding]:
    for name, reason in without_env(layout):
        yield Finding("kernel", name, reason, RemoveKernel(name))


def _old_files(layout: Layout) -> Iterator[Finding]:
    for lock in inventory.idle_locks(layout):
        if _is_old(lock):
            yield Finding("lock", str(lock), "older than 30 days, and what it was for is gone", RemoveLock(lock))
    for log in inventory.logs(layout):
        if _is_old(log):
            yield Finding("log", str(log), "older than 30 days", RemoveFile(log, "log"), log.stat().st_size)


def _of_upgrades(layout: Layout) -> Iterator[Finding]:
    """What an upgrade kept, if `roost upgrade --rollback` cannot use it. The list of packages outlives its env for a while: then it is all that is left."""
    for file, record in upgrades.kept(layout):
        if _is_old(file) and not (record and _may_be_taken_back(record)):
            what = "package list" if file.suffix == ".txt" else "record"
            reason = "older than 30 days, and its upgrade can no longer be rolled back"
            yield Finding("upgrade", str(file), reason, RemoveFile(file, what), file.stat().st_size)


def _may_be_taken_back(record: upgrades.Record) -> bool:
    """False if the project, or the env that it had, is gone, and not with a disk that is not mounted."""
    project, env = record.project, record.env_before
    return (os.path.lexists(project) or not os.path.isdir(project.parent)) and (os.path.lexists(env) or inventory.unmounted(env) is not None)


def _is_old(file: Path) -> bool:
    return file.stat().st_mtime < time.time() - _KEPT
