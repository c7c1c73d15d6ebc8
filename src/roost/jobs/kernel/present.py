"""Which Jupyter kernels there are, whose they are, and whether they can start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from roost.jobs.targets import Target
from roost.machine import jupyter, kernelspecs
from roost.machine.layout import Layout
from roost.rules.errors import NoProject
from roost.rules.kernelspec import Kernel, KernelState


class Outcome(NamedTuple):
    """What became of one kernel in ``check``, ``remove`` and ``prune``; ``code`` is its exit code."""

    name: str
    code: int
    message: str
    command: str = ""
    advice: str = ""
    seconds: float | None = None


def rows(layout: Layout, *, data: Path | None = None, everything: bool = False) -> list[Kernel]:
    """Our kernels in the user's directory; with ``everything`` all that Jupyter would find, those it passes over too."""
    directory = jupyter.directory_of(layout, data)
    if not everything:
        return [kernelspecs.judged(kernel) for kernel in kernelspecs.scan(directory) if kernel.mark]
    before, after = jupyter.search_directories(layout.environ, directory.parent)
    found: list[Kernel] = []
    seen: set[str] = set()
    for place in (*before, directory, *after):
        here = [kernelspecs.judged(kernel) for kernel in kernelspecs.scan(place)]
        found += [kernel._replace(shadowed=kernel.name.lower() in seen) for kernel in here]
        seen |= {kernel.name.lower() for kernel in here}
    return found


def kernels_of(target: Target, directory: Path) -> list[Kernel]:
    """The kernels in ``directory`` that are this project's, or this env's."""
    return [kernelspecs.judged(kernel) for kernel in owned(kernelspecs.scan(directory), target)]


def is_current(kernel: Kernel, target: Target) -> bool:
    """Does the kernel start the project's env, as far as a look can tell?"""
    return kernel.state is KernelState.OK and kernel.mark is not None and kernel.mark.env == target.env.prefix


def owned(present: list[Kernel], target: Target) -> list[Kernel]:
    """The project's own before those of another one that shares the env."""
    mine = [kernel for kernel in present if kernel.mark and kernel.mark.same_owner(target.env.prefix, target.project)]
    return sorted(mine, key=lambda kernel: kernel.mark is not None and kernel.mark.project != target.project)


def named(names: list[str], directory: Path) -> Iterator[tuple[str, Kernel | None]]:
    """The kernels of these names, in any letters; all of ours if there are none. A name that is a path finds nothing."""
    for name in names:
        kernel = kernelspecs.find(directory, name)
        yield (kernel.name, kernelspecs.judged(kernel)) if kernel else (name, None)
    if not names:
        for kernel in kernelspecs.scan(directory):
            if kernel.mark:
                yield kernel.name, kernelspecs.judged(kernel)


def not_found(name: str) -> Outcome:
    return Outcome(name, NoProject.code, "there is no such kernel", command="roost kernel list")
