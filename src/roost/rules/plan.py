"""From what is there to the actions that make an env ready, in order. The same input gives the same plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from roost.rules import explain
from roost.rules.freeze import Package, counted
from roost.rules.model import Env, EnvState, Interpreter, State
from roost.rules.situation import Situation
from roost.rules.versions import numbers

if TYPE_CHECKING:
    from roost.rules.dependencies import Source


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
        return f"replace the env {self.env.prefix} with a new one"


class InstallDependencies(NamedTuple):
    """Install into the env what the project's files say it needs (D)."""

    env: Env
    source: Source

    def describe(self) -> str:
        return f"install from {self.source.describe()} into {self.env.prefix}"


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
        return f"keep the list of {counted(self.packages)} in {self.file}"


class CarryPackages(NamedTuple):
    """Install the packages of the old env into the new one. ``partial``: go on without those that cannot be had."""

    env: Env
    packages: tuple[Package, ...]
    partial: bool = False

    def describe(self) -> str:
        return f"install {counted(self.packages)} into {self.env.prefix}"


class MoveAlias(NamedTuple):
    """Let the link that leads to the env ``before`` lead to ``env``."""

    alias: Path
    before: Env
    env: Env

    def describe(self) -> str:
        return f"point the alias {self.alias} to {self.env.prefix}"


class WritePin(NamedTuple):
    """Write ``word`` into a project file, in the place of ``before``; everything else in the file stays."""

    file: Path
    word: str
    before: str

    def describe(self) -> str:
        return f"write {self.word} into {self.file}"


Action = InstallInterpreter | CreateEnv | RecreateEnv | InstallDependencies | RegisterKernel | KeepPackageList | CarryPackages | MoveAlias | WritePin


class Options(NamedTuple):
    """What the caller asked for beyond the files.

    ``create``: may an env be made? ``kernel``, ``deps``: None leaves it to the settings. ``installer``: ``auto``,
    ``uv`` or ``pip``.
    """

    install_interpreter: bool = True
    create: bool = True
    recreate: bool = False
    kernel: bool | None = None
    deps: bool | None = None
    installer: str = "auto"


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


class Wishes(Protocol):
    """What is wanted of an env beyond its being ready."""

    def kernel(self, env: Env) -> bool | None:
        """Is the env's kernel as it should be? None if none is wanted."""

    def dependencies(self, env: Env) -> Outstanding | None:
        """What the project's files say it needs; None if that is not wanted, or nothing."""


class Outstanding(NamedTuple):
    """What is to be installed into an env. ``current``: it was, and nothing of it has changed since (D3)."""

    source: Source
    current: bool


def make_plan(situation: Situation, options: Options, seek: Callable[[], Prospect], wishes: Wishes) -> Plan:
    """``seek`` asks pyenv, or looks through PATH, for an interpreter. It and the ``wishes`` take their time, and are
    asked only if the answer matters.

    Raises InterpreterUnavailable for an interpreter that would have to be installed and must not be, EnvNotMade
    for an env that cannot be made, or must not be without a further word.
    """
    actions: list[Action] = []
    env, interpreter = situation.env, None
    if env is None:
        version, env, interpreter = _sought(situation, options, seek)
        if situation.source == "pyenv":
            actions.append(InstallInterpreter(version))
    if make := _making(situation._replace(env=env), env, interpreter, options):
        actions.append(make)
    elif env.state is EnvState.BROKEN and not actions:
        raise explain.refusal(situation)
    return Plan(env, (*actions, *_fill(env, wishes, new=bool(actions))))


def _sought(situation: Situation, options: Options, seek: Callable[[], Prospect]) -> Prospect:
    """What will serve the request, which nothing serves now. Raises as ``make_plan`` does."""
    if situation.source == "pyenv" and not (options.install_interpreter and situation.pyenv):
        raise explain.refusal(situation)
    if not options.create:
        raise explain.refusal(situation, State.ENV_MISSING)
    return seek()


def _making(situation: Situation, env: Env, interpreter: Interpreter | None, options: Options) -> CreateEnv | RecreateEnv | None:
    """How the env is made, None if it is not. Raises EnvNotMade if it cannot be, or must not."""
    if options.recreate and env.state in {EnvState.READY, EnvState.BROKEN}:
        action: CreateEnv | RecreateEnv = RecreateEnv(env)
    elif env.state in {EnvState.MISSING, EnvState.INCOMPLETE}:
        action = CreateEnv(env, interpreter)
    else:
        return None
    if not options.create:
        raise explain.refusal(situation)
    # Refuse now rather than after a long build. The name of a PyPy does not say which Python it implements, so it is checked after the installation.
    if refusal := explain.too_old(env, numbers(env.version)):
        raise refusal
    if situation.project.named is not None and not env.version:
        raise explain.env_by_itself(situation, env)
    return action


def _fill(env: Env, wishes: Wishes, *, new: bool) -> Iterator[Action]:
    """What goes into the env once it is there. One that is ``new`` holds nothing, whatever was in the one before it."""
    dependencies = wishes.dependencies(env)
    if dependencies is not None and (new or not dependencies.current):
        yield InstallDependencies(env, dependencies.source)
    current = wishes.kernel(env)
    if current is not None and (new or not current):
        yield RegisterKernel(env)
