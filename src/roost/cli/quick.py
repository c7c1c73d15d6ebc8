"""Runs a command without typer, whose import alone takes four times as long as most commands.

What a command takes is declared once, in ``cli/app``; ``cli/declared`` is a copy of that as plain data.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple


class Parameter(NamedTuple):
    """One parameter of a command. ``words``: what each spelling of an option means; an argument has none.

    ``kind``: ``flag``, ``text``, ``path``, or ``other`` for what only typer converts. ``many``: may it be repeated?
    """

    name: str
    kind: str
    default: Any = None
    many: bool = False
    required: bool = False
    hidden: bool = False
    metavar: str = ""
    words: Mapping[str, bool] = {}

    def spelled(self, value: Any) -> list[str]:
        """An option with this ``value``, by its longest spelling."""
        if value == self.default:
            return []
        if self.kind == "flag":
            return [max((word for word, means in self.words.items() if means is value), key=len)]
        word = max(self.words, key=len)
        # In one word with its value, which may begin with a dash.
        return [f"{word}={each}" if word.startswith("--") else f"{word}{each}" for each in (value if self.many else [value])]


class Command(NamedTuple):
    """``target``: the function that does the work, as ``module:function``. ``raw``: it takes its words as they are.

    ``wraps``: its argument is another command, which has all the words after its name, options too.
    """

    target: str
    parameters: tuple[Parameter, ...] = ()
    hidden: bool = False
    raw: bool = False
    wraps: bool = False

    @property
    def options(self) -> dict[str, Parameter]:
        return {word: parameter for parameter in self.parameters for word in parameter.words}

    @property
    def argument(self) -> Parameter | None:
        return next((parameter for parameter in self.parameters if not parameter.words), None)

    def spelled(self, values: Mapping[str, Any]) -> list[str]:
        """The options that give these ``values``, by the names of parameters, as they are typed; none for a default or an argument."""
        return [word for each in self.parameters if each.words and each.name in values for word in each.spelled(values[each.name])]


class Call(NamedTuple):
    """A command line that is understood."""

    target: str
    parameters: dict[str, Any]

    def run(self) -> int:
        """Returns the exit code."""
        module, _, function = self.target.partition(":")
        code: int = getattr(importlib.import_module(module), function)(**self.parameters)
        return code


def command_of(words: Sequence[str], commands: Mapping[str, Command]) -> tuple[Command | None, Sequence[str]]:
    """The command that ``words`` begin with, and the words after its name."""
    for length in (1, 2):
        if command := commands.get(" ".join(words[:length])):
            return command, words[length:]
    return None, words


def wants_json(words: Sequence[str], commands: Mapping[str, Command]) -> bool:
    """Is an error to be a document? The ``--json`` of a command that roost only starts is not roost's."""
    command, _ = command_of(words, commands)
    return "--json" in words and not (command is not None and command.wraps)


def understand(words: Sequence[str], commands: Mapping[str, Command]) -> Call | None:
    """The call that ``words`` plainly are. None for the rest, which is typer's: help, mistakes, and spellings such as ``-qv``."""
    command, rest = command_of(words, commands)
    if command is None:
        return None
    if command.raw:
        return Call(command.target, {command.parameters[0].name: list(rest)})
    values: dict[str, Any] = {parameter.name: parameter.default for parameter in command.parameters}
    arguments = _take_options(rest, command, values)
    if arguments is None or not _take_arguments(arguments, command.argument, values):
        return None
    return Call(command.target, values)


def _take_options(words: Sequence[str], command: Command, values: dict[str, Any]) -> list[str] | None:
    """Puts the options among ``words`` into ``values`` and returns the other words; None if there is an option that only typer understands."""
    arguments: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        option = command.options.get(word)
        if word == "--":
            return [*arguments, *left]
        if option is None and (not word.startswith("-") or word == "-"):
            arguments.append(word)
            if command.wraps:
                return [*arguments, *left]
        elif option is None or option.kind == "other":
            return None
        elif option.kind == "flag":
            values[option.name] = option.words[word]
        elif not left or left[0].startswith("-"):
            return None
        else:
            value = _converted(left.pop(0), option)
            values[option.name] = [*(values[option.name] or []), value] if option.many else value
    return arguments


def _take_arguments(words: Sequence[str], argument: Parameter | None, values: dict[str, Any]) -> bool:
    """Puts ``words`` into ``values`` as the command's argument; returns whether they are as many as it takes."""
    if not words:
        return argument is None or not argument.required
    if argument is None or not (argument.many or len(words) == 1):
        return False
    converted = [_converted(word, argument) for word in words]
    values[argument.name] = converted if argument.many else converted[0]
    return True


def _converted(word: str, parameter: Parameter) -> Any:
    return Path(word) if parameter.kind == "path" else word
