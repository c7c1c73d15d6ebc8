"""From what is there to what is to be done. Same input, same plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from roost.rules import explain
from roost.rules.freeze import Package
from roost.rules.model import Env, EnvState, Interpreter, State
from roost.rules.situation import Situation
from roost.rules.versions import numbers


class InstallInterpreter(NamedTuple):
    """Let pyenv install this full version."""

    version: str

    def describe(self) -> str:
        return f"install Python {self.version} through pyenv"


class CreateEnv(NamedTuple):
    """Make the env; a half-made one is removed first. ``interpreter``: from which, if that is known by now."""

    env: Env
    interpreter: Interpreter | None = None

    def describe(self) -> str:
        return f"make the env {self.env.prefix}"


class RecreateEnv(NamedTuple):
    """Replace the env by a new one, and give the old one back if that fails."""

    env: Env

    def describe(self) -> str:
        return f"replace the env {self.env.prefix} by a new one"


class RegisterKernel(NamedTuple):
    """Register the Jupyter kernel of the env, with ipykernel in it; or repair the one that is there."""

    env: Env

    def describe(self) -> str:
        return f"register the Jupyter kernel of {self.env.prefix}"


class KeepPackageList(NamedTuple):
    """Write down what is installed in the old env."""

    file: Path
    packages: tuple[Package, ...]

    def describe(self) -> str:
        return f"keep the list of {len(self.packages)} packages in {self.file}"


class CarryPackages(NamedTuple):
    """Install the packages of the old env into the new one. ``partial``: go on without those that cannot be had."""

    env: Env
    packages: tuple[Package, ...]
    partial: bool = False

    def describe(self) -> str:
        return f"bring {len(self.packages)} packages into {self.env.prefix}"


class MoveAlias(NamedTuple):
    """Let the link that leads to the old env lead to the new one."""

    alias: Path
    env: Env

    def describe(self) -> str:
        return f"let {self.alias} lead to {self.env.prefix}"


class WritePin(NamedTuple):
    """Write ``word`` into a project file, in the place of ``before``; everything else in the file stays."""

    file: Path
    word: str
    before: str

    def describe(self) -> str:
        return f"write {self.word} into {self.file}"


Action = InstallInterpreter | CreateEnv | RecreateEnv | RegisterKernel | KeepPackageList | CarryPackages | MoveAlias | WritePin


class Options(NamedTuple):
    """What the caller asked for beyond the files. ``create``: may an env be made? ``kernel``: None leaves it to the settings."""

    install_interpreter: bool = True
    create: bool = True
    recreate: bool = False
    kernel: bool | None = None


class Prospect(NamedTuple):
    """What would serve a request that nothing serves now: a version, and the place of its env.

    ``interpreter``: one that was found on PATH; None for one that pyenv would install.
    """

    version: str
    env: Env
    interpreter: Interpreter | None = None


class Plan(NamedTuple):
    """The actions that bring ``env`` to ready, in order; none if it is."""

    env: Env
    actions: tuple[Action, ...]


def make_plan(situation: Situation, options: Options, seek: Callable[[], Prospect], kernel: Callable[[Env], bool | None]) -> Plan:
    """``seek`` asks pyenv, or looks through PATH, for an interpreter. ``kernel`` says whether the env's kernel is
    as it should be, None if none is wanted. Both take their time, and are asked only if the answer matters.

    Raises InterpreterUnavailable for an interpreter that would have to be installed and must not be, EnvNotMade
    for an env that cannot be made, or must not be without a further word.
    """
    env = situation.env
    actions: list[Action] = []
    interpreter = None
    if env is None:
        if situation.source == "pyenv" and not (options.install_interpreter and situation.pyenv):
            raise explain.refusal(situation)
        if not options.create:
            raise explain.refusal(situation, State.ENV_MISSING)
        version, env, interpreter = seek()
        if situation.source == "pyenv":
            actions.append(InstallInterpreter(version))
    situation = situation._replace(env=env)
    if options.recreate and env.state in {EnvState.READY, EnvState.BROKEN}:
        actions.append(RecreateEnv(env))
    elif env.state in {EnvState.MISSING, EnvState.INCOMPLETE}:
        actions.append(CreateEnv(env, interpreter))
    elif env.state is EnvState.BROKEN and not actions:
        raise explain.refusal(situation)
    if any(isinstance(action, CreateEnv | RecreateEnv) for action in actions):
        if not options.create:
            raise explain.refusal(situation)
        # By its name, before anything is installed; another implementation says its own when it is asked.
        if refusal := explain.too_old(env, numbers(env.version)):
            raise refusal
    if actions and situation.project.named is not None and not env.version:
        raise explain.env_by_itself(situation, env)
    current = kernel(env)
    if current is not None and (actions or not current):
        actions.append(RegisterKernel(env))
    return Plan(env, tuple(actions))
