"""What keeps a project from being ready, in words: the same for ``status``, ``up`` and the hook (H12)."""

from __future__ import annotations

from roost.rules.errors import EnvNotMade, InterpreterUnavailable, RoostError, to_type
from roost.rules.model import NAME_FILE, OLDEST_TARGET, PYENV_PAGE, Env, State
from roost.rules.situation import Situation
from roost.rules.versions import numbers


def refusal(situation: Situation, state: State | None = None) -> RoostError:
    """Why the project is not ready. ``state``: by a closer look than the situation's own."""
    state = state or situation.state
    if state is State.INTERPRETER_MISSING:
        return _interpreter_missing(situation)
    project, env = situation.project, situation.env
    if state is State.ENV_MISSING and env is not None and (old := too_old(env, numbers(env.version))):
        return old
    what, flag = {
        State.ENV_MISSING: ("does not exist yet", None),
        State.ENV_INCOMPLETE: ("is half-made", None),
        State.ENV_BROKEN: ("is broken: its Python does not run", "--recreate"),  # only on request, because it may hold work
    }[state]
    command = to_type("roost", "up", situation.elsewhere, flag)
    where = project.name_file if env is None else env.prefix
    return EnvNotMade(state.value, f"the env {project.env_name} {what}", command=command, file=where)


def _interpreter_missing(situation: Situation) -> InterpreterUnavailable:
    request = situation.project.request
    message, command, advice = f"Python {request} is not installed", to_type("roost", "up", situation.elsewhere), ""
    if situation.source == "path":
        message = f"there is no Python {request} on PATH, and no pyenv to install it"
        command, advice = "", f"install pyenv ({PYENV_PAGE}), or ask for an installed version"
    elif not situation.pyenv:
        message += ", and there is no pyenv to install it"
        command, advice = "", f"install pyenv: {PYENV_PAGE}"
    return InterpreterUnavailable("interpreter-missing", message, command=command, advice=advice, file=situation.project.version_file)


def too_old(env: Env, release: tuple[int, ...]) -> EnvNotMade | None:
    """Why roost makes no env for that Python: virtualenv and ensurepip do not reach back as far (E2). None if it does."""
    if not release or release >= OLDEST_TARGET:
        return None
    version = ".".join(map(str, release))
    command = f"pyenv virtualenv {env.version} {env.name}"
    return EnvNotMade("env-missing", f"roost cannot make an env for Python {version}", command=command, file=env.prefix)


def env_by_itself(situation: Situation, env: Env) -> EnvNotMade:
    """An env of pyenv-virtualenv's that is a directory of versions/ itself: no interpreter to make it from (F13)."""
    again = to_type("roost", "up", situation.elsewhere)
    return EnvNotMade(
        "env-by-itself",
        f"the env {env.prefix} is not inside the directory of an interpreter, so roost cannot rebuild it",
        advice=f"write a version such as 3.12.1 into {situation.project.version_file} and {env.name} into {NAME_FILE}, then type: {again}",
        file=env.prefix,
    )
