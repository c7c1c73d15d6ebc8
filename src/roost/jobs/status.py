"""``roost status``: what applies here and which file says so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from roost.jobs.observe import Observation, observe
from roost.jobs.register import Target, kernels_of
from roost.machine import environments, interpreters, kernels
from roost.machine.layout import Layout
from roost.machine.process import ISOLATED, ProcessFailed, run, scrubbed
from roost.rules.errors import WORK_TO_DO, EnvNotMade, InterpreterUnavailable, InvalidPin, NoProject, RoostError
from roost.rules.kernelspec import Kernel, KernelState
from roost.rules.model import OLDEST_TARGET, Problem, State
from roost.rules.plan import check_target
from roost.rules.versions import numbers

_PATIENCE: Final = 10.0  # seconds for a Python to start


@dataclass(frozen=True)
class Status:
    """``observation``: None where no valid project was found; then ``problems`` says why.

    ``hook``: the shell whose hook called, None if roost was called without it.
    """

    state: State
    problems: tuple[Problem, ...]
    hook: str | None
    observation: Observation | None = None
    executable: Path | None = None
    source: str | None = None
    made_by: str | None = None
    active: bool = False
    kernel: Kernel | None = None


def status(directory: Path, layout: Layout) -> Status:
    """Raises nothing of its own: what is wrong is part of the answer."""
    hook = layout.environ.get("ROOST_HOOK")
    try:
        observation = observe(directory, layout)
    except (NoProject, InvalidPin) as error:
        state = State.NO_PROJECT if isinstance(error, NoProject) else State.INVALID
        return Status(state, (_problem(error),), hook)
    pyenv = layout.is_pyenv_store(observation.store)
    state, problems = observation.state, _notices(observation, layout)
    executable = None
    env = observation.env
    if env is not None:
        executable = env.prefix.parent.parent / "bin" / "python" if pyenv and env.prefix.parent.name == "envs" else env.python.resolve()
    elif not pyenv:
        # Whether PATH has an interpreter decides between "make the env" and "get a Python".
        found = interpreters.find(observation.project.request, layout)
        if found is not None:
            state, executable = State.ENV_MISSING, found.executable
    if state is State.READY and env is not None and not _runs(env.python, layout):
        state = State.ENV_BROKEN
    kernel = next(iter(kernels_of(Target(env, observation.project.root), kernels.directory_of(layout))), None) if env is not None else None
    if kernel is not None and kernel.state is not KernelState.OK:
        problems = (*problems, Problem("kernel-stale", f"the kernel {kernel.name} cannot start: {kernel.reason}", "roost up --kernel", str(kernel.path)))
    if state is not State.READY:
        problems = (_explain(state, observation, pyenv=pyenv), *problems)
    return Status(
        state,
        problems,
        hook,
        observation,
        executable,
        source="pyenv" if pyenv else "path",
        made_by=environments.made_by(env.prefix) if env is not None and env.prefix.exists() else None,
        active=env is not None and _active(layout) == str(env.prefix),
        kernel=kernel,
    )


def exit_code(answer: Status) -> int:
    """0 only if ready (spec C)."""
    return {
        State.READY: 0,
        State.ENV_MISSING: WORK_TO_DO,
        State.ENV_INCOMPLETE: WORK_TO_DO,
        State.ENV_BROKEN: EnvNotMade.code,
        State.INTERPRETER_MISSING: InterpreterUnavailable.code,
        State.INVALID: InvalidPin.code,
        State.NO_PROJECT: NoProject.code,
    }[answer.state]


def _active(layout: Layout) -> str | None:
    return layout.environ.get("VIRTUAL_ENV", "").rstrip("/") or None


def _runs(python: Path, layout: Layout) -> bool:
    try:
        run([python, *ISOLATED, "-S", "-c", ""], scrubbed(layout.environ), timeout=_PATIENCE)
    except ProcessFailed:
        return False
    return True


def _problem(error: RoostError) -> Problem:
    return Problem(error.slug, error.message, error.hint, error.file)


def _explain(state: State, observation: Observation, *, pyenv: bool) -> Problem:
    project = observation.project
    if state is State.INTERPRETER_MISSING:
        message, hint = (f"Python {project.request} is not installed", "roost up") if pyenv else interpreters.nowhere(project.request)
        return Problem(state.value, message, hint, str(project.version_file))
    prefix = observation.env.prefix if observation.env else None
    message, hint = {
        State.ENV_MISSING: (f"the env {project.env_name} is not there yet", "roost up"),
        State.ENV_INCOMPLETE: (f"the env {project.env_name} is half-made", "roost up"),
        State.ENV_BROKEN: (f"the env {project.env_name} is broken: its Python does not run", "roost up --recreate"),
    }[state]
    if state is State.ENV_MISSING and observation.env is not None:
        try:
            check_target(observation.env, numbers(observation.resolution.version or "") or OLDEST_TARGET)
        except EnvNotMade as error:
            message, hint = error.message, error.hint
    return Problem(state.value, message, hint, str(prefix or project.name_file))


def _notices(observation: Observation, layout: Layout) -> tuple[Problem, ...]:
    """What does not keep the project from being ready, but surprises (F14, V3, H10)."""
    notices = []
    if wanted := layout.environ.get("PYENV_VERSION"):
        notices.append(Problem("pyenv-version-set", f"PYENV_VERSION is {wanted!a}; roost follows the files", "unset PYENV_VERSION"))
    if observation.resolution.newer is not None:
        notices.append(
            Problem(
                "newer-interpreter",
                f"Python {observation.resolution.newer} is installed too; the env stays with {observation.resolution.version}",
                f"to move it, write {observation.resolution.newer} into the file and type: roost up",
                str(observation.project.version_file),
            )
        )
    active = _active(layout)
    if active and (observation.env is None or active != str(observation.env.prefix)):
        notices.append(Problem("other-env-active", f"the env {active!a} is active here, not the project's", "roost activate"))
    return tuple(notices)
