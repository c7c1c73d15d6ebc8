"""What a project's own files say it needs, and putting that into its env (D)."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from roost.machine import environments, manifests, requirements
from roost.machine.layout import Layout
from roost.rules.dependencies import PROGRAMS, Listed, Locked, Means, Refusal, Source, find_source, make_command
from roost.rules.errors import PackagesFailed
from roost.rules.model import Env, Narrator
from roost.rules.plan import InstallDependencies, Outstanding
from roost.rules.versions import numbers


def find(root: Path, deps: bool | Listed, env: Env, installer: str = "auto") -> Outstanding | None:
    """What the project at ``root`` needs, and whether ``env`` has it; None if its files name nothing. Starts no process.

    ``deps``: as in the settings; ``installer``: what the user asked for. Raises PackagesFailed for files that cannot be used.
    """
    try:
        source = find_source(manifests.read_dependencies(root), deps)
    except ValueError as error:
        path = root / "pyproject.toml"
        raise PackagesFailed("group-invalid", f"{path}: {error}", advice="correct it, or skip the dependencies with --no-deps", file=path) from error
    if source is None:
        return None
    requirements.find_inputs(root, source)  # a file that is missing is said before an env is made
    return Outstanding(source, _is_current(root, source, env, installer))


def install(action: InstallDependencies, root: Path, layout: Layout, narrator: Narrator, installer: str = "auto") -> bool:
    """Returns whether anything was done: another roost may have been faster. Raises PackagesFailed, LockTimeout.

    The env keeps what was installed before, whatever happens (D4).
    """
    from roost.machine import packages
    from roost.machine.locks import env_locked

    env, source = environments.inspect(action.env.prefix), action.source
    waiting = f"another roost is working on {env.prefix}; waiting for it"
    try:
        with env_locked(env.prefix, lambda: narrator.step(waiting)):
            if _is_current(root, source, env, installer):
                return False
            _install(source, root, _means(source, env, layout, installer), layout, narrator)
    except packages.NotInstalled as error:
        raise PackagesFailed("dependencies-failed", error.message, command=error.command, advice=error.advice, file=error.file, detail=error.detail) from error
    except OSError as error:
        from roost.machine.files import explain

        reason, remedy = explain(error, env.prefix)
        raise PackagesFailed("dependencies-failed", f"nothing was installed into {env.prefix}: {reason}", advice=remedy, file=env.prefix) from error
    return True


def _install(source: Source, root: Path, means: Means, layout: Layout, narrator: Narrator) -> None:
    """Under the env's lock. Raises PackagesFailed, NotInstalled, OSError."""
    from roost.machine import packages
    from roost.machine.process import scratch

    env, command = means.env, make_command(source, means)
    if isinstance(command, Refusal):
        file = root / source.describe() if isinstance(source, Locked) else env.prefix
        raise PackagesFailed(command.slug, command.message, command=command.command, advice=command.advice, file=file)
    tool = _tool(source, means)
    known = environments.noted_dependencies(env.prefix)
    # Before the installation: what changes while it runs is installed the next time.
    fingerprint = requirements.fingerprint(root, source, tool)
    # Until it has ended nothing vouches for the env: a killed one leaves half of the old and half of the new.
    environments.note_dependencies(env.prefix, {name: said for name, said in known.items() if name != str(root)})
    narrator.step(f"installing from {source.describe()} into {env.prefix} with {tool}")
    narrator.detail(f"{tool} looks for what is needed")  # it may say nothing for some seconds
    if isinstance(source, Listed) and means.uv is None and not environments.has_pip(env.prefix):
        with scratch() as work:
            packages.add_pip(env, layout.environ, work, narrator.detail)
    layout.logs.mkdir(parents=True, exist_ok=True)
    # With the process's number, because `up -r` may fill envs of the same name, below several versions, in the same second.
    log = layout.logs / f"dependencies-{env.name}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    failure = f"{tool} could not install from {source.describe()} into {env.prefix}"
    packages.install_from(command, root, {**layout.environ, "PATH": layout.search_path}, log, failure, narrator.detail)
    environments.note_dependencies(env.prefix, {**known, str(root): {"tool": tool, "hash": fingerprint}})


def _is_current(root: Path, source: Source, env: Env, installer: str) -> bool:
    """Was this installed into the env, by the same tool and from the same content (D3)?"""
    noted = environments.noted_dependencies(env.prefix).get(str(root))
    if noted is None or (isinstance(source, Listed) and installer not in {"auto", noted["tool"]}):
        return False
    return noted["hash"] == requirements.fingerprint(root, source, noted["tool"])


def _means(source: Source, env: Env, layout: Layout, installer: str) -> Means:
    from roost.machine import packages

    python = environments.python_version(env.prefix)
    uv = packages.pick_installer(installer, numbers(python), layout) if isinstance(source, Listed) else None
    pip = numbers(packages.installed(env.prefix).get("pip", ""))
    found = {name: shutil.which(name, path=layout.search_path) for name in PROGRAMS}
    return Means(env, python, pip, uv, {name: Path(path) for name, path in found.items() if path})


def _tool(source: Source, means: Means) -> str:
    if isinstance(source, Locked):
        return source.tool
    return "uv" if means.uv else "pip"
