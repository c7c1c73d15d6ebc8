"""``roost run`` typed at a prompt (X1)."""

from __future__ import annotations

import pytest

from tests.support.sandbox import ROOST, Sandbox
from tests.support.shells import OpenTerminal, Shell


@pytest.mark.parametrize("roost", ["roost", str(ROOST)], ids=["the hook's function", "the program"])
def test_ctrl_z_and_back(terminal: OpenTerminal, sandbox: Sandbox, every_shell: Shell, newest: str, roost: str) -> None:
    """X1: job control in a real shell; SIGTSTP stops the command, and it goes on in the foreground."""
    sandbox.fake_env(newest, "shop")
    session = terminal(sandbox.project("shop", newest, "shop"))
    session.enter(f"{roost} run sh -c 'echo re\"\"ady; while read -r line; do echo got:$line; done'")
    session.wait_for("ready")
    session.send("one\n")
    session.wait_for("got:one")
    session.send("\x1a")
    session.wait()
    session.enter("fg")
    session.send("two\n")
    session.wait_for("got:two")
    session.send("\x04")
    session.wait()
    assert session.run("echo still here") == "still here\n"
