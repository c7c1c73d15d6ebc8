"""``roost status``: what applies here and which file says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from roost.jobs.kernel.present import kernels_of
from roost.jobs.observe import observe
from roost.jobs.targets import Target
from roost.machine import environments, jupyter, settings
from roost.machine.layout import Layout
from roost.machine.process import ISOLATED, ProcessFailed, run, scrubbed
from roost.rules import explain
from roost.rules.errors import WORK_TO_DO, EnvNotMade, InterpreterUnavailable, InvalidPin, NoProject, PackagesFailed, RoostError, to_type
from roost.rules.kernelspec import Kernel, KernelState
from roost.rules.model import Problem, State
from roost.rules.situation import Situation
from roost.rules.upgrade import upgrade_command

_PATIENCE: Final = 10.0  # seconds for a Python to start


class Status(NamedTuple):
    """``situation``: None where no valid project was found; then ``problems`` says why.

    ``hook``: the shell whose hook called, None if roost was called without it.
    """

    state: State
    problems: tuple[Problem, ...]
    hook: str | None
    situation: Situation | None = None
    executable: Path | None = None
    source: str | None = None
    made_by: str | None = None
    active: bool = False
    kernel: Kernel | None = None
    dependencies: Dependencies | None = None


class Dependencies(NamedTuple):
    """What the project's files say it needs (D3). ``state``: ``ok``, ``stale`` if a file changed since, or ``missing``."""

    source: str
    tool: str | None
    state: str


def status(directory: Path, layout: Layout) -> Status:
    """Raises nothing of its own: what is wrong is part of the answer."""
    hook = layout.environ.get("ROOST_HOOK")
    try:
        situation = observe(directory, layout)
    except (NoProject, InvalidPin, EnvNotMade) as error:
        state = {NoProject: State.NO_PROJECT, InvalidPin: State.INVALID, EnvNotMade: State.ENV_BROKEN}[type(error)]
        return Status(state, (problem_of(error),), hook)
    env, root = situation.env, situation.project.root
    state, executable = _closer_look(situation, layout)
    kernel = next(iter(kernels_of(Target(env, root), jupyter.directory_of(layout))), None) if env is not None else None
    dependencies, unknown = _dependencies(situation, layout)
    why_not = (problem_of(explain.refusal(situation, state)),) if state is not State.READY else ()
    stale = _about_dependencies(dependencies, situation.elsewhere) if state is State.READY else ()
    problems = (*why_not, *_notices(situation, layout), *_about_kernel(kernel, situation.elsewhere), *unknown, *stale)
    return Status(
        state,
        problems,
        hook,
        situation,
        executable,
        source=situation.source,
        made_by=environments.made_by(env.prefix) if env is not None and env.prefix.exists() else None,
        active=env is not None and _active(layout) == str(env.prefix),
        kernel=kernel,
        dependencies=dependencies,
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


def _closer_look(situation: Situation, layout: Layout) -> tuple[State, Path | None]:
    """The state by what runs and what is on PATH, and the interpreter that the env has, or would have."""
    state, env = situation.state, situation.env
    if env is not None:
        in_pyenv = situation.source == "pyenv" and env.version
        executable = layout.pyenv_store.interpreter(env.version) if in_pyenv else env.python.resolve()
        return State.ENV_BROKEN if state is State.READY and not _runs(env.python, layout) else state, executable
    if situation.source == "pyenv":
        return state, None
    # Whether PATH has an interpreter decides between "make the env" and "get a Python".
    from roost.machine import interpreters  # here: it takes longer to import than all the rest

    found = interpreters.find(situation.project.request, layout)
    return (state, None) if found is None else (State.ENV_MISSING, found.executable)


def _about_kernel(kernel: Kernel | None, elsewhere: Path | None) -> Iterator[Problem]:
    if kernel is not None and kernel.state is not KernelState.OK:
        message = f"the kernel {kernel.name} cannot start: {kernel.reason}"
        yield Problem("kernel-stale", message, command=to_type("roost", "up", elsewhere, "--kernel"), file=str(kernel.path))


def _about_dependencies(needed: Dependencies | None, elsewhere: Path | None) -> Iterator[Problem]:
    if needed is not None and needed.state != "ok":
        what = "changed since it was installed" if needed.state == "stale" else "is not installed"
        yield Problem(f"dependencies-{needed.state}", f"{needed.source} {what}", command=to_type("roost", "up", elsewhere, "--deps"))


def _dependencies(situation: Situation, layout: Layout) -> tuple[Dependencies | None, tuple[Problem, ...]]:
    """Nothing where nobody asks for them, by the settings or an earlier ``up --deps``; or why it cannot be told."""
    root, env = situation.project.root, situation.env
    noted = environments.noted_dependencies(env.prefix).get(str(root)) if env is not None else None
    try:
        deps = settings.read(root, layout).deps
        if env is None or not (deps or (noted and deps is None)):
            return None, ()
        from roost.jobs import dependencies  # here: it loads what reads the files of a dozen tools

        found = dependencies.find(root, deps or True, env)
    except (InvalidPin, PackagesFailed) as error:
        return None, (problem_of(error),)
    if found is None:
        return None, ()
    tool = noted["tool"] if noted else None
    return Dependencies(found.source.describe(), tool, "ok" if found.current else "stale" if noted else "missing"), ()


def _active(layout: Layout) -> str | None:
    return layout.environ.get("VIRTUAL_ENV", "").rstrip("/") or None


def _runs(python: Path, layout: Layout) -> bool:
    try:
        run([python, *ISOLATED, "-B", "-S", "-c", ""], scrubbed(layout.environ), timeout=_PATIENCE)
    except ProcessFailed:
        return False
    return True


def problem_of(error: RoostError) -> Problem:
    """A refusal as an entry of ``problems``."""
    return Problem(error.slug, error.message, error.command, error.advice, error.file)


def _notices(situation: Situation, layout: Layout) -> tuple[Problem, ...]:
    """What does not keep the project from being ready, but surprises (F14, V3, H10)."""
    notices = []
    if wanted := layout.environ.get("PYENV_VERSION"):
        notices.append(Problem("pyenv-version-set", f"PYENV_VERSION is {wanted!a}; roost follows the files", command="unset PYENV_VERSION"))
    if situation.resolution.newer is not None:
        notices.append(
            Problem(
                "newer-interpreter",
                f"Python {situation.resolution.newer} is installed too; the env stays with {situation.resolution.version}",
                command=upgrade_command(situation.elsewhere, situation.resolution.newer),
                file=str(situation.project.version_file),
            )
        )
    active = _active(layout)
    if active and situation.elsewhere is None and (situation.env is None or active != str(situation.env.prefix)):
        notices.append(Problem("other-env-active", f"the env {active!a} is active here, not the project's", command="roost activate"))
    return tuple(notices)
