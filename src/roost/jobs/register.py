"""``roost kernel add``: which env is meant, and its Jupyter kernel."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from roost.jobs.observe import observe
from roost.machine import environments, kernels
from roost.machine.layout import Layout, python_version
from roost.machine.pyenv import Narrator
from roost.rules.errors import EnvNotMade, KernelFailed, NoProject, UsageError, to_type
from roost.rules.kernelspec import (
    ISOLATION,
    NAME_RULE,
    Kernel,
    KernelState,
    Mark,
    Registration,
    Wanted,
    checked_name,
    default_names,
    display_names,
    unused,
)
from roost.rules.model import Env, EnvState
from roost.rules.pins import is_env_name, pyenv_env_names
from roost.rules.versions import numbers

# Without a bound, a resolver under constraints goes back to releases that this Python cannot run.
_IPYKERNEL: Final = "ipykernel>=6"
_OLDEST_FOR_IPYKERNEL_6: Final = (3, 7)


@dataclass(frozen=True)
class Target:
    """The env that a kernel is for. ``project`` is None where the env's note names none, or several."""

    env: Env
    project: Path | None

    @property
    def python(self) -> str:
        return python_version(self.env.prefix)


@dataclass(frozen=True)
class Options:
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


@dataclass(frozen=True)
class Added:
    """What ``add`` did. ``document``: the kernel.json; None in a dry run without ipykernel to write one."""

    target: Target
    kernel: Kernel
    changed: bool
    installed: tuple[str, ...]
    notices: tuple[str, ...]
    document: dict[str, Any] | None = None


@dataclass
class _Plan:
    """What ``add`` decided: the kernel to write and the one that it takes the place of."""

    registration: Registration
    replaced: Kernel | None
    notices: list[str] = field(default_factory=list)


# --- which env -----------------------------------------------------------------------------------------


def target_of(word: str | None, directory: Path, layout: Layout) -> Target:
    """The env that ``word`` means: a project's directory, ``<version>/envs/<name>`` or a name; None: the project of ``directory``.

    Raises NoProject (exit 3) if there is none, KernelFailed if there are several, EnvNotMade for one that is not ready.
    """
    named = None if word is None else pyenv_env_names(os.fsencode(word))
    if word is None:
        return _of_project(directory, layout)
    if named is not None and named[0] is not None:
        return _ready(Target(environments.inspect(layout.store(named[0]) / named[0] / "envs" / named[1], named[1]), None))
    found = environments.find_all(layout, word) if is_env_name(os.fsencode(word)) else []
    if len(found) > 1:
        places = ", ".join(f"{env.prefix.parents[1].name}/envs/{env.name}" for env in found)
        raise KernelFailed("ambiguous", f"there are {len(found)} envs {word}: {places}", f"roost kernel add {places.partition(',')[0]}")
    if found:
        return _ready(Target(found[0], None))
    place = Path(os.path.normpath(directory / word))
    if not place.is_dir():
        raise NoProject("env-not-found", f"there is no env {word!a}, and no directory of that name", "roost kernel list --all, or roost up in its project")
    return _of_project(place, layout)


def all_targets(layout: Layout) -> list[Target]:
    """Every env that is ready."""
    return [_ready(Target(env, None)) for env in environments.find_all(layout) if env.state is EnvState.READY]


def kernels_of(target: Target, directory: Path) -> list[Kernel]:
    """The kernels in ``directory`` that are this project's, or this env's."""
    return [kernels.judged(kernel) for kernel in _owned(kernels.scan(directory), target)]


def is_current(kernel: Kernel, target: Target) -> bool:
    """Does the kernel start the project's env, as far as a look can tell?"""
    return kernel.state is KernelState.OK and kernel.mark is not None and kernel.mark.env == target.env.prefix


def _owned(present: list[Kernel], target: Target) -> list[Kernel]:
    """The project's own before those of another one that shares the env."""
    mine = [kernel for kernel in present if kernel.mark and kernel.mark.same_owner(target.env.prefix, target.project)]
    return sorted(mine, key=lambda kernel: kernel.mark is not None and kernel.mark.project != target.project)


def _of_project(directory: Path, layout: Layout) -> Target:
    observation = observe(directory, layout)
    if observation.env is None:
        raise NoProject(
            "env-not-found", f"the env {observation.project.env_name} is not there yet", to_type("roost", "up", directory), str(observation.project.name_file)
        )
    return _ready(Target(observation.env, observation.project.root))


