"""What a prompt or a shell's start calls does not load what it does not need (P)."""

from __future__ import annotations

import sys

import pytest

from tests.support.sandbox import Sandbox

_HEAVY = {"packaging", "typer", "rich", "click", "virtualenv", "python_discovery", "jinja2", "pygments"}


def _loaded(stderr: str) -> set[str]:
    """The top-level names in the report of ``-X importtime``."""
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in stderr.splitlines() if line.startswith("import time:")}
    assert "roost" in names
    return names


@pytest.mark.parametrize("line", ["hook zsh", "hook bash", "up --from-hook", "kernel list --all", "run true", "which", "--version"])
def test_what_a_shell_calls(sandbox: Sandbox, newest: str, line: str) -> None:
    sandbox.fake_interpreter(newest)
    sandbox.fake_env(newest, "shop")
    done = sandbox.run([sys.executable, "-X", "importtime", "-m", "roost", *line.split()], cwd=sandbox.project("shop", newest, "shop"))
    assert done.returncode == 0, done.stderr[-500:]
    assert _loaded(done.stderr) & _HEAVY == set()


@pytest.mark.parametrize("files", [("3.99.1", "shop"), (">=3", "shop"), (None, "shop"), (None, None)], ids=["missing", "invalid", "F12", "none"])
def test_a_refusal_to_the_hook(sandbox: Sandbox, files: tuple[str | None, str | None]) -> None:
    done = sandbox.run([sys.executable, "-X", "importtime", "-m", "roost", "up", "--from-hook"], cwd=sandbox.project("shop", *files))
    assert done.returncode in {3, 4, 5}
    assert _loaded(done.stderr) & _HEAVY == set()


def test_a_creation_from_the_hook_loads_virtualenv_and_no_typer(sandbox: Sandbox, newest: str) -> None:
    """The counter-proof that the report shows what is loaded."""
    sandbox.install(newest)
    done = sandbox.run([sys.executable, "-X", "importtime", "-m", "roost", "up", "--from-hook"], cwd=sandbox.project("shop", newest, "shop"))
    assert done.returncode == 0
    loaded = _loaded(done.stderr)
    assert "virtualenv" in loaded
    assert loaded & {"typer", "rich", "click"} == set()
