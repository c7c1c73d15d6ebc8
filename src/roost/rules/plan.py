"""From what was observed to what is to be done. Same input, same plan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from roost.rules.errors import EnvNotMade, InterpreterUnavailable
from roost.rules.model import OLDEST_TARGET, Env, EnvState
from roost.rules.versions import numbers


@dataclass(frozen=True)
class InstallInterpreter:
    """Let pyenv install this full version."""

    version: str

    def describe(self) -> str:
        return f"install Python {self.version} through pyenv"


@dataclass(frozen=True)
class CreateEnv:
    """Make the env; one that is half-made is made anew."""

    prefix: Path

    def describe(self) -> str:
        return f"make the env {self.prefix}"


@dataclass(frozen=True)
class RecreateEnv:
    """Make the env anew, and give the old one back if that fails."""

    prefix: Path

    def describe(self) -> str:
        return f"make the env {self.prefix} anew"


@dataclass(frozen=True)
class RegisterKernel:
    """Register the Jupyter kernel of the env, with ipykernel in it; or mend the one that is there."""

    prefix: Path

    def describe(self) -> str:
        return f"register the Jupyter kernel of {self.prefix}"


Action = InstallInterpreter | CreateEnv | RecreateEnv | RegisterKernel


@dataclass(frozen=True)
class Wishes:
    """What the caller asked for beyond the files. ``kernel``: None leaves it to the settings."""

    install_interpreter: bool = True
    recreate: bool = False
    kernel: bool | None = None


@dataclass(frozen=True)
class Observed:
    """What the plan is made from. ``env`` is where the env is or will be.

    ``installable``: the full version that pyenv would install; None if the interpreter is there.
    ``kernel``: is the env's kernel registered as it should be; None if none is wanted.
    """

    env: Env
    request: str
    version_file: Path
    installable: str | None
    kernel: bool | None = None


def check_target(env: Env, release: tuple[int, ...]) -> None:
    """Raises EnvNotMade for a Python that is older than virtualenv and ensurepip go (E2)."""
    if release < OLDEST_TARGET:
        version = ".".join(map(str, release))
        raise EnvNotMade("interpreter-too-old", f"roost makes no env for Python {version}", f"pyenv virtualenv {env.prefix.parent.parent.name} {env.name}")


def make_plan(observed: Observed, wishes: Wishes) -> tuple[Action, ...]:
    """The actions that bring the env to ready, in order; empty if there is nothing to do.

    Raises InterpreterUnavailable where an interpreter would be installed and must not, EnvNotMade for
    a broken env, which is made anew only on request: it may hold work.
    """
    actions: list[Action] = []
    if observed.installable is not None:
        if not wishes.install_interpreter:
            raise InterpreterUnavailable(
                "interpreter-missing",
                f"Python {observed.request} is not installed",
                f"pyenv install {observed.installable}",
                str(observed.version_file),
            )
        actions.append(InstallInterpreter(observed.installable))
    if wishes.recreate and observed.env.state in {EnvState.READY, EnvState.BROKEN}:
        actions.append(RecreateEnv(observed.env.prefix))
    elif observed.env.state in {EnvState.MISSING, EnvState.INCOMPLETE}:
        actions.append(CreateEnv(observed.env.prefix))
    elif observed.env.state is EnvState.BROKEN and not actions:
        raise EnvNotMade(
            "env-broken",
            f"the env {observed.env.prefix} is broken: its Python does not run",
            "roost up --recreate",
            str(observed.env.prefix),
        )
    if any(isinstance(action, CreateEnv | RecreateEnv) for action in actions):
        # By its name, before anything is installed; another implementation says its own when it is asked.
        named = numbers(observed.env.prefix.parent.parent.name)
        if named:
            check_target(observed.env, named)
    if observed.kernel is not None and (actions or not observed.kernel):
        actions.append(RegisterKernel(observed.env.prefix))
    return tuple(actions)
