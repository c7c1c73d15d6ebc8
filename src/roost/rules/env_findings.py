"""Words for what ``roost doctor`` finds in envs and their kernels."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from roost.rules.errors import to_type
from roost.rules.findings import Area, Finding, Level
from roost.rules.kernelspec import Kernel
from roost.rules.model import Env, EnvState
from roost.rules.names import free_env_name
from roost.rules.versions import numbers


class EnvSeen(NamedTuple):
    """``users``: the projects that ask for the env. ``recorded``: another place that its files name. ``home``: where it was made from, if that is elsewhere.

    ``version``: of its Python, by its own words. ``held``: is a roost at work on it?
    """

    env: Env
    by_roost: bool
    users: tuple[Path, ...] = ()
    recorded: Path | None = None
    home: Path | None = None
    version: str = ""
    held: bool = False


def env(seen: EnvSeen) -> Iterator[Finding]:
    """Does the env work, where it lies and as what it is called?"""
    what, prefix = f"the env {seen.env.label}", seen.env.prefix
    if seen.held:
        return
    if seen.env.state is EnvState.INCOMPLETE:
        command = to_type("roost", "up", seen.users[0]) if seen.users else "roost prune --yes" if seen.by_roost else _remove(seen)
        yield _env("env-incomplete", f"{what} is half-made", "no shell activates it, and `pyenv virtualenvs` stops at it", command, prefix)
    elif seen.env.state is EnvState.BROKEN:
        moved = f", and it was moved: its scripts were written for {seen.recorded}" if seen.recorded else ""
        yield _again(seen, "env-broken", f"{what} is broken: its Python is gone{moved}", "no shell activates it")
    elif seen.recorded is not None:
        message = f"{what} was moved or copied: its scripts were written for {seen.recorded}"
        yield _again(seen, "env-moved", message, "its pip installs into that other place, or does not start")
    elif wrong := _unlike(seen):
        yield _again(
            seen, "env-other-interpreter", f"{what} was made from another interpreter: {wrong}", "the project does not get the Python that it asks for"
        )


def _unlike(seen: EnvSeen) -> str:
    named, real = numbers(seen.env.version), numbers(seen.version)
    common = min(len(named), len(real))
    if named[:common] != real[:common]:
        return f"its Python is {seen.version}"
    return str(seen.home) if seen.home is not None else ""


def _again(seen: EnvSeen, code: str, message: str, why: str) -> Finding:
    if seen.users:
        return _env(code, message, why, to_type("roost", "up", "--recreate", seen.users[0]), seen.env.prefix)
    # roost notes the projects of the envs that it makes. If none of them uses this env any more, `up --recreate` there would replace a different env.
    advice = "" if seen.by_roost else "or, to have it made again, in its project: roost up --recreate"
    return _env(code, message, why, _remove(seen), seen.env.prefix, advice=advice)


def _remove(seen: EnvSeen) -> str:
    return to_type("roost", "remove", *([] if seen.by_roost else ["--force"]), seen.env.prefix)


def _env(code: str, message: str, why: str, command: str, file: Path, *, level: Level = Level.PROBLEM, advice: str = "") -> Finding:
    return Finding(Area.ENVS, level, code, message, why, command, advice, str(file))


def shared(env: Env, users: Sequence[Path], files: Sequence[Path], taken: Collection[str]) -> Iterator[Finding]:
    """Several projects with one env. ``files``: their .python-virtualenv, where they have one. ``taken``: the names of all envs."""
    if len(users) > 1:
        message = f"{len(users)} projects share the env {env.label}: {', '.join(map(str, users))}"
        why = "what one of them installs, the others get too"
        file = files[-1] if files else None
        yield _env("env-shared", message, why, _own_env(file, taken), env.prefix, level=Level.NOTICE)


def editable(env: Env, project: Path, file: Path | None, leads: Mapping[str, Path], taken: Collection[str]) -> Finding:
    """A worktree whose env imports the code of another one. ``leads``: the packages that are installed from there, one at least."""
    name, place = next(iter(leads.items()))
    message = f"in {project}, {name} is imported from another worktree: {place}"
    why = f"the env {env.label} has it as an editable install, so you work with the other code"
    return _env("editable-elsewhere", message, why, _own_env(file, taken), project, advice="and install the project there")


def _own_env(file: Path | None, taken: Collection[str]) -> str:
    """The command that gives a project an env of its own; empty where no ``file`` of the project names its env."""
    if file is None:
        return ""
    return f"echo {free_env_name(file.parent.name, taken)} > {to_type(file)} && {to_type('roost', 'up', file.parent)}"


def kernel(seen: Kernel, command: str, advice: str, away: Path | None) -> Finding:
    """A Jupyter kernel that cannot start. ``away``: what is not mounted, if that is why."""
    message, why = f"the kernel {seen.name} is {seen.state.value}: {seen.reason}", "it is in Jupyter's menus, and notebooks do not start with it"
    if away is not None:
        command, advice = "", f"mount {away}, if it is on a disk"
    level = Level.PROBLEM if seen.mark and not away else Level.NOTICE
    return _env(f"kernel-{seen.state.value}", message, why, command, seen.path, level=level, advice=advice)
