"""Writes src/roost/cli/declared.py, what the commands take as plain data, from the typer application that declares it."""

from __future__ import annotations

import enum
import inspect
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer
from typer.models import OptionInfo, ParameterInfo

from roost.cli.app import app
from roost.cli.quick import Command, Parameter

_TARGET: Final = Path(__file__).resolve().parents[1] / "src" / "roost" / "cli" / "declared.py"
_HEAD: Final = '"""What each command takes. Written by scripts/declare.py from roost.cli.app: change that, and run it again."""'
_KINDS: Final = {bool: "flag", str: "text", Path: "path"}


def declaration() -> dict[str, Command]:
    """The commands of the application by name, those of a group as ``kernel add``."""
    return dict(sorted(_commands(app, "")))


def _commands(group: typer.Typer, prefix: str) -> Iterator[tuple[str, Command]]:
    for command in group.registered_commands:
        function: Any = command.callback
        parameters = tuple(_parameters(function))
        assert sum(not parameter.words for parameter in parameters) <= 1, "the quick way knows one argument, which may be repeated"
        settings = command.context_settings or {}
        raw, wraps = bool(settings.get("ignore_unknown_options")), settings.get("allow_interspersed_args") is False
        yield f"{prefix}{command.name or function.__name__}", Command(function.target, parameters, command.hidden, raw, wraps)
    for below in group.registered_groups:
        assert below.typer_instance is not None
        yield from _commands(below.typer_instance, f"{prefix}{below.name} ")


def _parameters(function: Any) -> Iterator[Parameter]:
    hints = typing.get_type_hints(function, include_extras=True)
    for name, parameter in inspect.signature(function).parameters.items():
        bare, declared = typing.get_args(hints[name])
        kinds = [kind for kind in (typing.get_args(bare) or [bare]) if kind is not type(None)]
        many = any(typing.get_origin(kind) is list for kind in kinds) or typing.get_origin(bare) is list
        yield _parameter(name, parameter.default, declared, str if many else kinds[0], many=many)


def _parameter(name: str, default: Any, declared: ParameterInfo, kind: type, *, many: bool) -> Parameter:
    words: dict[str, bool] = {}
    if isinstance(declared, OptionInfo):
        # In an annotation, typer takes the first spelling for the default until it builds the command.
        spellings = [each for each in (declared.default, *(declared.param_decls or ())) if isinstance(each, str)]
        assert spellings, f"the option {name} must be written out"
        for spelling in spellings:
            yes, _, no = spelling.partition("/")
            words |= {yes: True, **({no: False} if no else {})}
    choices = [str(choice.value) for choice in kind] if issubclass(kind, enum.Enum) else []
    return Parameter(
        name=name,
        kind=_KINDS.get(kind, "other"),
        default=None if default is inspect.Parameter.empty else default.value if isinstance(default, enum.Enum) else default,
        many=many,
        required=default is inspect.Parameter.empty,
        hidden=declared.hidden,
        metavar=declared.metavar or "|".join(choices),
        words=words,
    )


def text(commands: dict[str, Command]) -> str:
    """The module that holds ``commands``."""
    rows = "".join(f"{name!r}: {_written(command)},\n" for name, command in commands.items())
    return f"{_HEAD}\n\nfrom roost.cli.quick import Command, Parameter\n\nCOMMANDS = {{{rows}}}\n"


def _written(value: Any) -> str:
    """``value`` as Python writes it, without what is left to a default."""
    if isinstance(value, Command | Parameter):
        given = (f"{name}={_written(each)}" for name, each in value._asdict().items() if each != value._field_defaults.get(name, ...))
        return f"{type(value).__name__}({', '.join(given)})"
    if isinstance(value, tuple):
        return f"({''.join(_written(each) + ',' for each in value)})"
    return repr(value)


if __name__ == "__main__":
    _TARGET.write_text(text(declaration()), encoding="ascii")
    subprocess.run([Path(sys.executable).with_name("ruff"), "format", "--quiet", _TARGET], check=True)
