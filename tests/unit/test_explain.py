"""Why a project is not ready: one wording for all who say it (C, H12)."""

from __future__ import annotations

from pathlib import Path

import pytest

from roost.rules import explain
from roost.rules.model import Env, EnvState, Project, State
from roost.rules.situation import Situation
from roost.rules.versions import Resolution

_PROJECT = Project(Path("/work"), "3.12", (), "shop", Path("/work/.python-version"), Path("/work/.python-virtualenv"))


def _situation(env: EnvState | None, source: str = "pyenv", *, pyenv: bool = True, version: str = "3.12.1") -> Situation:
    there = None if env is None else Env("shop", Path(f"/versions/{version}/envs/shop"), env, version)
    return Situation(_PROJECT, Resolution(None if env is None else version), there, source, pyenv)


@pytest.mark.parametrize(
    ("situation", "code", "slug", "message", "helps", "file"),
    [
        (_situation(EnvState.MISSING), 6, "env-missing", "does not exist yet", "roost up", "/versions/3.12.1/envs/shop"),
        (_situation(EnvState.INCOMPLETE), 6, "env-incomplete", "is half-made", "roost up", "/versions/3.12.1/envs/shop"),
        (_situation(EnvState.BROKEN), 6, "env-broken", "its Python does not run", "roost up --recreate", "/versions/3.12.1/envs/shop"),
        (_situation(None), 5, "interpreter-missing", "Python 3.12 is not installed", "roost up", "/work/.python-version"),
        (_situation(None, pyenv=False), 5, "interpreter-missing", "no pyenv to install it", "install pyenv", "/work/.python-version"),
        (_situation(None, "path", pyenv=False), 5, "interpreter-missing", "no Python 3.12 on PATH", "install pyenv", "/work/.python-version"),
        (
            _situation(EnvState.MISSING, version="2.7.18"),
            6,
            "env-missing",
            "cannot make an env for Python 2.7.18",
            "pyenv virtualenv 2.7.18 shop",
            "/versions/2.7.18/envs/shop",
        ),
    ],
)
def test_refusals(situation: Situation, code: int, slug: str, message: str, helps: str, file: str) -> None:
    error = explain.refusal(situation)
    assert (error.code, error.slug, error.file) == (code, slug, file)
    assert message in error.message
    assert helps in (error.command or error.advice)
    assert not (error.command and error.advice)


def test_a_closer_look_decides() -> None:
    """An env whose Python does not run looks ready."""
    assert explain.refusal(_situation(EnvState.READY), State.ENV_BROKEN).slug == "env-broken"
    assert explain.refusal(_situation(None, "path"), State.ENV_MISSING).file == "/work/.python-virtualenv"
