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
    # printf, so that what is waited for does not stand in the line that is typed.
    script = 'trap "printf a%s wake" CONT; printf re%s ady; until [ "$line" = end ]; do read -r line && echo "got:$line"; done'
    session.enter(f"{roost} run sh -c '{script}'")
    session.wait_for("ready")
    session.send("one\n")
    session.wait_for("got:one")
    session.send("\x1a")
    session.wait()
    session.enter("fg")
    session.wait_for("awake")
    session.send("two\nend\n")
    session.wait_for("got:two")
    session.wait()
    assert session.run("echo still here") == "still here\n"
