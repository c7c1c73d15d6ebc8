"""``roost upgrade``: what is decided before anything is done (U)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from roost.jobs import dependencies
from roost.jobs.observe import holding, observe
from roost.machine import environments, files, inventory, jupyter, kernelspecs, packages, settings, upgrades
from roost.machine.layout import Layout
from roost.rules import explain
from roost.rules.errors import EnvNotMade, InterpreterUnavailable, InvalidPin, NoProject, RoostError, UsageError, to_type
from roost.rules.freeze import Package
from roost.rules.model import FILE_LIMIT, SYSTEM, VERSION_FILE, Env, EnvState, Interpreter, Project
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
from roost.rules.situation import Situation
from roost.rules.upgrade import Steps, line_after, line_of, new_word, newest_after, upgrade_command
from roost.rules.versions import numbers, order, resolve


class Options(NamedTuple):
    """What the user asked for. ``version``: as it was typed, None for a newer release of the same minor version."""

    version: str | None = None
    partial: bool = False
    prune: bool = False


class Target(NamedTuple):
    """The version to move to. ``install``: through pyenv first; ``interpreter``: one that was found on PATH."""

    version: str
    install: bool = False
    interpreter: Interpreter | None = None


class Move(NamedTuple):
    """What was decided: from the env ``old`` of ``situation`` to ``new``, in these steps, and what is kept for the way back.

    ``packages``: those of the old env; ``replaced``: the list of those of an env that makes room for the new one.
    """

    situation: Situation
    old: Env
    new: Env
    steps: Steps
    packages: tuple[Package, ...]
    replaced: tuple[KeepPackageList, ...]
    record: upgrades.Record


def present_env(situation: Situation) -> Env:
    """The env that the project would move away from. Raises NoProject, and what ``explain`` says where no interpreter serves the request."""
    if situation.project.named is not None:
        raise _named_by_pyenv(situation)
    if situation.env is None:
        raise explain.refusal(situation)
    return situation.env


def env_of(project: Path, layout: Layout) -> Path | None:
    """Where the env is that the project's files mean now; None if they mean none."""
    try:
        situation = observe(project, layout)
    except RoostError:
        return None
    return situation.env.prefix if situation.env else None


def find_target(situation: Situation, old: Env, options: Options, layout: Layout) -> Target | None:
    """None if the project has that version already, or if there is nothing newer of the same minor version.

    Raises UsageError, InterpreterUnavailable, and what ``explain`` says of an env that is not there.
    """
    if old.state in {EnvState.MISSING, EnvState.INCOMPLETE}:  # one whose Python does not run any more can be moved
        raise explain.refusal(situation)
    target = _target(situation, old, _checked(options.version), layout)
    return target if target is not None and target.version != old.version else None


def why_not(situation: Situation, old: Env, typed: str | None) -> tuple[str, ...]:
    """What to say where there is no target."""
    if typed is not None:
        return ()
    where = "installed" if situation.source == "pyenv" else "on PATH"
    after = line_after(old.version)
    hint = f"type: {upgrade_command(situation.elsewhere, after)}" if after else "to move to another one, give its version"
    return (f"no release of Python {line_of(old.version) or old.version} newer than {old.version} is {where}; {hint}",)


def what_stays_behind(old: Env) -> tuple[str, ...]:
    """What to say of packages that no upgrade brings along."""
    if environments.configuration(old.prefix).get("include-system-site-packages") != "true":
        return ()
    return (f"{old.prefix} also sees the packages of its interpreter; the new env has only its own",)


def make(situation: Situation, old: Env, target: Target, options: Options, layout: Layout) -> Move:
    """Raises EnvNotMade, InvalidPin and what a look at the project's dependencies says."""
    project = situation.project
    new, word = _place(situation, old, target, options, layout)
    commit = (WritePin(project.version_file, word, project.request),) if word != project.request else ()
    if commit:
        _check_file(project, options, layout)
    making = _making(new, old, target, project)
    found = packages.freeze(old.prefix)
    kept = upgrades.list_file(project.root, old, layout)
    replaced = _replaced(making, project, layout)
    steps = Steps(
        prepare=(*([InstallInterpreter(target.version)] if target.install else []), KeepPackageList(kept, found), *replaced),
        make=making,
        fill=_filling(project, new, found, options, layout) if making else (),
        settle=(*kernels_along(project.root, new, layout), *alias_along(old, new, layout)),
        commit=commit,
    )
    before = first_words(files.read_bounded(project.version_file, FILE_LIMIT))[0].decode("ascii")
    record = upgrades.Record(project.root, project.version_file, before, word if commit else before, old.prefix, new.prefix, kept)
    return Move(situation._replace(project=project._replace(request=word), env=new), old, new, steps, found, replaced, record)


def kernels_along(project: Path, env: Env, layout: Layout) -> tuple[Action, ...]:
    """The project's kernels go to ``env`` with it. One of another project that shares its env stays."""
    marks = (kernel.mark for kernel in kernelspecs.scan(jupyter.directory_of(layout)))
    away = any(mark.project == project and mark.env != env.prefix for mark in marks if mark is not None)
    return (RegisterKernel(env),) if away else ()


