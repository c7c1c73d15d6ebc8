"""The page of all commands and options, written from the typer application, so that the site has no second list of them to keep."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from typing import Any, Final

import typer

from roost.cli.app import app
from roost.cli.declared import COMMANDS
from roost.cli.quick import Parameter

_HEAD: Final = """# All options

Written from the program itself when the site is built; `roost COMMAND --help` shows the same. What the commands do, with examples: [Commands](../commands.md).
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD, *_sections(app, "")])


def _sections(group: typer.Typer, prefix: str) -> Iterator[str]:
    """A section for each command that is not hidden; those of a group come under its name."""
    for registered in group.registered_commands:
        function: Any = registered.callback
        name = f"{prefix}{registered.name or function.__name__}"
        if not COMMANDS[name].hidden:
            yield _section(name, function)
    for below in group.registered_groups:
        assert below.typer_instance is not None
        yield from _sections(below.typer_instance, f"{prefix}{below.name} ")


def _section(name: str, function: Any) -> str:
    hints = typing.get_type_hints(function, include_extras=True)
    helps = {each: typing.get_args(hint)[1].help or "" for each, hint in hints.items() if each != "return"}
    shown = [parameter for parameter in COMMANDS[name].parameters if not parameter.hidden]
    options = [parameter for parameter in shown if parameter.words]
    usage = " ".join(["roost", name, *(["[OPTIONS]"] if options else []), *(_argument(parameter) for parameter in shown if not parameter.words)])
    rows = [f"| {_spelled(parameter)} | {helps[parameter.name]}{_default(parameter)} |" for parameter in shown if parameter.words or helps[parameter.name]]
    table = ["| | meaning |", "| --- | --- |", *rows, ""] if rows else []
    return "\n".join([f"## `roost {name}`", "", f"{inspect.getdoc(function)}", "", f"    {usage}", "", *table])


def _argument(parameter: Parameter) -> str:
    word = parameter.metavar if parameter.required else f"[{parameter.metavar}]"
    return f"{word}..." if parameter.many else word


def _spelled(parameter: Parameter) -> str:
    value = "" if parameter.kind == "flag" else f" {parameter.metavar or ('N' if parameter.kind == 'other' else 'TEXT')}"
    words = [f"{word}{value}" for word in parameter.words] or [_argument(parameter)]
    return ", ".join(f"`{word}`" for word in words)


def _default(parameter: Parameter) -> str:
    return f" By default {parameter.default}." if parameter.kind == "other" and parameter.default is not None else ""
