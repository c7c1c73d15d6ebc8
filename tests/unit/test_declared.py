"""The quick way around typer: one declaration, and the same answer to every command line (P, H17)."""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.cli import app, declared, quick
from roost.rules.errors import UsageError
from scripts.declare import declaration

_CALLS: list[tuple[str, dict[str, Any]]] = []


def test_the_copy_is_up_to_date() -> None:
    """Run scripts/declare.py after a change of roost.cli.app."""
    assert declaration() == declared.COMMANDS


@pytest.mark.parametrize("name", declared.COMMANDS)
def test_whoever_does_the_work_takes_what_is_declared(name: str) -> None:
    command = declared.COMMANDS[name]
    module, _, function = command.target.partition(":")
    takes = inspect.signature(getattr(importlib.import_module(module), function)).parameters.values()
    declared_names = [parameter.name for parameter in command.parameters]
    hands_on = any(each.kind is each.VAR_KEYWORD for each in takes)  # the options that it does not look at itself
    named = [each.name for each in takes if each.kind is not each.VAR_KEYWORD]
    assert set(named) <= set(declared_names) if hands_on else named == declared_names


def _write_down(call: quick.Call) -> int:
    _CALLS.append((call.target, call.parameters))
    return 0


@pytest.fixture(scope="module", autouse=True)
def _recorded() -> Any:
    """Calls are written down, not made."""
    patch = pytest.MonkeyPatch()
    patch.setattr(quick.Call, "run", _write_down)
    yield
    patch.undo()


def _typer(words: list[str]) -> tuple[str, dict[str, Any]] | None:
    """The call that typer makes of ``words``; None if it refuses them or shows help."""
    _CALLS.clear()
    argv, sys.argv = sys.argv, ["roost", *words]
    try:
        app.run()
    except (UsageError, SystemExit):
        return None
    finally:
        sys.argv = argv
    return _CALLS[0] if _CALLS else None


_SPELLINGS = sorted({word for command in declared.COMMANDS.values() for word in command.options})
_WORDS = st.one_of(
    st.sampled_from(_SPELLINGS),
    st.sampled_from(["a", "x y", "", "-", "--", "K=V", "3", "auto", "--help", "-h", "-qv", "--json=1", "--name=a", "--nonsense", "é"]),
)
_QUICK = {name.split(" ")[0]: name for name in declared.COMMANDS}


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from([name for name, command in declared.COMMANDS.items() if not command.raw]), data=st.data())
def test_both_ways_understand_the_same(name: str, data: st.DataObject) -> None:
    """What the quick way understands at all it understands as typer does."""
    own = sorted(declared.COMMANDS[name].options) or ["--"]
    words = [*name.split(" "), *data.draw(st.lists(st.one_of(st.sampled_from(own), _WORDS), max_size=5))]
    call = quick.understand(words, declared.COMMANDS)
    if call is not None:
        assert (call.target, call.parameters) == _typer(words)


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("up", {}),
        ("up -q .", {"quiet": True, "directory": Path()}),
        ("up --no-kernel --dry-run", {"kernel": False, "dry_run": True}),
        ("up --from-hook", {"from_hook": True}),
        ("status --json -- -x", {"as_json": True, "directory": Path("-x")}),
        ("which --env shop", {"env": True, "word": "shop"}),
        ("kernel add --env A=B --env C=D shop", {"env": ["A=B", "C=D"], "project": "shop"}),
        ("kernel list --all --stale", {"everything": True, "stale": True}),
        ("kernel remove a b", {"names": ["a", "b"]}),
        ("hook zsh", {"shell": "zsh"}),
    ],
)
def test_what_is_answered_without_typer(line: str, given: dict[str, Any]) -> None:
    words = line.split(" ")
    call = quick.understand(words, declared.COMMANDS)
    assert call is not None
    command, _ = quick.command_of(words, declared.COMMANDS)
    assert command is not None
    assert call.parameters == {**{parameter.name: parameter.default for parameter in command.parameters}, **given}


def _examples(option: quick.Parameter) -> list[Any]:
    """Values that the option may have."""
    if option.kind == "flag":
        return sorted(set(option.words.values()))
    if option.kind == "other":
        return ["pip" if "pip" in option.metavar else 2]
    example = Path("a b") if option.kind == "path" else "--x y"
    return [[example, example] if option.many else example]


@pytest.mark.parametrize(
    ("name", "option"),
    [(name, option) for name, command in declared.COMMANDS.items() for option in command.parameters if option.words],
)
def test_an_option_is_spelled_as_it_is_understood(name: str, option: quick.Parameter) -> None:
    """So every option that is declared is handed on, to another roost or to the user."""
    command = declared.COMMANDS[name]
    argument = ["x"] if command.argument is not None and command.argument.required else []
    for value in _examples(option):
        typed = _typer([*name.split(" "), *command.spelled({option.name: value}), *argument])
        assert typed is not None
        assert typed[1][option.name] == value


@pytest.mark.parametrize("line", ["", "nonsense", "--version", "kernel", "up --nonsense", "up a b", "up -qv", "hook", "up --help", "kernel add --name"])
def test_what_is_left_to_typer(line: str) -> None:
    assert quick.understand(line.split(" "), declared.COMMANDS) is None


def test_words_to_complete_are_taken_as_they_are() -> None:
    """H17: options, ``--help`` and ``--`` among them."""
    call = quick.understand(["complete", "up", "--json", "--", "--he"], declared.COMMANDS)
    assert call == quick.Call("roost.cli.complete:command", {"words": ["up", "--json", "--", "--he"]})