def _ready(target: Target) -> Target:
    env = target.env
    if env.state is EnvState.MISSING:
        raise NoProject("env-not-found", f"the env {env.prefix} is not there", "roost up in its project", str(env.prefix))
    if env.state is not EnvState.READY:
        raise EnvNotMade(f"env-{env.state.value}", f"the env {env.prefix} is {env.state.value}", "roost up --recreate in its project", str(env.prefix))
    if target.project is not None:
        return target
    projects = (environments.read_note(env.prefix) or {}).get("projects", [])
    return replace(target, project=Path(projects[0]) if len(projects) == 1 else None)


# --- add -----------------------------------------------------------------------------------------------


def add(target: Target, options: Options, layout: Layout, narrator: Narrator, *, data: Path | None = None, dry_run: bool = False) -> Added:
    """Registers the kernel of an env; ipykernel goes into the env first if it is not there. The env is never harmed.

    Raises UsageError for a name that is not allowed, KernelFailed for everything of the kernel's own.
    """
    directory = kernels.directory_of(layout, data)
    plan = _decide(target, options, directory, layout)  # a refusal comes before anything is installed
    notices = plan.notices
    added: list[str] = []
    if not dry_run:
        added = _furnish(target, options, layout, narrator, notices)
    elif not kernels.has_ipykernel(target.env.prefix):
        notices.append(f"ipykernel is not in {target.env.prefix} yet: it would be installed first")
        to_be = plan.registration
        kernel = Kernel(to_be.name, directory / to_be.name, to_be.display_name, str(target.env.python), to_be.mark, KernelState.STALE, "it is not written yet")
        return Added(target, kernel, True, (), tuple(notices))
    narrator.detail(f"writing the kernel {plan.registration.name}")
    with kernels.scratch() as scratch:
        if dry_run:
            staged = kernels.stage(plan.registration, layout.environ, scratch)
            return _added(target, plan, staged.parent, directory, True, [])
        with kernels.locked(layout):
            plan = replace(_decide(target, options, directory, layout), notices=notices)  # another roost may have been faster
            staged = kernels.stage(plan.registration, layout.environ, scratch)
            changed = kernels.place(staged, directory, plan.replaced.path if plan.replaced else None)
    if options.startup:
        kernels.write_startup(target.env.prefix)
    return _added(target, plan, directory, directory, changed, added)


def _added(target: Target, plan: _Plan, written: Path, directory: Path, changed: bool, added: list[str]) -> Added:
    name = plan.registration.name
    document = json.loads((written / name / "kernel.json").read_bytes())
    kernel = kernels.find(written, name)
    assert kernel is not None
    return Added(target, replace(kernels.judged(kernel), path=directory / name), changed, tuple(added), tuple(plan.notices), document)


def _decide(target: Target, options: Options, directory: Path, layout: Layout) -> _Plan:
    """Name, display name and conflicts; touches nothing."""
    env, project = target.env, target.project
    present = kernels.scan(directory)
    mine = _owned(present, target)
    name = _name(target, options, mine, present)
    replaced = kernels.called(name, present)
    if replaced is None and os.path.lexists(directory / name):
        replaced = Kernel(name, directory / name, "", "", None, KernelState.BROKEN, "it has no kernel.json")
    _refuse_conflict(name, replaced, mine, options)
    notices: list[str] = []
    mark = replaced.mark if replaced and replaced in mine else None
    before = mark.wanted if mark else Wanted()
    if mark and mark.project and mark.env == env.prefix and os.path.isdir(mark.project):
        project = mark.project  # two projects share the env, and its kernel stays with the first
    variables = {**before.variables, **(ISOLATION if options.isolated else {}), **dict(options.variables)}
    wanted = Wanted(options.display_name or before.display_name, variables)
    used = {kernel.display_name for kernel in present if kernel is not replaced}
    display_name = wanted.display_name or unused(display_names(env.name, project, target.python), used)
    if display_name in used:
        notices.append(f"another kernel is called {display_name!r} too: in a menu they look alike; --display-name gives it a name of its own")
    before_ours, _ = kernels.search_directories(layout.environ, directory.parent)
    notices += [f"{place / name} comes before it: Jupyter will start that one" for place in before_ours if kernels.find(place, name)]
    if blind := kernels.unseen_by(layout.environ):
        notices.append(f"{' and '.join(blind)} may not look into {directory}")
    if "$" in str(env.prefix):
        notices.append(f"there is a $ in {env.prefix}: Jupyter starts the kernel, VS Code may not")
    versions = layout.pyenv_root / "versions"
    version = str(env.prefix.relative_to(versions)) if env.prefix.is_relative_to(versions) else None
    registration = Registration(name, display_name, Mark(env.prefix, project, target.python, wanted), version, kernels.ipykernel_version(env.prefix))
    return _Plan(registration, replaced, notices)


