"""How ``cli/app`` declares a command: a signature with its options, a docstring for the help, and who does the work."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from roost.cli.quick import Call


class _WithoutTypes:
    """A help without Python's types: newer typers show ``<bool>`` after a flag, as if it took a value, and ``<list[str]>`` after an argument."""

    def get_params(self, ctx: Any) -> list[Any]:
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            if param.param_type_name == "argument" or param.is_flag:
                param.display_type_rich = lambda **_: None
        return params


class _Command(_WithoutTypes, TyperCommand):
    pass


class Group(_WithoutTypes, TyperGroup):
    """``roost`` itself, and ``roost kernel``."""


def command(group: typer.Typer, target: str, **settings: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds the decorated function to ``group``; called, it hands its parameters to ``target``, a ``module:function``."""

    def add(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def call(**parameters: Any) -> None:
            plain = {name: value.value if isinstance(value, enum.Enum) else value for name, value in parameters.items()}
            raise typer.Exit(Call(target, plain).run())

        call.target = target  # type: ignore[attr-defined]
        group.command(cls=_Command, **settings)(call)
        return call

    return add
