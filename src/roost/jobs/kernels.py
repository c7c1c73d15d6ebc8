"""``roost kernel list``, ``check``, ``remove`` and ``prune``: what becomes of kernels once they are there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from roost.machine import environments, kernels
from roost.machine.layout import Layout, python_version
from roost.machine.process import deciding, scrubbed
from roost.rules.errors import WORK_TO_DO, EnvNotMade, InterpreterUnavailable, InvalidPin, KernelFailed, NoProject, to_type
from roost.rules.kernelspec import ISOLATION, Kernel, KernelState
from roost.rules.model import EnvState
from roost.rules.versions import numbers


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
    directory = kernels.directory_of(layout, data)
    if not everything:
        return [kernels.judged(kernel) for kernel in kernels.scan(directory) if kernel.mark]
    before, after = kernels.search_directories(layout.environ, directory.parent)
    found: list[Kernel] = []
    seen: set[str] = set()
    for place in (*before, directory, *after):
        here = [kernels.judged(kernel) for kernel in kernels.scan(place)]
        found += [kernel._replace(shadowed=kernel.name.lower() in seen) for kernel in here]
        seen |= {kernel.name.lower() for kernel in here}
    return found


def check(
    names: list[str], layout: Layout, *, data: Path | None = None, static: bool = False, timeout: float = 60.0, jupyters: bool = False
) -> Iterator[Outcome]:
    """Each kernel in turn, by default all of ours: a look, then a real start."""
    directory = kernels.directory_of(layout, data)
    listings = {path: kernels.listed_by(path, layout.environ) for path in _jupyters(layout)} if jupyters else {}
    for name, kernel in _named(names, directory):
        if kernel is None:
            yield _not_found(name)
        elif kernel.state is not KernelState.OK:
            yield Outcome(name, WORK_TO_DO, f"{kernel.state.value}: {kernel.reason}", *_remedy(kernel))
        elif kernel.mark is None:
            yield Outcome(name, KernelFailed.code, "foreign: roost starts only its own kernels", "roost kernel list --all")
        else:
            outcome = Outcome(name, 0, "ok") if static else _started(name, kernel, layout, timeout)
            blind = [path for path, listed in listings.items() if name not in listed]
            yield outcome._replace(message=", ".join([outcome.message, *(f"not seen by {path}" for path in blind)]))


def _remedy(kernel: Kernel) -> tuple[str, str]:
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
    answer = kernels.start(kernel, layout.environ, timeout)
    if not answer.failure:
        return Outcome(name, 0, "ok", seconds=answer.seconds)
    command, advice, environ = answer.command, answer.advice, dict(layout.environ)
    suspects = sorted(name for name in deciding(environ) if name.startswith(("PYTHON", "__PYVENV")))
    if suspects and not kernels.start(kernel, scrubbed(environ), timeout).failure:
        alone = (one for one in suspects if not kernels.start(kernel, {k: v for k, v in environ.items() if k != one}, timeout).failure)
        guilty = next(alone, " and ".join(suspects))
        command = "roost kernel add --isolated" if guilty in ISOLATION else ""
        advice = f"{guilty} is the cause" if command else f"unset {guilty} where Jupyter starts: it is the cause"
    return Outcome(name, KernelFailed.code, answer.failure, command, advice, answer.seconds)


def _jupyters(layout: Layout) -> list[str]:
    fields = dict.fromkeys(layout.environ.get("PATH", "").split(":"))
    return [path for path in (os.path.join(field, "jupyter") for field in fields if field.startswith("/")) if os.access(path, os.X_OK)]


def remove(
    names: list[str], layout: Layout, *, data: Path | None = None, force: bool = False, missing_ok: bool = False, uninstall: bool = False
) -> Iterator[Outcome]:
    """Each kernel in turn; a foreign one only with ``force``. ``uninstall``: ipykernel goes from the env too."""
    directory = kernels.directory_of(layout, data)
    with kernels.locked(layout):
        for name, kernel in _named(names, directory):
            if kernel is None:
                yield Outcome(name, 0, "not there") if missing_ok else _not_found(name)
            elif kernel.mark is None and not force:
                yield Outcome(name, KernelFailed.code, "roost did not make this kernel", f"roost kernel remove --force {name}")
            else:
                outcome = _removed(kernel)
                yield _uninstalled(kernel.name, kernel.mark.env, layout) if uninstall and kernel.mark and not outcome.code else outcome


def _uninstalled(name: str, prefix: Path, layout: Layout) -> Outcome:
    """Takes ipykernel itself, and nothing that came with it, out of the env of a removed kernel, if that is still there."""
    from roost.jobs.kernel_add import as_kernel_failure
    from roost.machine import packages

    env = environments.inspect(prefix)
    if env.state is not EnvState.READY or not kernels.has_ipykernel(prefix):
        return Outcome(name, 0, "removed")
    try:
        with as_kernel_failure(env), kernels.scratch() as scratch, environments.locked(prefix):
            uv = packages.pick_installer("auto", numbers(python_version(prefix)), layout)
            packages.uninstall(env, "ipykernel", uv, layout.environ, scratch)
    except KernelFailed as error:
        return Outcome(name, error.code, f"removed, but {error.message}", error.command, error.advice)
    return Outcome(name, 0, f"removed, and ipykernel from {prefix}")


def without_env(layout: Layout) -> Iterator[tuple[str, str]]:
    """Our kernels whose env is gone, and not with the disk that it lay on: name and reason."""
    for kernel in map(kernels.judged, kernels.scan(kernels.directory_of(layout))):
        if kernel.mark and kernel.state is KernelState.STALE and not os.path.lexists(kernel.mark.env) and not unmounted(kernel):
            yield kernel.name, kernel.reason


def prune(layout: Layout, *, data: Path | None = None, foreign: bool = False, really: bool = False) -> Iterator[Outcome]:
    """Removes what is ours and stale; with ``foreign`` also what starts an absolute path that is not there."""
    with kernels.locked(layout) if really else nullcontext():
        for kernel in map(kernels.judged, kernels.scan(kernels.directory_of(layout, data))):
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
    store = env.parent.parent.parent if env.parent.name == "envs" else env.parent
    dangling = (place for place in (env, *env.parents) if os.path.islink(place) and not os.path.exists(place))
    return next(dangling, None if os.path.isdir(store) else store)


def _removed(kernel: Kernel) -> Outcome:
    try:
        kernels.remove(kernel)
    except KernelFailed as error:
        return Outcome(kernel.name, error.code, error.message, error.command, error.advice)
    return Outcome(kernel.name, 0, "removed")


def _named(names: list[str], directory: Path) -> Iterator[tuple[str, Kernel | None]]:
    """The kernels of these names, in any letters; all of ours if there are none. A name that is a path finds nothing."""
    for name in names:
        kernel = kernels.find(directory, name)
        yield (kernel.name, kernels.judged(kernel)) if kernel else (name, None)
    if not names:
        for kernel in kernels.scan(directory):
            if kernel.mark:
                yield kernel.name, kernels.judged(kernel)


def _not_found(name: str) -> Outcome:
    return Outcome(name, NoProject.code, "there is no such kernel", command="roost kernel list")


def owners_of(word: str | None, directory: Path, layout: Layout, data: Path | None) -> list[str]:
    """The names of a project's kernels, for ``kernel remove --project``. Raises NoProject if it has none."""
    from roost.jobs.kernel_add import kernels_of  # here: `kernel list` needs none of it
    from roost.jobs.targets import target_of

    try:
        target = target_of(word, directory, layout)
        found = kernels_of(target, kernels.directory_of(layout, data))
    except (NoProject, EnvNotMade, InterpreterUnavailable, InvalidPin):
        place = Path(os.path.normpath(directory / (word or ".")))
        found = [kernel for kernel in kernels.scan(kernels.directory_of(layout, data)) if kernel.mark and kernel.mark.project == place]
    if not found:
        raise NoProject("kernel-not-found", f"{word or directory} has no kernel", command="roost kernel list")
    return [kernel.name for kernel in found]
