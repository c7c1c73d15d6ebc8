"""One function for each class of action: what ``up`` planned is done here, one action after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from roost.machine import environments, interpreters, pyenv
from roost.machine.layout import Layout
from roost.rules import explain
from roost.rules.errors import InterpreterUnavailable
from roost.rules.model import Env, Interpreter, Narrator
from roost.rules.plan import Action, CreateEnv, InstallInterpreter, RecreateEnv, RegisterKernel
from roost.rules.situation import Situation


class Work(NamedTuple):
    """What every action may need beside itself. ``alias``: is a link ``versions/<name>`` wanted (E9)?"""

    situation: Situation
    layout: Layout
    narrator: Narrator
    alias: bool


class Done(NamedTuple):
    """What came of an action. ``changed``: False if another roost had done it meanwhile."""

    changed: bool
    notices: tuple[str, ...] = ()


def execute(action: Action, work: Work) -> Done:
    """Raises every class of ``rules.errors``."""
    return _EXECUTORS[type(action)](action, work)


def _install(action: InstallInterpreter, work: Work) -> Done:
    changed = pyenv.install(action.version, work.layout, work.narrator)
    interpreter = interpreters.describe(work.layout.pyenv_store.interpreter(action.version), work.layout.environ, "pyenv")
    missing = interpreters.missing_modules(interpreter, work.layout)
    return Done(changed, tuple(f"Python {action.version} was built without {module}; for the next build: {remedy}" for module, remedy in missing))


def _create(action: CreateEnv, work: Work) -> Done:
    return _make(action.env, action.interpreter, work, replace=False)


def _recreate(action: RecreateEnv, work: Work) -> Done:
    return _make(action.env, None, work, replace=True)


def _make(env: Env, found: Interpreter | None, work: Work, *, replace: bool) -> Done:
    project, layout = work.situation.project, work.layout
    interpreter = found or _interpreter(env, work)
    if refusal := explain.too_old(env, interpreter.info):
        raise refusal
    in_pyenv = env.prefix.is_relative_to(layout.pyenv_store.path)
    alias = layout.pyenv_store.path / env.name if work.alias and in_pyenv else None
    order = environments.BuildOrder(env, interpreter, project.request, project.root, alias)
    return Done(environments.create(order, layout, work.narrator.step, replace=replace))


def _interpreter(env: Env, work: Work) -> Interpreter:
    """The interpreter of the env's version. An env in roost's own store may be of one of pyenv's (V9)."""
    if work.situation.source == "pyenv":
        return interpreters.describe(work.layout.pyenv_store.interpreter(env.version), work.layout.environ, "pyenv")
    found = interpreters.find(env.version, work.layout)
    if found is None:
        message = f"there is no Python {env.version} on PATH any more"
        file = work.situation.project.version_file
        raise InterpreterUnavailable("interpreter-missing", message, advice="ask for a version that is there", file=file)
    return found


def _register(action: RegisterKernel, work: Work) -> Done:
    from roost.jobs import kernel_add, targets  # here: the hook's call needs none of it

    target = targets.Target(environments.inspect(action.env.prefix), work.situation.project.root)
    return Done(True, kernel_add.register_again(target, work.layout, work.narrator))


_EXECUTORS: Final[Mapping[type[Action], Callable[[Any, Work], Done]]] = {
    InstallInterpreter: _install,
    CreateEnv: _create,
    RecreateEnv: _recreate,
    RegisterKernel: _register,
}
