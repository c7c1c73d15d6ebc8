"""The line that moves while roost works (spec C, looks)."""

from __future__ import annotations

import sys
from typing import Final

import pexpect

_PROGRAM: Final = """
import os
from roost.cli.render import Terminal
with Terminal() as terminal:
    terminal.detail("at work")
    os.write(2, b"MARK")
"""


def test_it_is_there_before_anything_else_can_be_said() -> None:
    """What is said before its first drawing would stand on it: two that draw at once do not know of each other."""
    child = pexpect.spawn(sys.executable, ["-c", _PROGRAM], timeout=60, encoding="utf-8")
    child.expect_exact("MARK")
    assert "at work" in str(child.before)
    child.expect(pexpect.EOF)
    child.close()
