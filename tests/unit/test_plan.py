"""From what is there to what is to be done (E3, E7, E8, V4; exit codes of spec C)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from roost.rules.dependencies import Listed
from roost.rules.errors import EnvNotMade, InterpreterUnavailable
from roost.rules.model import Env, EnvState, Interpreter, Project
from roost.rules.plan import (
    Action,
    CreateEnv,
    InstallDependencies,
    InstallInterpreter,
    Options,
    Outstanding,
    Plan,
    Prospect,
    RecreateEnv,
    RegisterKernel,
    make_plan,
)
from roost.rules.situation import Situation
from roost.rules.versions import Resolution

PREFIX = Path("/pyenv/versions/3.12.1/envs/shop")
FILE = Path("/work/shop/.python-version")
INSTALL, CREATE, REPLACE, FILL, REGISTER = InstallInterpreter, CreateEnv, RecreateEnv, InstallDependencies, RegisterKernel


class _Wishes(NamedTuple):
    """Answers the same for every env."""

    of_kernel: bool | None
    of_dependencies: Outstanding | None

    def kernel(self, env: Env) -> bool | None:
        return self.of_kernel

    def dependencies(self, env: Env) -> Outstanding | None:
        return self.of_dependencies


def _plan(
    state: EnvState,
    options: Options,
    *,
    installable: str | None = None,
    kernel: bool | None = None,
    dependencies: Outstanding | None = None,
    prefix: Path = PREFIX,
    source: str = "pyenv",
    pyenv: bool = True,
    found: Interpreter | None = None,
) -> Plan:
    """The plan for an env in that state, which has to wait for the interpreter ``installable`` if there is one."""
    project = Project(FILE.parent, "3.12", (), "shop", FILE, FILE.with_name(".python-virtualenv"))
    env = Env("shop", prefix, state, prefix.parents[1].name)

    def seek() -> Prospect:
        assert installable is not None, "nobody may be asked for an interpreter that is there"
        return Prospect(installable, env, found)

    there = installable is None
    situation = Situation(project, Resolution("3.12.1" if there else None), env if there else None, source, pyenv)
    return make_plan(situation, options, seek, _Wishes(kernel, dependencies))


def _kinds(plan: Plan) -> tuple[type[Action], ...]:
    """The classes of the actions, each of which is about the plan's env, or its version."""
    for action in plan.actions:
        assert action.version == "3.12.1" if isinstance(action, InstallInterpreter) else action.env == plan.env
    return tuple(type(action) for action in plan.actions)


@pytest.mark.parametrize(
    ("state", "installable", "recreate", "actions"),
    [
        (EnvState.READY, None, False, ()),
        (EnvState.MISSING, None, False, (CREATE,)),
        (EnvState.INCOMPLETE, None, False, (CREATE,)),
        (EnvState.READY, None, True, (REPLACE,)),
        (EnvState.BROKEN, None, True, (REPLACE,)),
        (EnvState.MISSING, None, True, (CREATE,)),
        (EnvState.INCOMPLETE, None, True, (CREATE,)),
        (EnvState.MISSING, "3.12.1", False, (INSTALL, CREATE)),
        (EnvState.INCOMPLETE, "3.12.1", False, (INSTALL, CREATE)),
        # The env outlived its interpreter: with that back, it works again.
        (EnvState.BROKEN, "3.12.1", False, (INSTALL,)),
        (EnvState.READY, "3.12.1", False, (INSTALL,)),
        (EnvState.BROKEN, "3.12.1", True, (INSTALL, REPLACE)),
    ],
)
def test_plan(state: EnvState, installable: str | None, recreate: bool, actions: tuple[type[Action], ...]) -> None:
    """E3, E7, E8, V4; the same input gives the same plan."""
    for _ in range(2):
        assert _kinds(_plan(state, Options(recreate=recreate), installable=installable)) == actions


def test_an_interpreter_on_path_is_not_looked_for_twice() -> None:
    """V6: what was found goes along with the action, and nothing is installed."""
    found = Interpreter("3.12.1", (3, 12, 1), Path("/usr/bin/python3"), "path")
    plan = _plan(EnvState.MISSING, Options(install_interpreter=False), installable="3.12.1", source="path", pyenv=False, found=found)
    assert plan.actions == (CreateEnv(plan.env, found),)


@pytest.mark.parametrize("state", EnvState)
@pytest.mark.parametrize("recreate", [False, True])
def test_an_interpreter_that_must_not_be_installed(state: EnvState, recreate: bool) -> None:
    """V4, H12, exit 5: pyenv is not even asked which version it would be."""
    with pytest.raises(InterpreterUnavailable) as refusal:
        _plan(state, Options(install_interpreter=False, recreate=recreate), installable="3.12.1")
    assert (refusal.value.code, refusal.value.command) == (5, "roost up")
    assert refusal.value.file == str(FILE)


