"""How ``cli/app`` declares a command: a signature with its options, a docstring for the help, and who does the work."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from typing import Any

import typer

from roost.cli.quick import Call


def command(group: typer.Typer, target: str, **settings: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds the decorated function to ``group``; called, it hands its parameters to ``target``, a ``module:function``."""

    def add(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def call(**parameters: Any) -> None:
            plain = {name: value.value if isinstance(value, enum.Enum) else value for name, value in parameters.items()}
            raise typer.Exit(Call(target, plain).run())

        call.target = target  # type: ignore[attr-defined]
        group.command(**settings)(call)
        return call

    return add
