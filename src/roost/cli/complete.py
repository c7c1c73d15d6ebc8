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

    Where a path belongs and nothing else is found, it prints nothing and returns 0: then the shell completes paths itself. Where
    nothing of what roost knows can stand, it returns 1, as grep does, so that the shell does not offer files there.
    """
    last = words[-1] if words else ""
    try:
        candidates, is_path = _offer(words[:-1], last)
    except RoostError as error:
        return error.code  # without a word: TAB is not the place to be told
    fitting = sorted(candidate for candidate in candidates if candidate.startswith(last))
    for candidate in fitting:
        print(candidate)
    return 0 if fitting or is_path else 1


def _offer(before: Sequence[str], last: str) -> tuple[set[str], bool]:
    """The words that can follow ``before``, and whether a path can, too."""
    found, rest = command_of(before, COMMANDS)
    if found is None:
        above = " ".join([*before, ""])
        return {name[len(above) :].partition(" ")[0] for name, each in COMMANDS.items() if name.startswith(above) and not each.hidden}, False
    if found.wraps and understand(before, COMMANDS):
        return set(), True  # the words of another command
    option = found.options.get(rest[-1]) if rest and "--" not in rest[:-1] else None
    if option is not None and option.kind != "flag":
        return _values(option)
    if last.startswith("-") and "--" not in rest:
        return {word for word, parameter in found.options.items() if not parameter.hidden} | {"--help"}, False
    return _values(found.argument) if found.argument is not None else (set(), False)


def _values(parameter: Parameter) -> tuple[set[str], bool]:
    """What a parameter takes, by the words of its metavar: a kind of thing in capitals, or the very word."""
    layout, _ = layout_and_directory(None)
    words = parameter.metavar.split("|")
    values = {value for word in words for value in (_KINDS[word](layout) if word in _KINDS else [word] if word.islower() else [])}
    return values, not _PATHS.isdisjoint(words)


def _kernel_names(layout: Layout) -> list[str]:
    return [kernel.name for kernel in kernelspecs.scan(jupyter.directory_of(layout)) if kernel.mark]


def _versions(layout: Layout) -> list[str]:
    return environments.interpreters(layout.pyenv_store)


_PATHS = frozenset({"CMD", "DIR", "ENV"})
_KINDS = {"ENV": labels, "KERNEL": _kernel_names, "VERSION": _versions}
