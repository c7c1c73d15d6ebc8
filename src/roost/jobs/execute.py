"""Does what a plan says: one function for each class of action.

What makes something is imported here, by the function that needs it: virtualenv, locks and subprocesses take longer to
import than a look takes, and most runs of roost only look.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from roost.machine import environments
from roost.machine.layout import Layout
from roost.rules import explain
from roost.rules.errors import InterpreterUnavailable, InvalidPin, PackagesFailed
from roost.rules.freeze import Carried, counted
from roost.rules.model import FILE_LIMIT, Env, Interpreter, Narrator, Pin
from roost.rules.pins import parse_version_file, rewrite_word
from roost.rules.plan import (
    Action,
    CarryPackages,
    CreateEnv,
    InstallDependencies,
    InstallInterpreter,
    KeepPackageList,
    MoveAlias,
    Prospect,
    RecreateEnv,
    RegisterKernel,
    WritePin,
)
from roost.rules.situation import Situation
from roost.rules.versions import numbers


class Work(NamedTuple):
    """What an action may need apart from its own values.

    ``alias``: is a link ``versions/<name>`` wanted (E9)? ``installer``: ``auto``, ``uv`` or ``pip``. ``fill``: called when a new env
    works, before it counts as made. ``again``: the command that a refusal tells to repeat.
    """

    situation: Situation
    layout: Layout
    narrator: Narrator
    alias: bool
    installer: str = "auto"
    fill: Callable[[], None] | None = None
    again: str = "roost up"


class Done(NamedTuple):
    """What came of an action. ``changed``: False if another roost had done it meanwhile."""

    changed: bool
    notices: tuple[str, ...] = ()
    carried: Carried | None = None


def execute(action: Action, work: Work) -> Done:
    """Raises every class of ``rules.errors``."""
    return _EXECUTORS[type(action)](action, work)


def seek(situation: Situation, layout: Layout) -> Prospect:
    """Where nothing serves the request: an interpreter on PATH (V6), or the version that pyenv would install (V4)."""
    from roost.machine import interpreters, pyenv

    project, found = situation.project, None
    if situation.source == "pyenv":
        version = pyenv.newest_known(project.request, layout, project.version_file)
    elif found := interpreters.find(project.request, layout):
        version = found.version
    else:
        raise explain.refusal(situation)
    return Prospect(version, environments.choose(version, project.env_name, layout.stores(project.request)), found)


def finish(env: Env) -> None:
    """Ends a replacement of the env that was killed at its very end."""
    if os.path.lexists(environments.aside(env.prefix)):
        from roost.machine.env_making import finish_replacement

        finish_replacement(env.prefix)


def _install(action: InstallInterpreter, work: Work) -> Done:
    from roost.machine import interpreters, pyenv

    changed = pyenv.install(action.version, work.layout, work.narrator)
    interpreter = interpreters.describe(work.layout.pyenv_store.interpreter(action.version), work.layout.environ, "pyenv")
    missing = interpreters.missing_modules(interpreter, work.layout)
    return Done(changed, tuple(f"Python {action.version} was built without {module}; for the next build: {remedy}" for module, remedy in missing))


def _create(action: CreateEnv, work: Work) -> Done:
    return _make(action.env, action.interpreter, work, replace=False)


def _recreate(action: RecreateEnv, work: Work) -> Done:
    return _make(action.env, None, work, replace=True)


def _make(env: Env, found: Interpreter | None, work: Work, *, replace: bool) -> Done:
    from roost.machine import env_making

    project, layout = work.situation.project, work.layout
    interpreter = found or _interpreter(env, work)
    if refusal := explain.too_old(env, interpreter.info):
        raise refusal
    in_pyenv = env.prefix.is_relative_to(layout.pyenv_store.path)
    alias = layout.pyenv_store.path / env.name if work.alias and in_pyenv else None
    order = env_making.BuildOrder(env, interpreter, project.request, project.root, alias, work.again)
    return Done(env_making.create(order, layout, work.narrator.step, replace=replace, fill=work.fill))


def _interpreter(env: Env, work: Work) -> Interpreter:
    """The interpreter of the env's version. An env in roost's own store may be of one of pyenv's (V9)."""
    from roost.machine import interpreters

    if work.situation.source == "pyenv":
        return interpreters.describe(work.layout.pyenv_store.interpreter(env.version), work.layout.environ, "pyenv")
    found = interpreters.find(env.version, work.layout)
    if found is None:
        message = f"there is no Python {env.version} on PATH any more"
        file = work.situation.project.version_file
        raise InterpreterUnavailable("interpreter-missing", message, advice="ask for an installed version", file=file)
    return found


