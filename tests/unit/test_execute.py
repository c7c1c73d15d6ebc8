"""Every action has one function that does it, which says whether it did."""

from __future__ import annotations

import typing

from roost.jobs import execute
from roost.jobs.execute import Work
from roost.jobs.observe import observe
from roost.machine import environments
from roost.machine.layout import Layout
from roost.rules.plan import Action, CreateEnv, InstallInterpreter, MoveAlias
from tests.support.sandbox import Sandbox


class _Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def step(self, line: str) -> None:
        self.lines.append(line)

    detail = step


def test_each_class_has_exactly_one() -> None:
    assert set(execute._EXECUTORS) == set(typing.get_args(Action))
    assert len(set(execute._EXECUTORS.values())) == len(execute._EXECUTORS)


def test_what_another_roost_did_is_not_reported(sandbox: Sandbox, newest: str) -> None:
    """E4: planned when the env was missing, done when it was there."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop")
    situation = observe(project, layout := Layout.from_environ(sandbox.environ, project))
    assert situation.env is not None
    listener = _Listener()
    prefix = sandbox.fake_env(newest, "shop")
    work = Work(situation, layout, listener, alias=True)
    assert execute.execute(CreateEnv(situation.env), work) == execute.Done(changed=False)
    assert execute.execute(InstallInterpreter(newest), work).changed is False
    assert listener.lines == []
    assert environments.read_note(prefix) is None
    assert not (sandbox.versions / "shop").is_symlink()


def test_an_alias_that_leads_to_something_else_by_now(sandbox: Sandbox) -> None:
    """E9, U2: planned when it led to the old env; packages take minutes, and whoever moves it meanwhile has the last word."""
    project = sandbox.project("shop", "3.11.7", "shop")
    old, new, other = (environments.inspect(sandbox.fake_env(version, "shop")) for version in ("3.11.7", "3.12.1", "3.13.0"))
    situation = observe(project, layout := Layout.from_environ(sandbox.environ, project))
    work = Work(situation, layout, _Listener(), alias=False)
    alias = sandbox.versions / "shop"
    alias.symlink_to(other.prefix)
    assert execute.execute(MoveAlias(alias, old, new), work) == execute.Done(changed=False)
    assert alias.resolve() == other.prefix
    alias.unlink()
    assert execute.execute(MoveAlias(alias, old, new), work) == execute.Done(changed=False)
    assert not alias.is_symlink()
    alias.symlink_to(old.prefix)
    assert execute.execute(MoveAlias(alias, old, new), work) == execute.Done(changed=True)
    assert alias.resolve() == new.prefix