def alias_along(before: Env, after: Env, layout: Layout) -> tuple[MoveAlias, ...]:
    """The alias goes to the env ``after``, if it leads to the one ``before`` (E9)."""
    alias = inventory.alias_of(before.prefix, layout)
    return (MoveAlias(alias, before, after),) if alias and after.prefix.is_relative_to(layout.pyenv_store.path) else ()


def again(project: Project, options: Options, layout: Layout, *flags: str) -> str:
    """The same call once more, with these ``flags``."""
    return upgrade_command(layout.elsewhere(project.root), options.version, *flags)


def _named_by_pyenv(situation: Situation) -> NoProject:
    """The refusal of a project whose env has no word of its own for the version (F13)."""
    project = situation.project
    message = f"{project.version_file} names the env {project.env_name}, as pyenv-virtualenv does"
    command = to_type("roost", "init", situation.elsewhere)
    return NoProject("pyenv-env-named", message, command=command, advice="which makes the two files of it, and then upgrade", file=project.version_file)


def _checked(typed: str | None) -> str | None:
    """The version that was typed. Raises UsageError if it is none."""
    if typed is None:
        return None
    word = typed.removeprefix("python-")
    if word == SYSTEM or not is_version(os.fsencode(word)) or not names_release(word):
        raise UsageError("version-invalid", f"{typed!a} is not a version of Python", advice="give a version such as 3.12 or 3.12.1")
    return word


def _target(situation: Situation, old: Env, typed: str | None, layout: Layout) -> Target | None:
    """None if there is nothing newer of the same minor version. Raises InterpreterUnavailable."""
    if situation.source == "pyenv":
        installed = environments.interpreters(layout.pyenv_store)
        version = newest_after(old.version, installed) if typed is None else resolve(typed, installed, ()).version
        if version is not None or typed is None:
            return Target(version) if version else None
        from roost.machine import pyenv

        return Target(pyenv.newest_known(typed, layout), install=True)
    from roost.machine import interpreters

    found = interpreters.find(typed or line_of(old.version), layout)
    if found is None and typed is not None:
        advice = "install it, or give an installed version"
        raise InterpreterUnavailable("interpreter-missing", f"there is no Python {typed} on PATH, and no pyenv to install it", advice=advice)
    newer = found is not None and (typed is not None or order(found.version) > order(old.version))
    return Target(found.version, interpreter=found) if found is not None and newer else None


def _place(situation: Situation, old: Env, target: Target, options: Options, layout: Layout) -> tuple[Env, str]:
    """The new env, and the word that then means it. Raises EnvNotMade."""
    project = situation.project
    name, stores = project.env_name, layout.stores(project.request)
    installed = environments.interpreters(layout.pyenv_store) if situation.source == "pyenv" else environments.versions_with(name, layout.own_store)
    typed = options.version and options.version.removeprefix("python-")
    word = new_word(project.request, typed, old.version, target.version, installed, holding(installed, name, stores))
    new = environments.choose(target.version, name, stores)
    if refusal := explain.too_old(new, numbers(target.version)):
        raise refusal
    return new, word


def _check_file(project: Project, options: Options, layout: Layout) -> None:
    """Raises InvalidPin for a version file that other projects may go by, or that cannot be changed; before anything is done."""
    file = project.version_file
    if file.parent != project.root:
        repeat = again(project, options, layout)
        raise InvalidPin(
            "version-shared",
            f"{file} is above the project, so that a new version in it would move every project below it",
            command=to_type("cp", file, project.root / VERSION_FILE),
            advice=f"and then: {repeat}",
            file=file,
        )
    real = Path(os.path.realpath(file))
    if closed := next((path for path in (real, real.parent) if not os.access(path, os.W_OK)), None):
        raise InvalidPin("unwritable", f"{file} cannot be changed", advice=f"make {closed} writable for you, and try again", file=file)


def _making(new: Env, old: Env, target: Target, project: Project) -> tuple[Action, ...]:
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
        f"{new.label} already exists, and {whose}",
        command=to_type("roost", "remove", *([] if note else ["--force"]), new.label),
        advice="if nobody needs it, and try again",
        file=new.prefix,
    )


def _replaced(making: tuple[Action, ...], project: Project, layout: Layout) -> tuple[KeepPackageList, ...]:
    """What is in an env that has to make room for the new one, so that nothing is lost with it unseen."""
    envs = [action.env for action in making if isinstance(action, RecreateEnv)]
    lists = (KeepPackageList(upgrades.list_file(project.root, env, layout), packages.freeze(env.prefix)) for env in envs)
    return tuple(each for each in lists if each.packages)


def _filling(project: Project, new: Env, found: tuple[Package, ...], options: Options, layout: Layout) -> tuple[Action, ...]:
    """The project's own dependencies where the settings ask for them, else what is in the old env (U3)."""
    deps = settings.read(project.root, layout).deps
    outstanding = dependencies.find(project.root, deps, new) if deps else None
    if outstanding is not None:
        return (InstallDependencies(new, outstanding.source),)
    return (CarryPackages(new, found, options.partial),) if found else ()
