"""``roost up`` on real interpreters (E)."""

from __future__ import annotations

from tests.support.sandbox import Sandbox


def test_up_makes_an_env_that_pip_works_in(sandbox: Sandbox, newest: str) -> None:
    """E1, E4."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 0, done.stderr
    pip = sandbox.run([sandbox.env(newest, "shop-venv") / "bin" / "pip", "--version"])
    assert pip.returncode == 0, pip.stderr
    assert str(sandbox.env(newest, "shop-venv")) in pip.stdout
