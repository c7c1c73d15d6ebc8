"""One visual language (C, Looks): snapshots of what people see, 80 columns wide, with and without colour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pytest

from tests.support.sandbox import ROOST, Sandbox

GREEN, YELLOW, RED, PLAIN = "\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[0m"


def on_terminal(sandbox: Sandbox, *words: str, cwd: Path | None = None, variables: Mapping[str, str] | None = None) -> list[str]:
    """The lines that a terminal of 80 columns is sent."""
    environ = {**sandbox.environ, "PWD": str(cwd or sandbox.root), **(variables or {})}
    child = pexpect.spawn(str(ROOST), list(words), cwd=str(cwd or sandbox.root), env=environ, encoding="utf-8", dimensions=(24, 80), timeout=60)
    child.expect(pexpect.EOF)
    child.close()
    return str(child.before).replace("\r\n", "\n").splitlines()


@pytest.fixture
def envs(sandbox: Sandbox) -> Sandbox:
    """An env in each state."""
    sandbox.fake_env("3.12.1", "blog")
    (sandbox.fake_env("3.12.1", "half") / ".roost-building").touch()
    broken = sandbox.fake_env("3.11.7", "shop") / "bin" / "python"
    broken.unlink()
    broken.symlink_to("/nowhere")
    return sandbox


COLOURED = [
    "NAME  VERSION    STATE       BY     KERNEL  PROJECTS",
    f"blog  3.12.1   {GREEN}✓ ready     {PLAIN}  other  -       -",
    f"half  3.12.1   {YELLOW}○ incomplete{PLAIN}  roost  -       -",
    f"shop  3.11.7   {RED}✗ broken    {PLAIN}  other  -       -",
]


def test_a_list_in_colour(envs: Sandbox) -> None:
    assert on_terminal(envs, "list") == COLOURED


def test_a_list_without_colour(envs: Sandbox) -> None:
    """NO_COLOR takes the colours, and leaves the symbols."""
    assert on_terminal(envs, "list", variables={"NO_COLOR": "1"}) == [re.sub(r"\x1b\[\d+m", "", line) for line in COLOURED]


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"LANG": "C", "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "NO_COLOR": "1"}])
def test_words_alone_say_it_all(envs: Sandbox, variables: dict[str, str]) -> None:
    """On a terminal that knows neither, and one without these letters, it is what a pipe gets."""
    piped = envs.roost("list").stdout.splitlines()
    assert piped == [
        "NAME  VERSION  STATE       BY     KERNEL  PROJECTS",
        "blog  3.12.1   ready       other  -       -",
        "half  3.12.1   incomplete  roost  -       -",
        "shop  3.11.7   broken      other  -       -",
    ]
    assert on_terminal(envs, "list", variables=variables) == piped


@pytest.mark.parametrize(
    ("name", "state", "colour", "symbol"),
    [("half", "env-incomplete", YELLOW, "○"), ("new", "env-missing", YELLOW, "○"), ("shop", "env-broken", RED, "✗")],
)
def test_status_uses_the_same(envs: Sandbox, name: str, state: str, colour: str, symbol: str) -> None:
    project = envs.project("project", "3.11.7" if name == "shop" else "3.12.1", name)
    lines = on_terminal(envs, "status", cwd=project)
    assert f"state    {colour}{symbol} {state}{PLAIN}" in lines
    assert f"state    {state}" in envs.roost("status", cwd=project).stdout.splitlines()


@pytest.mark.parametrize("words", [["--help"], ["up", "--help"], ["run", "--help"], ["kernel", "check", "--help"]], ids=" ".join)
def test_help_shows_no_types_of_python(sandbox: Sandbox, words: list[str]) -> None:
    """A flag with ``<bool>`` behind it looks as if it took a value."""
    shown = sandbox.roost(*words).stdout
    assert "--help" in shown
    assert not re.search(r"<(bool|str|path|list|float)", shown)
