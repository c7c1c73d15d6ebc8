"""A shell in which an env is on that `roost remove` takes away (R4, H13)."""

from __future__ import annotations

from tests.support.envs import noted_env
from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell


def test_removed_in_this_shell(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """R4: off at the next prompt, said once, and not made again by itself."""
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    env = noted_env(sandbox, "3.12.1", "shop-venv", project)
    session = terminal(project)
    assert session.active == str(env)
    shown = session.run("roost remove --yes")
    assert f"roost: removed {env}" in shown
    assert session.active is None
    assert not env.exists()
    assert session.resume() == ""
    again = noted_env(sandbox, "3.12.1", "shop-venv", project)
    session.resume()
    assert session.active == str(again)


def test_removed_elsewhere(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """R4: by another shell."""
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    env = noted_env(sandbox, "3.12.1", "shop-venv", project)
    session = terminal(project)
    assert session.active == str(env)
    assert sandbox.roost("remove", "shop-venv", "--yes").returncode == 0
    said = session.resume()
    assert said.count("roost: ") == 1
    assert session.active is None