def test_an_interpreter_that_nobody_can_install() -> None:
    """V4: there is a directory of versions, and no pyenv command."""
    with pytest.raises(InterpreterUnavailable) as refusal:
        _plan(EnvState.MISSING, Options(), installable="3.12.1", pyenv=False)
    assert refusal.value.command == ""
    assert "install pyenv" in refusal.value.advice


@pytest.mark.parametrize("state", [state for state in EnvState if state is not EnvState.BROKEN])
def test_an_interpreter_that_is_there_needs_no_leave(state: EnvState) -> None:
    """V4: --no-interpreter forbids nothing that is not to be done."""
    plan = _plan(state, Options(install_interpreter=False))
    assert INSTALL not in _kinds(plan)


@pytest.mark.parametrize(("state", "slug"), [(EnvState.MISSING, "env-missing"), (EnvState.INCOMPLETE, "env-incomplete")])
def test_an_env_that_must_not_be_made(state: EnvState, slug: str) -> None:
    """H12: ROOST_AUTO_CREATE=0; says what to type instead."""
    with pytest.raises(EnvNotMade) as refusal:
        _plan(state, Options(install_interpreter=False, create=False))
    assert (refusal.value.slug, refusal.value.command) == (slug, "roost up")


def test_an_env_that_must_not_be_made_needs_no_look_through_path() -> None:
    """H12: whether PATH has an interpreter changes nothing, and to find out takes time."""
    with pytest.raises(EnvNotMade) as refusal:
        _plan(EnvState.MISSING, Options(create=False), installable="unasked", source="path", pyenv=False)
    assert refusal.value.slug == "env-missing"


def test_a_broken_env_is_not_replaced_unasked() -> None:
    """E3, E8, exit 6: it may hold work."""
    with pytest.raises(EnvNotMade) as refusal:
        _plan(EnvState.BROKEN, Options())
    assert (refusal.value.code, refusal.value.command) == (6, "roost up --recreate")


def test_actions_say_what_they_do() -> None:
    """Spec C: ``--dry-run`` prints the plan."""
    env = Env("shop", PREFIX, EnvState.MISSING, "3.12.1")
    said = [InstallInterpreter("3.12.1").describe(), *(action(env).describe() for action in (CREATE, REPLACE, REGISTER))]
    assert len(set(said)) == 4
    assert "3.12.1" in said[0]
    assert all(str(PREFIX) in line for line in said[1:])


@pytest.mark.parametrize(
    ("state", "kernel", "recreate", "actions"),
    [
        (EnvState.READY, True, False, ()),
        (EnvState.READY, False, False, (REGISTER,)),
        (EnvState.MISSING, False, False, (CREATE, REGISTER)),
        # A new env has no ipykernel, whatever the kernel.json says.
        (EnvState.READY, True, True, (REPLACE, REGISTER)),
        (EnvState.MISSING, None, False, (CREATE,)),
    ],
)
def test_plan_with_a_kernel(state: EnvState, kernel: bool | None, recreate: bool, actions: tuple[type[Action], ...]) -> None:
    """C: the kernel comes last, and only if one is wanted."""
    assert _kinds(_plan(state, Options(recreate=recreate), kernel=kernel)) == actions


@pytest.mark.parametrize(
    ("state", "current", "recreate", "actions"),
    [
        (EnvState.READY, True, False, ()),
        (EnvState.READY, False, False, (FILL,)),
        (EnvState.MISSING, False, False, (CREATE, FILL, REGISTER)),
        # A new env holds nothing, whatever was installed into the old one.
        (EnvState.READY, True, True, (REPLACE, FILL, REGISTER)),
        (EnvState.READY, None, False, ()),
    ],
)
def test_plan_with_dependencies(state: EnvState, current: bool | None, recreate: bool, actions: tuple[type[Action], ...]) -> None:
    """C, D3: they come before the kernel, whose packages must fit to them; they alone are no reason to register that again."""
    dependencies = None if current is None else Outstanding(Listed(("requirements.txt",)), current)
    assert _kinds(_plan(state, Options(recreate=recreate), kernel=True, dependencies=dependencies)) == actions


@pytest.mark.parametrize(("version", "refused"), [("2.7.18", True), ("3.5.10", True), ("3.6.0", False), ("3.13.0t", False), ("pypy2.7-7.3.15", False)])
@pytest.mark.parametrize("installable", [True, False])
def test_a_python_that_is_too_old(version: str, refused: bool, installable: bool) -> None:
    """E2: by its name, before an interpreter is installed for nothing; another implementation is asked itself."""
    prefix = Path(f"/pyenv/versions/{version}/envs/shop")

    def plan() -> Plan:
        return _plan(EnvState.MISSING, Options(), installable=version if installable else None, prefix=prefix)

    if not refused:
        assert CREATE in {type(action) for action in plan().actions}
        return
    with pytest.raises(EnvNotMade) as refusal:
        plan()
    assert refusal.value.command == f"pyenv virtualenv {version} shop"
