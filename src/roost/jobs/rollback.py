"""``roost upgrade --rollback``: the env that a project had before its last upgrade is its env again (U5)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from roost.jobs import removal
from roost.jobs.execute import Work, execute
from roost.jobs.observe import observe
from roost.jobs.upgrade import Result, put_back_unless_moved
from roost.jobs.upgrade_plan import alias_along, kernels_along, present_env
from roost.machine import environments, inventory, packages, upgrades
from roost.machine.layout import Layout
from roost.rules.errors import EnvNotMade
from roost.rules.model import Env, EnvState, Narrator, Project
from roost.rules.plan import Action, KeepPackageList, MoveAlias, WritePin
from roost.rules.removals import RemoveEnv
from roost.rules.situation import Situation
from roost.rules.upgrade import upgrade_command


class _Way(NamedTuple):
    """The way back, in order: either the word in the file or a new env that goes makes the old env the project's again.

    The kernels come last, because they may need the network: without one, too, the project is back where it was.
    """

    lists: tuple[KeepPackageList, ...]
    alias: tuple[MoveAlias, ...]
    word: tuple[WritePin, ...]
    env: tuple[RemoveEnv, ...]
    kernels: tuple[Action, ...]

    @property
    def actions(self) -> tuple[Action | RemoveEnv, ...]:
        return (*self.lists, *self.alias, *self.word, *self.env, *self.kernels)


def rollback(directory: Path, layout: Layout, narrator: Narrator, *, dry_run: bool = False) -> Result:
    """Puts back the word, the alias and the kernels of the project that ``directory`` is in. Raises every class of ``rules.errors``."""
    situation = observe(directory, layout)
    project, current = situation.project, present_env(situation)
    record = upgrades.last_record(project, current, layout)
    if record is None:
        return Result(project, current, current, notices=("there is no upgrade of this project to roll back",))
    old = _env_before(record, situation)
    way = _way(record, project, current, old, layout)
    result = Result(project, current, old, way.actions, packages=record.packages)
    if dry_run:
        return result
    return result._replace(notices=_go_back(way, record, Work(situation._replace(env=old), layout, narrator, alias=False)))


def _go_back(way: _Way, record: upgrades.Record, work: Work) -> tuple[str, ...]:
    """Goes the way, and returns what is to be said of it."""
    notices: list[str] = []

    def put_back() -> None:
        for action in way.alias:
            execute(MoveAlias(action.alias, action.env, action.before), work)

    with put_back_unless_moved(record.project, record.env_before, work.layout, put_back):
        steps: tuple[Action, ...] = (*way.lists, *way.alias, *way.word)
        for action in steps:
            notices += execute(action, work).notices
        for each in way.env:
            request = work.situation.project.request
            work.narrator.step(f"the request {request} means the newest version that has the env, so {each.prefix} is removed")
            removal.execute(each, work.layout, work.narrator)
    upgrades.forget_record(record)
    for action in way.kernels:
        notices += execute(action, work).notices
    return tuple(notices)


def _env_before(record: upgrades.Record, situation: Situation) -> Env:
    """Raises EnvNotMade for one that cannot be used any more."""
    old = environments.inspect(record.env_before)
    if old.state is EnvState.READY:
        return old
    message = f"the env before the upgrade is {old.state.value}: {old.prefix}"
    advice = f"its packages are listed in {record.packages}"
    raise EnvNotMade("env-missing", message, command=upgrade_command(situation.elsewhere, old.version), advice=advice, file=old.prefix)


def _way(record: upgrades.Record, project: Project, current: Env, old: Env, layout: Layout) -> _Way:
    alias, kernels = alias_along(current, old, layout), kernels_along(project.root, old, layout)
    if record.word_after != record.word_before:
        return _Way((), alias, (WritePin(project.version_file, record.word_before, project.request),), (), kernels)
    _check_alone(project, current, old)
    kept = KeepPackageList(upgrades.list_file(project.root, current, layout), packages.freeze(current.prefix))
    return _Way((kept,), alias, (), (RemoveEnv(current.prefix),), kernels)


def _check_alone(project: Project, current: Env, old: Env) -> None:
    """Raises EnvNotMade for a new env that would have to go, because the file's prefix means it, and that is not the project's alone."""
    note = environments.read_note(current.prefix)
    others = [each for each in inventory.noted_projects(note) if each != project.root]
    if note is None or others:
        whose = f"{others[0]} uses it too" if others else "roost did not make it"
        raise EnvNotMade(
            "env-shared" if others else "env-not-ours",
            f"{project.request} means {current.label} as long as that env exists, and {whose}",
            advice=f"write {old.version} into {project.version_file}",
            file=current.prefix,
        )
