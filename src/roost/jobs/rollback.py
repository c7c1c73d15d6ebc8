"""``roost upgrade --rollback``: the env that a project had before its last upgrade is its env again (U5)."""

from __future__ import annotations

import os
from pathlib import Path

from roost.jobs import removal
from roost.jobs.execute import Work, execute
from roost.jobs.observe import observe
from roost.jobs.upgrade import Result, named_by_pyenv, own_kernels
from roost.machine import environments, inventory, packages, upgrades
from roost.machine.layout import Layout
from roost.rules import explain
from roost.rules.errors import EnvNotMade
from roost.rules.model import Env, EnvState, Narrator, Project
from roost.rules.plan import Action, KeepPackageList, MoveAlias, RegisterKernel, WritePin
from roost.rules.removals import RemoveEnv
from roost.rules.upgrade import upgrade_command


def rollback(directory: Path, layout: Layout, narrator: Narrator, *, dry_run: bool = False) -> Result:
    """Puts back the word, the alias and the kernels of the project that ``directory`` is in. Raises every class of ``rules.errors``."""
    situation = observe(directory, layout)
    project, current = situation.project, situation.env
    if project.named is not None:
        raise named_by_pyenv(situation)
    if current is None:
        raise explain.refusal(situation)
    record = upgrades.last_record(project.root, layout)
    if record is None or record.env_after != current.prefix or os.path.realpath(record.version_file) != os.path.realpath(project.version_file):
        return Result(project, current, current, notices=("there is no upgrade of this project to take back",))
    old = environments.inspect(record.env_before)
    if old.state is not EnvState.READY:
        message = f"the env before the upgrade is {old.state.value}: {old.prefix}"
        advice = f"its packages are listed in {record.packages}"
        raise EnvNotMade("env-missing", message, command=upgrade_command(situation.elsewhere, old.version), advice=advice, file=old.prefix)
    actions: list[Action] = []
    if alias := inventory.alias_of(current.prefix, layout):
        actions.append(MoveAlias(alias, current, old))
    removals: tuple[RemoveEnv, ...] = ()
    if record.word_after != record.word_before:
        actions.append(WritePin(project.version_file, record.word_before, project.request))
    else:
        _check_alone(project, current, old)
        actions.insert(0, KeepPackageList(upgrades.list_file(project.root, current, layout), packages.freeze(current.prefix)))
        removals = (RemoveEnv(current.prefix),)
    # Last, because it may need the network: without a kernel, too, the project is back where it was.
    kernels = (RegisterKernel(old),) if own_kernels(project.root, layout) else ()
    result = Result(project, current, old, (*actions, *removals, *kernels), packages=record.packages)
    if dry_run:
        return result
    work = Work(situation._replace(env=old), layout, narrator, alias=False)
    notices = [notice for action in actions for notice in execute(action, work).notices]
    for each in removals:
        narrator.step(f"the request {project.request} means the newest version that has the env, so {current.prefix} is removed")
        removal.execute(each, layout, narrator)
    upgrades.forget_record(record)
    notices += [notice for action in kernels for notice in execute(action, work).notices]
    return result._replace(notices=tuple(notices))


def _check_alone(project: Project, current: Env, old: Env) -> None:
    """Raises EnvNotMade for a new env that would have to go, because the file's prefix means it, and that is not the project's alone."""
    note = environments.read_note(current.prefix)
    others = [each for each in inventory.noted_projects(note) if each != project.root]
    if note is None or others:
        whose = f"{others[0]} uses it too" if others else "roost did not make it"
        raise EnvNotMade(
            "env-shared" if others else "env-not-ours",
            f"{project.request} means {current.label} as long as that is there, and {whose}",
            advice=f"write {old.version} into {project.version_file}",
            file=current.prefix,
        )
