"""The machine that doctor looks at, and the terminals."""

from __future__ import annotations

import os

import pytest

from roost.machine import hooks, rc_files
from tests.support.sandbox import ROOST, Sandbox
from tests.support.shells import every_shell, terminal  # noqa: F401


@pytest.fixture
def machine(sandbox: Sandbox) -> Sandbox:
    """A user of bash, called through the hook, with roost on PATH and the hook in the rc file."""
    tools = sandbox.root / "tools"
    tools.mkdir()
    (tools / "roost").symlink_to(ROOST)
    sandbox.path = f"{tools}:{sandbox.path}"
    sandbox.extra |= {"SHELL": "/bin/bash", "ROOST_HOOK": "bash", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    (sandbox.home / ".bash_profile").write_text(". ~/.bashrc\n")
    rc_files.apply(rc_files.insertion(sandbox.home / ".bashrc", hooks.block("bash")))
    return sandbox
