"""``roost upgrade``: another interpreter for a project, and its packages with it (U)."""

from __future__ import annotations

import os
import string
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from roost.jobs import dependencies
from roost.jobs.execute import Done, Work, execute
from roost.jobs.observe import holding, observe
from roost.jobs.targets import Target
from roost.machine import environments, files, inventory, jupyter, kernelspecs, packages, settings, upgrades
from roost.machine.layout import Layout
from roost.rules import explain
from roost.rules.errors import EnvNotMade, InterpreterUnavailable, InvalidPin, KernelFailed, NoProject, PackagesFailed, RoostError, UsageError, to_type
from roost.rules.freeze import Carried, Outlook, Package
from roost.rules.kernelspec import OwnerMark
from roost.rules.model import FILE_LIMIT, SYSTEM, VERSION_FILE, Env, EnvState, Interpreter, Narrator, Project
from roost.rules.pins import first_words, is_version, names_release
from roost.rules.plan import (
    Action,
    CarryPackages,
    CreateEnv,
    InstallDependencies,
    InstallInterpreter,
    KeepPackageList,
    MoveAlias,
    RecreateEnv,
    RegisterKernel,
    WritePin,
)
from roost.rules.removals import RemoveEnv
from roost.rules.situation import Situation
from roost.rules.upgrade import Steps, line_after, line_of, new_word, newest_after, upgrade_command
from roost.rules.versions import numbers, order, resolve


class Options(NamedTuple):
    """What the user asked for. ``version``: as it was typed, None for a newer release of the same minor version."""

    version: str | None = None
    partial: bool = False
    prune: bool = False


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


class _Target(NamedTuple):
    """The version to move to. ``install``: through pyenv first; ``interpreter``: one that was found on PATH."""

    version: str
    install: bool = False
    interpreter: Interpreter | None = None


class _Move(NamedTuple):
    """What was decided: from the env ``old`` of ``situation`` to ``new``, in these steps, and what is kept for the way back."""

    situation: Situation
    old: Env
    new: Env
    steps: Steps
    packages: tuple[Package, ...]
    record: upgrades.Record


def upgrade(directory: Path, layout: Layout, options: Options, narrator: Narrator, *, dry_run: bool = False) -> Result:
    """Moves the project that ``directory`` is in. Until the last step its files, its env, alias and kernels are as they were.

    Raises every class of ``rules.errors``.
    """
    situation = observe(directory, layout)
    old = _present_env(situation)
    target = _target(situation, old, _checked(options.version), layout)
    if target is None or target.version == old.version:
        return Result(situation.project, old, old, notices=_why_not(situation, old, options.version))
    move = _plan(situation, old, target, options, layout)
    notices = _what_stays_behind(old)
    result = Result(situation.project, old, move.new, move.steps.actions, notices, move.record.packages)
    if dry_run:
        return result._replace(outlook=_ask_index(move, layout, narrator))
    result = _carry_out(move, result, options, layout, narrator)
    if options.prune:
        result = result._replace(notices=(*result.notices, *_prune(result, layout, narrator)))
    return result


def named_by_pyenv(situation: Situation) -> NoProject:
    """The refusal of a project whose env has no word of its own for the version (F13)."""
    project = situation.project
    message = f"{project.version_file} names the env {project.env_name} in the way of pyenv-virtualenv"
    command = to_type("roost", "init", situation.elsewhere)
    return NoProject("pyenv-env-named", message, command=command, advice="which makes the two files of it, and then upgrade", file=project.version_file)


def own_kernels(project: Path, layout: Layout) -> list[OwnerMark]:
    """What the kernels of the project say of themselves. One of another project that shares the env stays with it."""
    found = kernelspecs.scan(jupyter.directory_of(layout))
    return [kernel.mark for kernel in found if kernel.mark is not None and kernel.mark.project == project]


def _present_env(situation: Situation) -> Env:
    """The env to move from: one that is there, though its Python may not run any more."""
    if situation.project.named is not None:
        raise named_by_pyenv(situation)
    if situation.env is None or situation.env.state in {EnvState.MISSING, EnvState.INCOMPLETE}:
        raise explain.refusal(situation)
    return situation.env


def _checked(typed: str | None) -> str | None:
    """The version that was typed. Raises UsageError if it is none."""
    if typed is None:
        return None
    word = typed.removeprefix("python-")
    if word == SYSTEM or not is_version(os.fsencode(word)) or not names_release(word):
        raise UsageError("version-invalid", f"{typed!a} is not a version of Python", advice="give a version such as 3.12 or 3.12.1")
    return word


