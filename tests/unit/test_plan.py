"""From what was observed to what is to be done (E3, E7, E8, V4; exit codes of spec C)."""

from __future__ import annotations

from pathlib import Path

import pytest

from roost.rules.errors import EnvNotMade, InterpreterUnavailable
from roost.rules.model import Env, EnvState
from roost.rules.plan import Action, CreateEnv, InstallInterpreter, Observed, RecreateEnv, RegisterKernel, Wishes, make_plan

PREFIX = Path("/pyenv/versions/3.12.1/envs/shop")
FILE = Path("/work/shop/.python-version")
INSTALL, CREATE, ANEW = InstallInterpreter("3.12.1"), CreateEnv(PREFIX), RecreateEnv(PREFIX)


def _observed(state: EnvState, installable: str | None = None) -> Observed:
    return Observed(Env("shop", PREFIX, state), "3.12", FILE, installable)


@pytest.mark.parametrize(
    ("state", "installable", "recreate", "plan"),
    [
        (EnvState.READY, None, False, ()),
        (EnvState.MISSING, None, False, (CREATE,)),
        (EnvState.INCOMPLETE, None, False, (CREATE,)),
        (EnvState.READY, None, True, (ANEW,)),
        (EnvState.BROKEN, None, True, (ANEW,)),
        (EnvState.MISSING, None, True, (CREATE,)),
        (EnvState.INCOMPLETE, None, True, (CREATE,)),
        (EnvState.MISSING, "3.12.1", False, (INSTALL, CREATE)),
        (EnvState.INCOMPLETE, "3.12.1", False, (INSTALL, CREATE)),
        # The env outlived its interpreter: the interpreter alone mends it.
        (EnvState.BROKEN, "3.12.1", False, (INSTALL,)),
        (EnvState.READY, "3.12.1", False, (INSTALL,)),
        (EnvState.BROKEN, "3.12.1", True, (INSTALL, ANEW)),
    ],
)
def test_plan(state: EnvState, installable: str | None, recreate: bool, plan: tuple[Action, ...]) -> None:
    """E3, E7, E8, V4; the same input gives the same plan."""
    observed, wishes = _observed(state, installable), Wishes(recreate=recreate)
    assert make_plan(observed, wishes) == plan
    assert make_plan(observed, wishes) == plan


@pytest.mark.parametrize("state", EnvState)
@pytest.mark.parametrize("recreate", [False, True])
def test_an_interpreter_that_must_not_be_installed(state: EnvState, recreate: bool) -> None:
    """V4, exit 5: says what would have been installed and which file asked for it."""
    with pytest.raises(InterpreterUnavailable) as refusal:
        make_plan(_observed(state, "3.12.1"), Wishes(install_interpreter=False, recreate=recreate))
    assert refusal.value.code == 5
    assert refusal.value.hint == "pyenv install 3.12.1"
    assert refusal.value.file == str(FILE)


@pytest.mark.parametrize("state", [state for state in EnvState if state is not EnvState.BROKEN])
def test_an_interpreter_that_is_there_needs_no_leave(state: EnvState) -> None:
    """V4: --no-interpreter forbids nothing that is not to be done."""
    assert InstallInterpreter not in {type(action) for action in make_plan(_observed(state), Wishes(install_interpreter=False))}


def test_a_broken_env_is_not_made_anew_unasked() -> None:
    """E3, E8, exit 6: it may hold work."""
    with pytest.raises(EnvNotMade) as refusal:
        make_plan(_observed(EnvState.BROKEN), Wishes())
    assert refusal.value.code == 6
    assert refusal.value.hint == "roost up --recreate"


@pytest.mark.parametrize("action", [INSTALL, CREATE, ANEW])
def test_actions_say_what_they_do(action: Action) -> None:
    """Spec C: ``--dry-run`` prints the plan."""
    assert ("3.12.1" if action is INSTALL else str(PREFIX)) in action.describe()
    assert len({INSTALL.describe(), CREATE.describe(), ANEW.describe()}) == 3


@pytest.mark.parametrize(
    ("state", "kernel", "recreate", "plan"),
    [
        (EnvState.READY, True, False, ()),
        (EnvState.READY, False, False, (RegisterKernel(PREFIX),)),
        (EnvState.MISSING, False, False, (CREATE, RegisterKernel(PREFIX))),
        # A new env has no ipykernel, whatever the kernel.json says.
        (EnvState.READY, True, True, (ANEW, RegisterKernel(PREFIX))),
        (EnvState.MISSING, None, False, (CREATE,)),
    ],
)
def test_plan_with_a_kernel(state: EnvState, kernel: bool | None, recreate: bool, plan: tuple[Action, ...]) -> None:
    """C: the kernel comes last, and only if one is wanted."""
    observed = Observed(Env("shop", PREFIX, state), "3.12", FILE, None, kernel)
    assert make_plan(observed, Wishes(recreate=recreate)) == plan


@pytest.mark.parametrize(("version", "refused"), [("2.7.18", True), ("3.5.10", True), ("3.6.0", False), ("3.13.0t", False), ("pypy2.7-7.3.15", False)])
@pytest.mark.parametrize("installable", [True, False])
def test_a_python_that_is_too_old(version: str, refused: bool, installable: bool) -> None:
    """E2: by its name, before an interpreter is installed for nothing; another implementation is asked itself."""
    env = Env("shop", Path(f"/pyenv/versions/{version}/envs/shop"), EnvState.MISSING)
    observed = Observed(env, version, FILE, version if installable else None)
    if not refused:
        assert CreateEnv(env.prefix) in make_plan(observed, Wishes())
        return
    with pytest.raises(EnvNotMade) as refusal:
        make_plan(observed, Wishes())
    assert refusal.value.hint == f"pyenv virtualenv {version} shop"
