"""``roost complete WORD...``: what TAB offers, in every shell (H17)."""

from __future__ import annotations

from collections.abc import Sequence

from roost.cli.context import layout_and_directory
from roost.cli.declared import COMMANDS
from roost.cli.quick import Parameter, command_of, understand
from roost.jobs.targets import labels
from roost.machine import environments, jupyter, kernelspecs
from roost.machine.layout import Layout
from roost.rules.errors import RoostError


def command(words: Sequence[str]) -> int:
    """``words``: those after ``roost``, up to the one that is being completed, which may be empty.

    Prints nothing where a path belongs: then the shell completes paths itself.
    """
    last = words[-1] if words else ""
    try:
        candidates = _candidates(words[:-1], last)
    except RoostError as error:
        return error.code  # without a word: TAB is not the place to be told
    for candidate in sorted(candidates):
        if candidate.startswith(last):
            print(candidate)
    return 0


def _candidates(before: Sequence[str], last: str) -> set[str]:
    found, rest = command_of(before, COMMANDS)
    if found is None:
        above = " ".join([*before, ""])
        return {name[len(above) :].partition(" ")[0] for name, each in COMMANDS.items() if name.startswith(above) and not each.hidden}
    if found.wraps and understand(before, COMMANDS):
        return set()  # the words of another command
    option = found.options.get(rest[-1]) if rest and "--" not in rest[:-1] else None
    if option is not None and option.kind != "flag":
        return _values(option)
    if last.startswith("-") and "--" not in rest:
        return {word for word, parameter in found.options.items() if not parameter.hidden} | {"--help"}
    return _values(found.argument) if found.argument is not None else set()


def _values(parameter: Parameter) -> set[str]:
    """What a parameter takes, by the words of its metavar: a kind of thing in capitals, or the very word."""
    layout, _ = layout_and_directory(None)
    values: set[str] = set()
    for word in parameter.metavar.split("|"):
        values |= set(_KINDS[word](layout)) if word in _KINDS else {word} if word.islower() else set()
    return values


def _kernel_names(layout: Layout) -> list[str]:
    return [kernel.name for kernel in kernelspecs.scan(jupyter.directory_of(layout)) if kernel.mark]


def _versions(layout: Layout) -> list[str]:
    return environments.interpreters(layout.pyenv_store)


_KINDS = {"ENV": labels, "KERNEL": _kernel_names, "VERSION": _versions}
