"""``roost kernel remove`` and ``prune``: takes kernels away, and no env."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from roost.jobs.kernel.add import as_kernel_failure
from roost.jobs.kernel.present import Outcome, kernels_of, named, not_found
from roost.jobs.targets import target_of
from roost.machine import environments, inventory, jupyter, kernel_making, kernelspecs, packages
from roost.machine.layout import Layout
from roost.machine.locks import env_locked
from roost.machine.process import scratch
from roost.rules.errors import EnvNotMade, InterpreterUnavailable, InvalidPin, KernelFailed, NoProject
from roost.rules.kernelspec import Kernel, KernelState
from roost.rules.model import EnvState
from roost.rules.versions import numbers


def remove(
    names: list[str], layout: Layout, *, data: Path | None = None, force: bool = False, missing_ok: bool = False, uninstall: bool = False
) -> Iterator[Outcome]:
    """Each kernel in turn; a foreign one only with ``force``. ``uninstall``: ipykernel goes from the env too."""
    directory = jupyter.directory_of(layout, data)
    with kernel_making.locked(layout):
        for name, kernel in named(names, directory):
            if kernel is None:
                yield Outcome(name, 0, "not there") if missing_ok else not_found(name)
            elif kernel.mark is None and not force:
                yield Outcome(name, KernelFailed.code, "roost did not make this kernel", f"roost kernel remove --force {name}")
            else:
                outcome = _removed(kernel)
                yield _uninstalled(kernel.name, kernel.mark.env, layout) if uninstall and kernel.mark and not outcome.code else outcome


def _uninstalled(name: str, prefix: Path, layout: Layout) -> Outcome:
    """Takes ipykernel itself, and nothing that came with it, out of the env of a removed kernel, if that is still there."""
    env = environments.inspect(prefix)
    if env.state is not EnvState.READY or not environments.has_ipykernel(prefix):
        return Outcome(name, 0, "removed")
    try:
        with as_kernel_failure(env), scratch() as work, env_locked(prefix):
            uv = packages.pick_installer("auto", numbers(environments.python_version(prefix)), layout)
            packages.uninstall(env, "ipykernel", uv, layout.environ, work)
    except KernelFailed as error:
        return Outcome(name, error.code, f"removed, but {error.message}", error.command, error.advice)
    return Outcome(name, 0, f"removed, and ipykernel from {prefix}")


def without_env(layout: Layout) -> Iterator[tuple[str, str]]:
    """Our kernels whose env is gone, and not with the disk that it lay on: name and reason."""
    for kernel in map(kernelspecs.judged, kernelspecs.scan(jupyter.directory_of(layout))):
        if kernel.mark and kernel.state is KernelState.STALE and not os.path.lexists(kernel.mark.env) and not unmounted(kernel):
            yield kernel.name, kernel.reason


def prune(layout: Layout, *, data: Path | None = None, foreign: bool = False, really: bool = False) -> Iterator[Outcome]:
    """Removes what is ours and stale; with ``foreign`` also what starts an absolute path that is not there."""
    with kernel_making.locked(layout) if really else nullcontext():
        for kernel in map(kernelspecs.judged, kernelspecs.scan(jupyter.directory_of(layout, data))):
            if kernel.state is not KernelState.STALE or not (kernel.mark or (foreign and not os.path.exists(kernel.interpreter))):
                continue
            if away := unmounted(kernel):
                yield Outcome(kernel.name, 0, f"kept: {away} is not there, perhaps a volume that is not mounted")
            elif really:
                yield _removed(kernel)._replace(message=f"removed: {kernel.reason}")
            else:
                yield Outcome(kernel.name, 0, f"would remove: {kernel.reason}")


def unmounted(kernel: Kernel) -> Path | None:
    """What is gone beside the kernel's env: the whole directory of versions, or what a link on the way leads to."""
    env = kernel.mark.env if kernel.mark else Path(kernel.interpreter).parent.parent
    return inventory.unmounted(env)


def _removed(kernel: Kernel) -> Outcome:
    try:
        kernel_making.remove(kernel)
    except KernelFailed as error:
        return Outcome(kernel.name, error.code, error.message, error.command, error.advice)
    return Outcome(kernel.name, 0, "removed")


def owners_of(word: str | None, directory: Path, layout: Layout, data: Path | None) -> list[str]:
    """The names of a project's kernels, for ``kernel remove --project``. Raises NoProject if it has none."""
    try:
        target = target_of(word, directory, layout)
        found = kernels_of(target, jupyter.directory_of(layout, data))
    except (NoProject, EnvNotMade, InterpreterUnavailable, InvalidPin):
        place = Path(os.path.normpath(directory / (word or ".")))
        found = [kernel for kernel in kernelspecs.scan(jupyter.directory_of(layout, data)) if kernel.mark and kernel.mark.project == place]
    if not found:
        raise NoProject("kernel-not-found", f"{word or directory} has no kernel", command="roost kernel list")
    return [kernel.name for kernel in found]
