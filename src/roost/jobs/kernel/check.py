"""``roost kernel check``: looks at kernels, and starts them to see where they run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from roost.jobs.kernel.present import Outcome, named, not_found
from roost.machine import environments, jupyter, kernel_start
from roost.machine.layout import Layout
from roost.machine.process import deciding, scrubbed
from roost.rules.errors import WORK_TO_DO, KernelFailed, to_type
from roost.rules.kernelspec import ISOLATION, Kernel, KernelState
from roost.rules.model import EnvState, Narrator


def check(
    names: list[str],
    layout: Layout,
    narrator: Narrator,
    *,
    data: Path | None = None,
    static: bool = False,
    timeout: float = 60.0,
    jupyters: bool = False,
) -> Iterator[Outcome]:
    """Each kernel in turn, by default all of ours: a look, then a real start."""
    directory = jupyter.directory_of(layout, data)
    listings = {path: kernel_start.listed_by(path, layout.environ) for path in _jupyters(layout)} if jupyters else {}
    for name, kernel in named(names, directory):
        if kernel is None:
            yield not_found(name)
        elif kernel.state is not KernelState.OK:
            yield Outcome(name, WORK_TO_DO, f"{kernel.state.value}: {kernel.reason}", *remedy(kernel))
        elif kernel.mark is None:
            yield Outcome(name, KernelFailed.code, "foreign: roost starts only its own kernels", "roost kernel list --all")
        else:
            if not static:
                narrator.detail(f"starting the kernel {name}")
            outcome = Outcome(name, 0, "ok") if static else _started(name, kernel, layout, timeout)
            blind = [path for path, listed in listings.items() if name not in listed]
            yield outcome._replace(message=", ".join([outcome.message, *(f"not seen by {path}" for path in blind)]))


def remedy(kernel: Kernel) -> tuple[str, str]:
    """The command, and perhaps a word of advice, for a kernel that cannot start."""
    mark = kernel.mark
    if mark is None:
        return to_type("roost", "kernel", "remove", "--force", kernel.name), "or let the program that made it repair it"
    try:
        ready = environments.inspect(mark.env).state is EnvState.READY
    except OSError:
        ready = False
    if ready:
        return to_type("roost", "kernel", "add", mark.project or mark.env.name), ""
    return to_type("roost", "up", mark.project) if mark.project and os.path.isdir(mark.project) else "roost kernel prune --yes", ""


def _started(name: str, kernel: Kernel, layout: Layout, timeout: float) -> Outcome:
    answer = kernel_start.start(kernel, layout.environ, timeout)
    if not answer.failure:
        return Outcome(name, 0, "ok", seconds=answer.seconds)
    command, advice, environ = answer.command, answer.advice, dict(layout.environ)
    suspects = sorted(name for name in deciding(environ) if name.startswith(("PYTHON", "__PYVENV")))
    if suspects and not kernel_start.start(kernel, scrubbed(environ), timeout).failure:
        alone = (one for one in suspects if not kernel_start.start(kernel, {k: v for k, v in environ.items() if k != one}, timeout).failure)
        guilty = next(alone, " and ".join(suspects))
        command = "roost kernel add --isolated" if guilty in ISOLATION else ""
        advice = f"{guilty} is the cause" if command else f"unset {guilty} where Jupyter starts: it is the cause"
    return Outcome(name, KernelFailed.code, answer.failure, command, advice, answer.seconds)


def _jupyters(layout: Layout) -> list[str]:
    fields = dict.fromkeys(layout.environ.get("PATH", "").split(":"))
    return [path for path in (os.path.join(field, "jupyter") for field in fields if field.startswith("/")) if os.access(path, os.X_OK)]
