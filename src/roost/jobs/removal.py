"""One function for each class of removal: what ``remove`` and ``prune`` planned is done here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from roost.jobs import kernels
from roost.machine import env_removal
from roost.machine.layout import Layout
from roost.rules.errors import KernelFailed
from roost.rules.model import Narrator
from roost.rules.removals import Removal, RemoveEnv, RemoveLink


def execute(action: Removal, layout: Layout, narrator: Narrator) -> bool:
    """Returns whether there was something to remove. Raises EnvNotMade, KernelFailed, LockTimeout."""
    return _EXECUTORS[type(action)](action, layout, narrator)


def _remove_env(action: RemoveEnv, layout: Layout, narrator: Narrator) -> bool:
    there = env_removal.remove(action.prefix, layout, narrator.step)
    # Afterwards, and not under the lock of the env: `kernel remove` takes the two locks in the other order.
    _remove_kernels(action.kernels, layout)
    return there


def _remove_kernels(names: tuple[str, ...], layout: Layout) -> None:
    for outcome in kernels.remove(list(names), layout, missing_ok=True) if names else ():
        if outcome.code:
            raise KernelFailed("kernel-not-removed", f"kernel {outcome.name}: {outcome.message}", command=outcome.command, advice=outcome.advice)


def _remove_link(action: RemoveLink, _layout: Layout, _narrator: Narrator) -> bool:
    return env_removal.remove_link(action.path)


_EXECUTORS: Final[Mapping[type[Removal], Callable[[Any, Layout, Narrator], bool]]] = {RemoveEnv: _remove_env, RemoveLink: _remove_link}
