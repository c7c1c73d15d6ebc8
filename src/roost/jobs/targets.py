"""ENV, wherever a command takes one: which env a word of the user's means (spec C)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from roost.jobs.observe import observe
from roost.machine import environments, projects
from roost.machine.layout import Layout
from roost.rules import explain
from roost.rules.errors import EnvNotMade, NoProject, UsageError
from roost.rules.model import Env, EnvState, State
from roost.rules.names import nearest
from roost.rules.pins import is_env_name, is_version


class Target(NamedTuple):
    """An env that a command works on. ``project``: None where the env's note names none, or several."""

    env: Env
    project: Path | None

    @property
    def python(self) -> str:
        return environments.python_version(self.env.prefix)


def target_of(word: str | None, directory: Path, layout: Layout) -> Target:
    """The env that ``word`` means; None: that of the project which ``directory`` is in.

    A word is an alias, or a name if only one version has an env of that name, ``<version>/envs/<name>``, the
    path of an env, or a project's directory. Raises NoProject if there is no such env, UsageError if there
    are several, and what ``explain`` says of one that is not ready.
    """
    if word is None:
        return _of_project(directory, layout)
    if found := _named(word, layout):
        return _ready(found)
    place = Path(os.path.normpath(directory / word))
    if (place / "pyvenv.cfg").is_file():
        return _ready(environments.inspect(place))
    if place.is_dir():
        return _of_project(place, layout)
    raise unknown(word, layout)


def unknown(word: str, layout: Layout) -> NoProject:
    """The refusal of a word that means no env."""
    near = _nearest(word, layout)
    advice = f"did you mean {', or '.join(near)}?" if near else "no env has a name like that"
    return NoProject("env-not-found", f"there is no env {word!a}, and no directory of that name", advice=advice)


def ambiguous(word: str, labels: list[str]) -> UsageError:
    """The refusal of a name that several envs have."""
    return UsageError("env-ambiguous", f"{len(labels)} envs are called {word}: {', '.join(labels)}", advice=f"name one of them, such as {labels[-1]}")


def all_targets(layout: Layout) -> list[Target]:
    """Every env that is ready."""
    return [_ready(env) for env in environments.find_all(layout) if env.state is EnvState.READY]


def labels(layout: Layout) -> list[str]:
    """What ENV may be for the envs that are ready: the aliases, and every env with its version."""
    ready = [env for env in _by_label(layout).values() if env.state is EnvState.READY]
    return environments.aliases(layout, {env.name for env in ready}) + [env.label for env in ready]


def is_label(word: str) -> bool:
    """Is ``word`` the name of an env with its version: ``3.12.1/envs/shop``?"""
    version, _, name = os.fsencode(word).partition(b"/envs/")
    return is_version(version) and is_env_name(name)


def _named(word: str, layout: Layout) -> Env | None:
    """The env of that name, None if there is none. An alias decides where several versions have one."""
    if is_label(word):
        return _by_label(layout, word.rpartition("/")[2]).get(word)
    if not is_env_name(os.fsencode(word)):
        return None
    if alias := projects.pyenv_env(None, word, layout.pyenv_store):
        return environments.inspect(alias)
    found = _by_label(layout, word)
    if len(found) > 1:
        raise ambiguous(word, list(found))
    return next(iter(found.values()), None)


def _by_label(layout: Layout, name: str | None = None) -> dict[str, Env]:
    """The envs of that name, or all, by their labels; where both stores have one, that which a project would get (V9)."""
    found: dict[str, Env] = {}
    for env in environments.find_all(layout, name):
        if env.label not in found or (env.state is EnvState.READY and found[env.label].state is not EnvState.READY):
            found[env.label] = env
    return found


def _nearest(word: str, layout: Layout) -> list[str]:
    envs = _by_label(layout)
    return nearest(word, envs.keys() if "/" in word else (env.name for env in envs.values()))


def _of_project(directory: Path, layout: Layout) -> Target:
    situation = observe(directory, layout)
    if situation.state is State.READY and situation.env is not None:
        return Target(situation.env, situation.project.root)
    raise explain.refusal(situation)


def _ready(env: Env) -> Target:
    if env.state is not EnvState.READY:
        what = {EnvState.INCOMPLETE: "half-made"}.get(env.state, env.state.value)
        message = f"the env {env.prefix} is {what}"
        raise EnvNotMade(f"env-{env.state.value}", message, command="roost up --recreate", advice="in its project", file=env.prefix)
    noted = (environments.read_note(env.prefix) or {}).get("projects", [])
    return Target(env, Path(noted[0]) if len(noted) == 1 else None)
