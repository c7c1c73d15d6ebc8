"""``roost kernel add``: ipykernel into an env, and a Jupyter kernel that starts it."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from roost.jobs.kernel.present import is_current, kernels_of, owned
from roost.jobs.targets import Target
from roost.machine import environments, jupyter, kernel_making, kernelspecs, packages
from roost.machine.layout import Layout
from roost.machine.locks import env_locked
from roost.machine.process import scratch
from roost.rules.errors import KernelFailed, UsageError
from roost.rules.kernelspec import (
    ISOLATION,
    NAME_RULE,
    Asked,
    Kernel,
    KernelState,
    OwnerMark,
    Registration,
    checked_name,
    default_names,
    display_names,
    unused,
)
from roost.rules.model import Env, Narrator
from roost.rules.versions import numbers

# Without a bound, a resolver under constraints goes back to releases that this Python cannot run.
_IPYKERNEL: Final = "ipykernel>=6"
_OLDEST_FOR_IPYKERNEL_6: Final = (3, 7)


class Options(NamedTuple):
    """The options of ``kernel add``. ``installer``: ``auto``, ``uv`` or ``pip``."""

    name: str | None = None
    display_name: str | None = None
    variables: tuple[tuple[str, str], ...] = ()
    replace: bool = False
    force: bool = False
    install: bool = True
    installer: str = "auto"
    allow_changes: bool = False
    pip: bool = True
    isolated: bool = False
    startup: bool = False


class Added(NamedTuple):
    """What ``add`` did. ``document``: the kernel.json; None in a dry run without ipykernel to write one."""

    kernel: Kernel
    changed: bool
    installed: tuple[str, ...]
    notices: tuple[str, ...]
    document: dict[str, Any] | None = None


class _Plan(NamedTuple):
    """What ``add`` decided: the kernel to write and the one that it takes the place of."""

    registration: Registration
    replaced: Kernel | None
    notices: tuple[str, ...]


def register_again(target: Target, layout: Layout, narrator: Narrator) -> tuple[str, ...]:
    """Registers the kernel of a project, or each of its kernels that is stale; returns what to tell the user."""
    present = kernels_of(target, jupyter.directory_of(layout))
    notices: list[str] = []
    names: list[str | None] = [kernel.name for kernel in present if not is_current(kernel, target)]
    for name in names or [None]:
        added = add(target, Options(name=name), layout, narrator)
        notices += [*added.notices, f"kernel {added.kernel.name} is registered as {added.kernel.display_name!r} ({added.kernel.path})"]
    return tuple(notices)


def add(target: Target, options: Options, layout: Layout, narrator: Narrator, *, data: Path | None = None, dry_run: bool = False) -> Added:
    """Registers the kernel of an env; ipykernel goes into the env first if it is not there. The env is never harmed.

    Raises UsageError for a name that is not allowed, KernelFailed for everything of the kernel's own.
    """
    directory = jupyter.directory_of(layout, data)
    plan = _decide(target, options, directory, layout)  # a refusal comes before anything is installed
    if dry_run:
        return _rehearsed(target, plan, directory, layout, narrator)
    installed, notices = _furnish(target, options, layout, narrator)
    narrator.detail(f"writing the kernel {plan.registration.name}")
    with scratch() as work, kernel_making.locked(layout):
        plan = _decide(target, options, directory, layout)  # another roost may have been faster
        staged = kernel_making.stage(plan.registration, layout.environ, work)
        changed = kernel_making.place(staged, directory, plan.replaced.path if plan.replaced else None)
    if target.project is not None:
        environments.note_project(target.env.prefix, target.project)  # another clone may have made it
    if options.startup:
        kernel_making.write_startup(target.env.prefix)
    return _added(plan, directory, directory)._replace(changed=changed, installed=installed, notices=(*plan.notices, *notices))


def _rehearsed(target: Target, plan: _Plan, directory: Path, layout: Layout, narrator: Narrator) -> Added:
    """What ``add`` would do. ipykernel alone can write the kernel.json, and nothing is installed to find out."""
    to_be = plan.registration
    if not environments.has_ipykernel(target.env.prefix):
        missing = f"ipykernel is not in {target.env.prefix} yet: it would be installed first"
        kernel = Kernel(to_be.name, directory / to_be.name, to_be.display_name, str(target.env.python), to_be.mark, KernelState.STALE, "it is not written yet")
        return Added(kernel, True, (), (*plan.notices, missing))
    narrator.detail(f"writing the kernel {to_be.name}")
    with scratch() as work:
        return _added(plan, kernel_making.stage(to_be, layout.environ, work).parent, directory)


def _added(plan: _Plan, written: Path, directory: Path) -> Added:
    """The kernel as it is ``written`` below a directory, for the one to which it belongs."""
    name = plan.registration.name
    document = json.loads((written / name / "kernel.json").read_bytes())
    kernel = kernelspecs.find(written, name)
    assert kernel is not None
    return Added(kernelspecs.judged(kernel)._replace(path=directory / name), True, (), plan.notices, document)


def _decide(target: Target, options: Options, directory: Path, layout: Layout) -> _Plan:
    """Name, display name and conflicts; touches nothing."""
    present = kernelspecs.scan(directory)
    mine = owned(present, target)
    name = _name(target, options, mine, present)
    replaced = kernelspecs.called(name, present)
    if replaced is None and os.path.lexists(directory / name):
        replaced = Kernel(name, directory / name, "", "", None, KernelState.BROKEN, "it has no kernel.json")
    _refuse_conflict(name, replaced, mine, options)
    used = {kernel.display_name for kernel in present if kernel is not replaced}
    registration = _registration(name, target, options, replaced.mark if replaced and replaced in mine else None, used, layout)
    return _Plan(registration, replaced, tuple(_warnings(registration, used, directory, layout)))


def _registration(name: str, target: Target, options: Options, before: OwnerMark | None, used: Collection[str], layout: Layout) -> Registration:
    """``before``: the mark of the kernel that it takes the place of, if that is ours; what was asked for then still holds."""
    env, project = target.env, target.project
    asked = before.asked if before else Asked()
    if before and before.project and before.env == env.prefix and os.path.isdir(before.project):
        project = before.project  # two projects share the env, and its kernel stays with the first
    variables = {**asked.variables, **(ISOLATION if options.isolated else {}), **dict(options.variables)}
    asked = Asked(options.display_name or asked.display_name, variables)
    display_name = asked.display_name or unused(display_names(env.name, project, target.python), used)
    versions = layout.pyenv_store.path
    version = str(env.prefix.relative_to(versions)) if env.prefix.is_relative_to(versions) else None
    return Registration(name, display_name, OwnerMark(env.prefix, project, target.python, asked), version, environments.ipykernel_version(env.prefix))


def _warnings(to_be: Registration, used: Collection[str], directory: Path, layout: Layout) -> Iterator[str]:
    """What would surprise the user of a kernel in ``directory``."""
    if to_be.display_name in used:
        yield f"another kernel is called {to_be.display_name!r} too: in a menu they look alike; --display-name gives it a name of its own"
    before_ours, _ = jupyter.search_directories(layout.environ, directory.parent)
    for place in before_ours:
        if kernelspecs.find(place, to_be.name):
            yield f"{place / to_be.name} comes before it: Jupyter will start that one"
    if blind := jupyter.unseen_by(layout.environ):
        yield f"{' and '.join(blind)} may not look into {directory}"
    if "$" in str(to_be.mark.env):
        yield f"there is a $ in {to_be.mark.env}: Jupyter starts the kernel, VS Code may not"


def _name(target: Target, options: Options, mine: list[Kernel], present: list[Kernel]) -> str:
    if options.name is not None:
        name = checked_name(options.name)
        if name is None:
            raise UsageError("kernel-name", f"{options.name!a} is not a kernel name: {NAME_RULE}, and nothing like python3", advice="choose another --name")
        return name
    first, second = default_names(target.env.name, target.project, target.python)
    if mine:  # notebooks store the name: it outlives a new env
        return next((kernel.name for kernel in mine if kernel.name == first), mine[0].name)
    holder = kernelspecs.called(first, present)
    return second if holder is not None and holder.mark is not None and not options.replace else first


def _refuse_conflict(name: str, replaced: Kernel | None, mine: list[Kernel], options: Options) -> None:
    if replaced is None or replaced in mine:
        return
    if replaced.mark is None:
        allowed, option, code, message = options.force, "--force", "kernel-foreign", f"there is a kernel {name!r} that roost did not make"
    else:
        allowed, option, code, message = options.replace, "--replace", "kernel-taken", f"kernel {name!r} belongs to {replaced.mark.owner}"
    if not allowed:
        raise KernelFailed(code, message, command=f"roost kernel add {option}", advice="or give it another --name", file=replaced.path)


def _furnish(target: Target, options: Options, layout: Layout, narrator: Narrator) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """ipykernel, and pip, into the env: what was added, as ``name version``, and what to tell the user."""
    env = target.env
    needs_kernel, needs_pip = not environments.has_ipykernel(env.prefix), not environments.has_pip(env.prefix)
    if needs_kernel and not options.install:
        raise KernelFailed(
            "no-ipykernel", f"ipykernel is not installed in {env.prefix} (Python {target.python})", advice="run it without --no-install", file=env.prefix
        )
    wants_pip = needs_pip and options.pip and options.install
    without_pip = f"{env.prefix} has no pip: in a notebook, !pip would be some other environment's pip and %pip fails"
    notices = (without_pip,) if needs_pip and not wants_pip else ()
    if not needs_kernel and not wants_pip:
        return (), notices
    with as_kernel_failure(env), scratch() as work, env_locked(env.prefix):
        before = packages.installed(env.prefix)
        uv = packages.pick_installer(options.installer, numbers(target.python), layout)
        limits = [] if options.allow_changes else packages.pins(env.prefix)
        narrator.step(f"installing {'ipykernel' if needs_kernel else 'pip'} into {env.prefix} with {'uv' if uv else 'pip'}")
        narrator.detail("choosing versions")
        if needs_pip and uv is None:
            if not wants_pip:
                raise packages.NotInstalled(
                    f"there is no uv on PATH, and no pip in {env.prefix}, to install ipykernel with", "run it without --no-pip, or install uv"
                )
            packages.add_pip(env, layout.environ, work, narrator.detail)
        wanted = [
            *([_IPYKERNEL if numbers(target.python) >= _OLDEST_FOR_IPYKERNEL_6 else "ipykernel"] if needs_kernel else []),
            *(["pip"] if wants_pip and uv else []),
        ]
        if wanted:
            packages.install(env, wanted, limits, uv, layout.environ, work, narrator.detail)
    after = packages.installed(env.prefix)
    return tuple(sorted(f"{name} {version}" for name, version in after.items() if before.get(name) != version)), notices


@contextmanager
def as_kernel_failure(env: Env) -> Iterator[None]:
    """What keeps ipykernel from being put into ``env``, or taken out of it, as KernelFailed."""
    try:
        yield
    except packages.NotInstalled as error:
        if error.against:
            message = f"no ipykernel fits {', '.join(error.against)} in {env.prefix}"
            command, advice = "roost kernel add --allow-changes", "which may change those versions"
            raise KernelFailed("no-ipykernel", message, command=command, advice=advice, file=env.prefix) from error
        raise KernelFailed("no-ipykernel", error.message, advice=error.advice, file=env.prefix, detail=error.detail) from error