def _target(situation: Situation, old: Env, typed: str | None, layout: Layout) -> _Target | None:
    """None if there is nothing newer of the same minor version. Raises InterpreterUnavailable."""
    if situation.source == "pyenv":
        installed = environments.interpreters(layout.pyenv_store)
        version = newest_after(old.version, installed) if typed is None else resolve(typed, installed, ()).version
        if version is not None or typed is None:
            return _Target(version) if version else None
        from roost.machine import pyenv

        return _Target(pyenv.newest_known(typed, layout), install=True)
    from roost.machine import interpreters

    found = interpreters.find(typed or line_of(old.version), layout)
    if found is None and typed is not None:
        advice = "install it, or give a version that is there"
        raise InterpreterUnavailable("interpreter-missing", f"there is no Python {typed} on PATH, and no pyenv to install it", advice=advice)
    newer = found is not None and (typed is not None or order(found.version) > order(old.version))
    return _Target(found.version, interpreter=found) if found is not None and newer else None


def _why_not(situation: Situation, old: Env, typed: str | None) -> tuple[str, ...]:
    if typed is not None:
        return ()
    where = "installed" if situation.source == "pyenv" else "on PATH"
    after = line_after(old.version)
    hint = f"type: {upgrade_command(situation.elsewhere, after)}" if after else "to move to another one, give its version"
    return (f"no release of Python {line_of(old.version) or old.version} newer than {old.version} is {where}; {hint}",)


def _what_stays_behind(old: Env) -> tuple[str, ...]:
    if environments.configuration(old.prefix).get("include-system-site-packages") != "true":
        return ()
    return (f"{old.prefix} also sees the packages of its interpreter; the new env has its own alone",)


def _plan(situation: Situation, old: Env, target: _Target, options: Options, layout: Layout) -> _Move:
    project = situation.project
    name, stores = project.env_name, layout.stores(project.request)
    installed = environments.interpreters(layout.pyenv_store) if situation.source == "pyenv" else environments.versions_with(name, layout.own_store)
    typed = options.version and options.version.removeprefix("python-")
    word = new_word(project.request, typed, old.version, target.version, installed, holding(installed, name, stores))
    new = environments.choose(target.version, name, stores)
    if refusal := explain.too_old(new, numbers(target.version)):
        raise refusal
    commit = (WritePin(project.version_file, word, project.request),) if word != project.request else ()
    if commit:
        _check_file(project, options, layout)
    make = _making(new, old, target, project)
    found = packages.freeze(old.prefix)
    kept = upgrades.list_file(project.root, old, layout)
    settle: list[Action] = [RegisterKernel(new)] if own_kernels(project.root, layout) else []
    alias = inventory.alias_of(old.prefix, layout)
    if alias is not None and new.prefix.is_relative_to(layout.pyenv_store.path):
        settle.append(MoveAlias(alias, old, new))
    steps = Steps(
        prepare=(*([InstallInterpreter(target.version)] if target.install else []), KeepPackageList(kept, found)),
        make=make,
        fill=_filling(project, new, found, options, layout) if make else (),
        settle=tuple(settle),
        commit=commit,
    )
    before = first_words(files.read_bounded(project.version_file, FILE_LIMIT))[0].decode("ascii")
    record = upgrades.Record(project.root, project.version_file, before, word if commit else before, old.prefix, new.prefix, kept)
    return _Move(situation._replace(project=project._replace(request=word), env=new), old, new, steps, found, record)


def _check_file(project: Project, options: Options, layout: Layout) -> None:
    """Raises InvalidPin for a version file that other projects may go by, or that cannot be changed; before anything is done."""
    file = project.version_file
    if file.parent != project.root:
        again = _again(project, options, layout)
        raise InvalidPin(
            "version-shared",
            f"{file} lies above the project, so that a new version in it would move every project below it",
            command=to_type("cp", file, project.root / VERSION_FILE),
            advice=f"and then: {again}",
            file=file,
        )
    real = Path(os.path.realpath(file))
    if closed := next((path for path in (real, real.parent) if not os.access(path, os.W_OK)), None):
        raise InvalidPin("unwritable", f"{file} cannot be changed", advice=f"make {closed} writable for you, and try again", file=file)


def _making(new: Env, old: Env, target: _Target, project: Project) -> tuple[Action, ...]:
    """How the new env is made: one that is there is replaced if it is the project's own, and used if it belongs to those that share the old env.

    Raises EnvNotMade for one that is somebody else's.
    """
    if new.state in {EnvState.MISSING, EnvState.INCOMPLETE}:
        return (CreateEnv(new, target.interpreter),)
    note = environments.read_note(new.prefix)
    others = [each for each in inventory.noted_projects(note) if each != project.root]
    if note is not None and not others:
        return (RecreateEnv(new),)
    if note is not None and set(others) <= set(inventory.noted_projects(environments.read_note(old.prefix))):
        return ()
    whose = f"it is the env of {others[0]}" if others else "roost did not make it"
    raise EnvNotMade(
        "env-taken",
        f"{new.label} is there already, and {whose}",
        command=to_type("roost", "remove", *([] if note else ["--force"]), new.label),
        advice="if nobody needs it, and try again",
        file=new.prefix,
    )


