"""One function for each class of removal: what ``remove`` and ``prune`` planned is done here."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Final

from roost.jobs.kernel import remove as kernels
from roost.machine import env_making, env_removal, environments
from roost.machine.layout import Layout
from roost.rules.errors import KernelFailed
from roost.rules.model import Narrator
from roost.rules.removals import FinishReplacement, Removal, RemoveEnv, RemoveFile, RemoveKernel, RemoveLink, RemoveLock


def execute(action: Removal, layout: Layout, narrator: Narrator) -> bool:
    """Returns whether there was still something to do. Raises EnvNotMade, KernelFailed, LockTimeout."""
    return _EXECUTORS[type(action)](action, layout, narrator)


def _remove_env(action: RemoveEnv, layout: Layout, narrator: Narrator) -> bool:
    there = env_removal.remove(action.prefix, layout, narrator.step, half_made=action.half_made)
    if there or not action.half_made:
        # Afterwards, and not under the lock of the env: `kernel remove` takes the two locks in the other order.
        _remove_kernels(action.kernels, layout)
    return there


def _finish_replacement(action: FinishReplacement, _layout: Layout, _narrator: Narrator) -> bool:
    env_making.finish_replacement(action.prefix)
    return not os.path.lexists(environments.aside(action.prefix))


def _remove_link(action: RemoveLink, _layout: Layout, _narrator: Narrator) -> bool:
    leads = action.dangling and os.path.exists(action.path)
    return not leads and env_removal.unlink(action.path)


def _remove_kernel(action: RemoveKernel, layout: Layout, _narrator: Narrator) -> bool:
    _remove_kernels((action.name,), layout)
    return True


def _remove_lock(action: RemoveLock, _layout: Layout, _narrator: Narrator) -> bool:
    return env_removal.unlink_lock(action.path)


def _remove_file(action: RemoveFile, _layout: Layout, _narrator: Narrator) -> bool:
    return env_removal.unlink(action.path)


def _remove_kernels(names: tuple[str, ...], layout: Layout) -> None:
    for outcome in kernels.remove(list(names), layout, missing_ok=True) if names else ():
        if outcome.code:
            raise KernelFailed("kernel-not-removed", f"kernel {outcome.name}: {outcome.message}", command=outcome.command, advice=outcome.advice)


_EXECUTORS: Final[Mapping[type[Removal], Callable[[Any, Layout, Narrator], bool]]] = {
    RemoveEnv: _remove_env,
    FinishReplacement: _finish_replacement,
    RemoveLink: _remove_link,
    RemoveKernel: _remove_kernel,
    RemoveLock: _remove_lock,
    RemoveFile: _remove_file,
}
