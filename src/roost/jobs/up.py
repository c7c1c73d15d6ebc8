"""``roost up``: plan, lock, look again, make, check (E)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from roost.jobs.observe import Observation, env_path, observe
from roost.machine import environments, interpreters, pyenv
from roost.machine.layout import Layout
from roost.rules.errors import EnvNotMade, InterpreterUnavailable
from roost.rules.model import NAME_FILE, Env, Interpreter, Project
from roost.rules.plan import Action, CreateEnv, InstallInterpreter, Observed, RegisterKernel, Wishes, check_target, make_plan


@dataclass(frozen=True)
class Result:
    """What ``up`` did, or with ``dry_run`` would do. ``notices``: what the user should know beside."""

    project: Project
    env: Env
    actions: tuple[Action, ...]
    notices: tuple[str, ...] = ()


def up(directory: Path, layout: Layout, wishes: Wishes, narrator: pyenv.Narrator, *, link: bool = True, dry_run: bool = False) -> Result:
    """Makes sure that the project's interpreter and env exist.

    ``narrator`` hears of steps while they are taken. Raises every class of ``rules.errors``.
    """
    observation = observe(directory, layout)
    project = observation.project
    found, installable = (None, None) if observation.env is not None else _seek(observation, layout)
    env = observation.env or _future_env(observation, found, installable)
    actions = make_plan(Observed(env, project.request, project.version_file, installable, _kernel(project, env, wishes, layout)), wishes)
    if any(not isinstance(action, RegisterKernel) for action in actions) and project.named is not None and env.prefix.parent.name != "envs":
        raise EnvNotMade(
            "env-by-itself",
            f"the env {env.prefix} does not lie below an interpreter, so roost cannot make it anew",
            f"write a version such as 3.12.1 into {project.version_file} and {env.name} into {NAME_FILE}, then: roost up",
            str(env.prefix),
        )
    if dry_run:
        return Result(project, env, actions)
    notices: list[str] = []
    interpreter = found
    for action in actions:
        if isinstance(action, InstallInterpreter):
            pyenv.install(action.version, layout, narrator)
            interpreter = interpreters.describe(_executable(observation.store, action.version), layout.environ, "pyenv")
            notices += [
                f"Python {action.version} was built without {module}; for the next build: {remedy}"
                for module, remedy in interpreters.missing_modules(interpreter, layout)
            ]
        elif isinstance(action, RegisterKernel):
            notices += _register(project, env, layout, narrator)
        else:
            interpreter = interpreter or _interpreter(observation, env, layout)
            check_target(env, interpreter.info)
            order = environments.Order(env, interpreter, project.request, project.root, _alias(observation, env, layout) if link else None)
            environments.create(order, layout, narrator.step, anew=not isinstance(action, CreateEnv))
    environments.settle(env.prefix)
    env = environments.inspect(env.prefix, env.name)
    environments.note_project(env.prefix, project.root)
    return Result(project, env, actions, tuple(notices))


def _kernel(project: Project, env: Env, wishes: Wishes, layout: Layout) -> bool | None:
    """Is the project's kernel as it should be? None if there is none and none is wanted. One that was registered is kept."""
    if wishes.kernel is False:
        return None
    from roost.jobs import register  # here and below: the hook's call needs none of it
    from roost.machine import kernels, settings

    target = register.Target(env, project.root)
    present = register.kernels_of(target, kernels.directory_of(layout))
    wanted = settings.read(project.root, layout).kernel if wishes.kernel is None else wishes.kernel
    if wanted or (present and wanted is None):
        return bool(present) and all(register.is_current(kernel, target) for kernel in present)
    return None


def _register(project: Project, env: Env, layout: Layout, narrator: pyenv.Narrator) -> list[str]:
    from roost.jobs import register
    from roost.machine import kernels

    target = register.Target(environments.inspect(env.prefix, env.name), project.root)
    present = register.kernels_of(target, kernels.directory_of(layout))
    notices = []
    names: list[str | None] = [kernel.name for kernel in present if not register.is_current(kernel, target)]
    for name in names or [None]:
        added = register.add(target, register.Options(name=name), layout, narrator)
        notices += [*added.notices, f"kernel {added.kernel.name} is registered as {added.kernel.display_name!r} ({added.kernel.path})"]
    return notices


def _seek(observation: Observation, layout: Layout) -> tuple[Interpreter | None, str | None]:
    """Where nothing serves the request: an interpreter on PATH (V6), or the version that pyenv would install (V4)."""
    request = observation.project.request
    if layout.is_pyenv_store(observation.store):
        return None, pyenv.newest_known(request, layout, observation.project.version_file)
    found = interpreters.find(request, layout)
    if found is None:
        raise InterpreterUnavailable(
            "interpreter-missing",
            *interpreters.nowhere(request),
            str(observation.project.version_file),
        )
    return found, None


def _future_env(observation: Observation, found: Interpreter | None, installable: str | None) -> Env:
    version = installable or (found.version if found else observation.project.request)
    return environments.inspect(env_path(observation.store, version, observation.project.env_name), observation.project.env_name)


def _interpreter(observation: Observation, env: Env, layout: Layout) -> Interpreter:
    version = env.prefix.parent.parent.name
    if layout.is_pyenv_store(observation.store):
        return interpreters.describe(_executable(observation.store, version), layout.environ, "pyenv")
    found = interpreters.find(version, layout)
    if found is None:
        message = f"there is no Python {version} on PATH any more"
        raise InterpreterUnavailable("interpreter-missing", message, "ask for a version that is there", str(observation.project.version_file))
    return found


def _executable(store: Path, version: str) -> Path:
    return store / version / "bin" / "python"


def _alias(observation: Observation, env: Env, layout: Layout) -> Path | None:
    return observation.store / env.name if layout.is_pyenv_store(observation.store) else None