def _name(target: Target, options: Options, mine: list[Kernel], present: list[Kernel]) -> str:
    if options.name is not None:
        name = checked_name(options.name)
        if name is None:
            raise UsageError("kernel-name", f"kernel name {options.name!a} is not allowed: {NAME_RULE}, and not like python3", "choose another --name")
        return name
    first, second = default_names(target.env.name, target.project, target.python)
    if mine:  # notebooks store the name: it outlives a new env
        return next((kernel.name for kernel in mine if kernel.name == first), mine[0].name)
    holder = kernels.called(first, present)
    return second if holder is not None and holder.mark is not None and not options.replace else first


def _refuse_conflict(name: str, replaced: Kernel | None, mine: list[Kernel], options: Options) -> None:
    if replaced is None or replaced in mine:
        return
    if replaced.mark is None:
        allowed, option, code, message = options.force, "--force", "kernel-foreign", f"there is a kernel {name!r} that roost did not make"
    else:
        allowed, option, code, message = options.replace, "--replace", "kernel-taken", f"kernel {name!r} belongs to {replaced.mark.owner}"
    if not allowed:
        raise KernelFailed(code, message, f"roost kernel add {option} takes the name, --name gives it another", str(replaced.path))


def _furnish(target: Target, options: Options, layout: Layout, narrator: Narrator, notices: list[str]) -> list[str]:
    """ipykernel, and pip, into the env: what was added, as ``name version``."""
    env = target.env
    needs_kernel, needs_pip = not kernels.has_ipykernel(env.prefix), not kernels.has_pip(env.prefix)
    if needs_kernel and not options.install:
        raise KernelFailed("no-ipykernel", f"ipykernel is not installed in {env.prefix} (Python {target.python})", "leave --no-install out", str(env.prefix))
    wants_pip = needs_pip and options.pip and options.install
    if needs_pip and not wants_pip:
        notices.append(f"{env.prefix} has no pip: in a notebook, !pip would be some other environment's pip and %pip fails")
    if not needs_kernel and not wants_pip:
        return []
    from roost.machine import packages  # here: most runs install nothing

    with as_kernel_failure(env), kernels.scratch() as scratch, environments.locked(env.prefix):
        before = packages.installed(env.prefix)
        uv = packages.pick_installer(options.installer, numbers(target.python), layout)
        limits = [] if options.allow_changes else packages.pins(env.prefix)
        narrator.step(f"installing {'ipykernel' if needs_kernel else 'pip'} into {env.prefix} with {'uv' if uv else 'pip'}")
        narrator.detail("choosing versions")
        if needs_pip and uv is None:
            if not wants_pip:
                raise packages.NotInstalled(f"there is neither a uv nor a pip in {env.prefix} to install ipykernel with", "leave --no-pip out, or install uv")
            packages.add_pip(env, layout.environ, scratch, narrator.detail)
        wanted = [
            *([_IPYKERNEL if numbers(target.python) >= _OLDEST_FOR_IPYKERNEL_6 else "ipykernel"] if needs_kernel else []),
            *(["pip"] if wants_pip and uv else []),
        ]
        if wanted:
            packages.install(env, wanted, limits, uv, layout.environ, scratch, narrator.detail)
    after = packages.installed(env.prefix)
    return sorted(f"{name} {version}" for name, version in after.items() if before.get(name) != version)


@contextmanager
def as_kernel_failure(env: Env) -> Iterator[None]:
    from roost.machine.packages import NotInstalled

    try:
        yield
    except NotInstalled as error:
        message, hint, detail = error.message, error.hint, error.detail
        if error.against:
            message, detail = f"no ipykernel fits {', '.join(error.against)} in {env.prefix}", ""
            hint = "roost kernel add --allow-changes lets it move that"
        raise KernelFailed("no-ipykernel", message, hint, str(env.prefix), detail=detail) from error