def _install_dependencies(action: InstallDependencies, work: Work) -> Done:
    from roost.jobs import dependencies

    return Done(dependencies.install(action, work.situation.project.root, work.layout, work.narrator, work.installer))


def _register(action: RegisterKernel, work: Work) -> Done:
    from roost.jobs.kernel.add import register_again
    from roost.jobs.targets import Target

    target = Target(environments.inspect(action.env.prefix), work.situation.project.root)
    return Done(True, register_again(target, work.layout, work.narrator))


def _keep_list(action: KeepPackageList, _work: Work) -> Done:
    from roost.machine import upgrades

    upgrades.keep_list(action.file, (package.line for package in action.packages))
    return Done(True)


def _carry(action: CarryPackages, work: Work) -> Done:
    from roost.machine import packages
    from roost.machine.process import scratch

    env, narrator = action.env, work.narrator
    python = environments.python_version(env.prefix)
    uv = packages.pick_installer(work.installer, numbers(python), work.layout)
    narrator.step(f"installing {counted(action.packages)} into {env.prefix} with {'uv' if uv else 'pip'}")
    with scratch() as place:
        carried = packages.carry(env, action.packages, uv, work.layout.environ, place, narrator.detail)
    if carried.failed and not action.partial:
        names = ", ".join(package.name for package, _ in carried.failed)
        raise PackagesFailed(
            "packages-failed",
            f"not every package is available for Python {python}: {names}",
            advice="to go on without; the project is as it was",
            detail="\n".join(f"{package.line}: {reason}" for package, reason in carried.failed),
        )
    notices = [f"{package.line} is not available for Python {python}; version {version} was installed instead" for package, version in carried.changed]
    notices += [f"{package.line} was not installed: {reason}" for package, reason in carried.failed]
    notices += [f"some packages lack a dependency: {carried.unmet}"] if carried.unmet else []
    return Done(True, tuple(notices), carried)


def _move_alias(action: MoveAlias, work: Work) -> Done:
    from roost.machine import env_making, inventory

    if inventory.alias_of(action.before.prefix, work.layout) != action.alias:
        return Done(False)  # while the packages were installed, somebody let it lead to something else
    if env_making.move_alias(action.alias, action.env.prefix):
        return Done(True)
    return Done(False, (f"the alias {action.alias} could not be changed, and still leads to the old env",))


def _write_pin(action: WritePin, _work: Work) -> Done:
    from roost.machine import files

    file = action.file
    try:
        data = files.read_bounded(file, FILE_LIMIT)
        pin = parse_version_file(data)
        if isinstance(pin, Pin) and pin.value == action.word:
            return Done(False)
        if not isinstance(pin, Pin) or pin.value != action.before:
            raise InvalidPin("changed-meanwhile", f"{file} was changed in the meantime, so it is left as it is", command="roost status", file=file)
        files.replace_content(file, rewrite_word(data, action.word))
    except OSError as error:
        reason, remedy = files.explain(error, file)
        raise InvalidPin("unwritable", f"{file} was not changed: {reason}", advice=remedy, file=file) from error
    return Done(True)


_EXECUTORS: Final[Mapping[type[Action], Callable[[Any, Work], Done]]] = {
    InstallInterpreter: _install,
    CreateEnv: _create,
    RecreateEnv: _recreate,
    InstallDependencies: _install_dependencies,
    RegisterKernel: _register,
    KeepPackageList: _keep_list,
    CarryPackages: _carry,
    MoveAlias: _move_alias,
    WritePin: _write_pin,
}
