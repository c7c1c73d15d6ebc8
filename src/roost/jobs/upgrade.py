"""``roost upgrade``: another interpreter for a project, and its packages with it (U)."""

from __future__ import annotations

import os
import string
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from roost.jobs import upgrade_plan
from roost.jobs.execute import Done, Work, execute
from roost.jobs.observe import observe
from roost.jobs.upgrade_plan import Move, Options, env_of
from roost.machine import environments, upgrades
from roost.machine.layout import Layout
from roost.rules.errors import KernelFailed, PackagesFailed, RoostError, to_type
from roost.rules.freeze import Carried, Outlook
from roost.rules.model import Env, Narrator, Project
from roost.rules.plan import Action, CarryPackages, MoveAlias
from roost.rules.removals import RemoveEnv
from roost.rules.versions import numbers


class Result(NamedTuple):
    """What was done, or in a dry run would be: without actions, nothing. ``outlook``: only of a dry run.

    ``env`` is the project's env afterwards, ``before`` the one that it had. ``complete``: did all packages come along?
    """

    project: Project
    before: Env
    env: Env
    actions: tuple[Action | RemoveEnv, ...] = ()
    notices: tuple[str, ...] = ()
    packages: Path | None = None
    carried: Carried = Carried()
    outlook: tuple[Outlook, ...] = ()
    complete: bool = True

    @property
    def version(self) -> str:
        return self.env.version


def upgrade(directory: Path, layout: Layout, options: Options, narrator: Narrator, *, dry_run: bool = False) -> Result:
    """Moves the project that ``directory`` is in. Until the last step its files, its env, alias and kernels are as they were.

    Raises every class of ``rules.errors``.
    """
    situation = observe(directory, layout)
    old = upgrade_plan.present_env(situation)
    target = upgrade_plan.find_target(situation, old, options, layout)
    if target is None:
        return Result(situation.project, old, old, notices=upgrade_plan.why_not(situation, old, options.version))
    move = upgrade_plan.make(situation, old, target, options, layout)
    result = Result(situation.project, old, move.new, move.steps.actions, upgrade_plan.what_stays_behind(old), move.record.packages)
    if dry_run:
        return result._replace(outlook=_ask_index(move, layout, narrator))
    result = _carry_out(move, result, options, layout, narrator)
    if options.prune:
        result = result._replace(notices=(*result.notices, _prune(result, layout, narrator)))
    return result


@contextmanager
def put_back_unless_moved(project: Path, env: Path, layout: Layout, put_back: Callable[[], None]) -> Iterator[None]:
    """Calls ``put_back`` if what is done here fails or is stopped, unless the project has ``env`` by then.

    The very last step is what gives that env to it. Stopped a moment later, the move is whole, and putting back
    the alias and the kernels would leave them apart from the project.
    """
    from roost.machine.process import uninterrupted

    try:
        yield
    except BaseException:
        with uninterrupted():
            if env_of(project, layout) != env:
                put_back()
        raise


def _carry_out(move: Move, result: Result, options: Options, layout: Layout, narrator: Narrator) -> Result:
    run = _Run(move, options, layout, narrator)
    run.prepare()
    with put_back_unless_moved(result.project.root, move.new.prefix, layout, run.put_back):
        run.make()
        run.commit()
    replaced = (f"{move.new.prefix} was there already and has been replaced; what was installed in it is listed in {each.file}" for each in move.replaced)
    notices = (*result.notices, *replaced, *run.notices)
    return result._replace(env=environments.inspect(move.new.prefix), notices=notices, carried=run.carried, complete=run.complete)


class _Run:
    """Takes the steps of a move, and keeps what is to be said of them: ``notices``, what was ``carried``, and whether all is ``complete``."""

    def __init__(self, move: Move, options: Options, layout: Layout, narrator: Narrator) -> None:
        self._move, self._options, self._layout = move, options, layout
        self._work = Work(move.situation, layout, narrator, alias=False, fill=self._fill, again=upgrade_plan.again(move.situation.project, options, layout))
        self.notices: list[str] = []
        self.carried = Carried()
        self.complete = True

    def prepare(self) -> None:
        self._take(self._move.steps.prepare)

    def make(self) -> None:
        if not self._take(self._move.steps.make):
            self._settle()  # the env is there: made by another project that shares it, perhaps this very moment

    def commit(self) -> None:
        self._take(self._move.steps.commit)

    def put_back(self) -> None:
        """After a failure: what already leads to the new env leads to the old one again."""
        upgrades.forget_record(self._move.record)
        alias = [MoveAlias(action.alias, action.env, action.before) for action in self._move.steps.settle if isinstance(action, MoveAlias)]
        for action in (*alias, *upgrade_plan.kernels_along(self._move.record.project, self._move.old, self._layout)):
            with suppress(RoostError):  # the failure that led here is the one to tell
                execute(action, self._work)

    def _fill(self) -> None:
        self._take(self._move.steps.fill)
        self._settle()

    def _settle(self) -> None:
        self._take(self._move.steps.settle)
        environments.note_project(self._move.new.prefix, self._move.record.project)
        upgrades.keep_record(self._move.record)

    def _take(self, actions: Iterable[Action]) -> bool:
        """Returns whether any of them changed something."""
        changed = [self._execute(action) for action in actions]
        return any(changed)

    def _execute(self, action: Action) -> bool:
        """With ``--partial`` a failure of packages, or of a kernel, is said and goes by. Raises every class of ``rules.errors``."""
        try:
            done = execute(action, self._work)
        except (PackagesFailed, KernelFailed) as error:
            if not self._options.partial:
                if isinstance(action, CarryPackages):
                    error.command = upgrade_plan.again(self._move.situation.project, self._options, self._layout, "--partial")
                raise
            self.complete = False
            done = Done(False, (*error.detail.splitlines(), error.message))
        self.notices.extend(done.notices)
        if done.carried is not None:
            self.carried, self.complete = done.carried, not done.carried.failed
        return done.changed


def _ask_index(move: Move, layout: Layout, narrator: Narrator) -> tuple[Outlook, ...]:
    """What there is for the new version of each package that would be carried (U5)."""
    if not any(isinstance(action, CarryPackages) for action in move.steps.fill):
        return ()
    from roost.machine import env_making, package_index

    pip = env_making.bundled_pip()
    narrator.detail("asking the index which packages have a build for the new version")
    python = ".".join(map(str, numbers(move.new.version.lstrip(string.ascii_letters))))
    return package_index.outlooks(move.packages, python, pip, layout.environ)


def _prune(result: Result, layout: Layout, narrator: Narrator) -> str:
    """Removes the old env as ``roost remove`` would, and says so; or what keeps it. Nothing here makes the upgrade fail: it is done."""
    from roost.jobs import removal, remove

    old = result.before
    if not result.complete:
        return f"{old.prefix} stays: not all of its packages could be installed"
    try:
        (victim,) = remove.look([os.fspath(old.prefix)], result.project.root, layout)
        if not victim.by_roost:
            return f"{old.prefix} stays: roost did not make it; type: {to_type('roost', 'remove', '--force', old.label)}"
        if victim.projects:
            return f"{old.prefix} stays: {victim.projects[0]} still names it"
        removal.execute(victim.action, layout, narrator)
    except RoostError as error:
        outcome = "stays:" if os.path.lexists(old.prefix) else "is removed, but"
        helps = ", ".join(filter(None, [error.command and f"type: {error.command}", error.advice]))
        return "; ".join(filter(None, [f"{old.prefix} {outcome} {error.message}", helps]))
    return f"removed {old.prefix}"
