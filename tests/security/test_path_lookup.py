"""Without pyenv, a version is looked for on PATH and nowhere else (V6, S)."""

from __future__ import annotations

from tests.support.sandbox import Sandbox


def test_only_a_python_is_asked_what_it_is(sandbox: Sandbox) -> None:
    """A request that names another program, on PATH or in the project, starts neither: it is no version."""
    project = sandbox.project("repo", "evil", "venv")
    sandbox.versions.rmdir()
    canary = sandbox.root / "canary"
    tools = sandbox.root / "tools"
    tools.mkdir()
    for program in (project / "evil", project / "python3", tools / "evil"):
        program.write_text(f"#!/bin/sh\ntouch {canary}\n")
        program.chmod(0o755)
    sandbox.path = f".::{tools}:{sandbox.path}"
    for words in (("up",), ("up", "--from-hook"), ("status",)):
        done = sandbox.roost(*words, cwd=project)
        assert done.returncode == 4, done.stderr
    assert not canary.exists()