def _filling(project: Project, new: Env, found: tuple[Package, ...], options: Options, layout: Layout) -> tuple[Action, ...]:
    """The project's own dependencies where the settings ask for them, else what is in the old env (U3)."""
    deps = settings.read(project.root, layout).deps
    outstanding = dependencies.find(project.root, deps, new) if deps else None
    if outstanding is not None:
        return (InstallDependencies(new, outstanding.source),)
    return (CarryPackages(new, found, options.partial),) if found else ()


def _carry_out(move: _Move, result: Result, options: Options, layout: Layout, narrator: Narrator) -> Result:
    from roost.machine.process import uninterrupted

    run = _Run(move, options, layout, narrator)
    run.prepare()
    try:
        run.make()
        run.commit()
    except BaseException:
        with uninterrupted():
            _put_back(move, layout, narrator)
        raise
    environments.note_project(move.new.prefix, result.project.root)
    notices = (*result.notices, *run.notices)
    return result._replace(env=environments.inspect(move.new.prefix), notices=notices, carried=run.carried, complete=run.complete)


class _Run:
    """Takes the steps of a move, and keeps what is to be said of them: ``notices``, what was ``carried``, and whether all is ``complete``."""

    def __init__(self, move: _Move, options: Options, layout: Layout, narrator: Narrator) -> None:
        self._move, self._options, self._layout = move, options, layout
        self._work = Work(move.situation, layout, narrator, alias=False, fill=self._fill, again=_again(move.situation.project, options, layout))
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

    def _fill(self) -> None:
        self._take(self._move.steps.fill)
        self._settle()

    def _settle(self) -> None:
        self._take(self._move.steps.settle)
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
                    error.command = _again(self._move.situation.project, self._options, self._layout, "--partial")
                raise
            self.complete = False
            done = Done(False, (*error.detail.splitlines(), error.message))
        self.notices.extend(done.notices)
        if done.carried is not None:
            self.carried, self.complete = done.carried, not done.carried.failed
        return done.changed


def _again(project: Project, options: Options, layout: Layout, *flags: str) -> str:
    """The same call once more, with these ``flags``."""
    return upgrade_command(layout.elsewhere(project.root), options.version, *flags)


def _put_back(move: _Move, layout: Layout, narrator: Narrator) -> None:
    """After a failure: what already leads to the new env leads to the old one again."""
    from roost.machine import env_making

    upgrades.forget_record(move.record)
    if alias := inventory.alias_of(move.new.prefix, layout):
        env_making.move_alias(alias, move.old.prefix)
    if any(mark.env == move.new.prefix for mark in own_kernels(move.record.project, layout)):
        from roost.jobs.kernel.add import register_again

        with suppress(RoostError):  # the failure that led here is the one to tell
            register_again(Target(move.old, move.record.project), layout, narrator)


def _ask_index(move: _Move, layout: Layout, narrator: Narrator) -> tuple[Outlook, ...]:
    """What there is for the new version of each package that would be carried (U5)."""
    if not any(isinstance(action, CarryPackages) for action in move.steps.fill):
        return ()
    from concurrent.futures import ThreadPoolExecutor

    from roost.machine import env_making

    pip = env_making.bundled_pip()
    narrator.detail("asking the index which packages have a build for the new version")
    python = ".".join(map(str, numbers(move.new.version.lstrip(string.ascii_letters))))
    with ThreadPoolExecutor(8) as pool:
        return tuple(pool.map(lambda package: packages.outlook(package, python, pip, layout.environ), move.packages))


def _prune(result: Result, layout: Layout, narrator: Narrator) -> Iterable[str]:
    """Removes the old env as ``roost remove`` would; what keeps it is said."""
    from roost.jobs import removal, remove

    old = result.before
    if not result.complete:
        yield f"{old.prefix} stays: not all of its packages came along"
        return
    (victim,) = remove.look([os.fspath(old.prefix)], result.project.root, layout)
    if not victim.by_roost:
        yield f"{old.prefix} stays: roost did not make it; type: {to_type('roost', 'remove', '--force', old.label)}"
    elif victim.projects:
        yield f"{old.prefix} stays: {victim.projects[0]} still names it"
    else:
        removal.execute(victim.action, layout, narrator)
        yield f"removed {old.prefix}"
