"""``roost remove``: which envs are meant, what goes with each, and that nothing else does (R1, R2)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from roost.jobs import removal
from roost.jobs.listing import Claims, kernels_by_env
from roost.jobs.observe import observe
from roost.jobs.targets import ambiguous, is_label, unknown
from roost.machine import environments, inventory
from roost.machine.layout import Layout
from roost.rules.errors import EnvNotMade, NoProject, UsageError, to_type
from roost.rules.model import Env, EnvState, Narrator
from roost.rules.pins import is_env_name
from roost.rules.removals import Removal, RemoveEnv, RemoveLink


class Victim(NamedTuple):
    """What would go. ``projects``: those that still ask for the env. A link in its place goes alone."""

    env: Env
    action: Removal
    alias: Path | None = None
    kernels: tuple[str, ...] = ()
    projects: tuple[Path, ...] = ()
    by_roost: bool = False
    size: int = 0


def look(words: Sequence[str], directory: Path, layout: Layout) -> list[Victim]:
    """What ``remove`` of these would take away; of the project's env if there are none.

    Raises NoProject for a word that means no env, UsageError for one that means several or an env outside of the
    stores, and what keeps a project from having an env.
    """
    prefixes = dict.fromkeys(_meant(word, directory, layout) for word in words or (None,))
    claims, kernels = Claims(inventory.envs(layout), layout), kernels_by_env(layout)
    return [_victim(prefix, claims, kernels.get(prefix, []), layout) for prefix in prefixes]


def check_maker(victims: Sequence[Victim], again: str) -> None:
    """Raises UsageError if roost did not make one of them; ``again`` is what to type if it shall go all the same."""
    for victim in victims:
        if not victim.by_roost:
            what = "the link" if isinstance(victim.action, RemoveLink) else "the env"
            raise UsageError("env-not-ours", f"roost did not make {what} {victim.env.prefix}", command=again, file=victim.env.prefix)


def remove(victims: Sequence[Victim], layout: Layout, narrator: Narrator) -> Iterator[tuple[Victim, bool]]:
    """Removes them one after the other, and says of each whether it was still there. Raises EnvNotMade, KernelFailed, LockTimeout."""
    for victim in victims:
        narrator.detail(victim.action.describe())
        yield victim, removal.execute(victim.action, layout, narrator)


def _victim(prefix: Path, claims: Claims, kernels: Sequence[str], layout: Layout) -> Victim:
    env = environments.inspect(prefix)
    if prefix.is_symlink():
        return Victim(env, RemoveLink(prefix))
    noted = inventory.noted_projects(environments.read_note(prefix))
    (size,) = inventory.sizes([prefix])
    action = RemoveEnv(prefix, tuple(kernels))
    alias, projects = inventory.alias_of(prefix, layout), claims.named_by(env, noted)
    # What is not there, because only its old one is, or because another roost was faster, is nobody else's.
    by_roost = inventory.made_by_roost(prefix) or not os.path.lexists(prefix)
    return Victim(env, action, alias, tuple(kernels), projects, by_roost, size.bytes)


def _meant(word: str | None, directory: Path, layout: Layout) -> Path:
    """The place of the env that ``word`` means, whatever its state; a link if it leads out of the stores."""
    if word is None:
        return _of_project(directory, layout)
    if (is_label(word) or is_env_name(os.fsencode(word))) and (found := _named(word, layout)):
        return found
    place = Path(os.path.normpath(directory / word))
    if found := inventory.located(place, layout):
        return _without_alias(found, layout)
    if (place / "pyvenv.cfg").is_file():
        raise _outside(place)
    if place.is_dir():
        return _of_project(place, layout)
    raise unknown(word, layout)


def _named(word: str, layout: Layout) -> Path | None:
    """By label or by name; an alias decides where several versions have one, as everywhere."""
    version, _, name = word.rpartition("/envs/")
    alias = inventory.located(layout.pyenv_store.path / name, layout) if not version else None
    led = _without_alias(alias, layout) if alias else None
    if led is not None and not led.is_symlink():
        return led
    found: dict[str, Path] = {}
    for place in (directory / name for directory in inventory.env_directories(layout)):
        below = environments.version_of(place)
        label = f"{below}/envs/{name}"
        if version in {"", below} and inventory.located(place, layout) and (label not in found or not _is_ready(found[label])):
            found[label] = place
    if len(found) > 1:
        raise ambiguous(word, list(found))
    return next(iter(found.values()), led)


def _is_ready(prefix: Path) -> bool:
    return environments.inspect(prefix).state is EnvState.READY


def _without_alias(place: Path, layout: Layout) -> Path:
    """The env that an alias in pyenv's store stands for; ``place`` itself if it is none, or leads out of the stores."""
    if not place.is_symlink() or place.parent != layout.pyenv_store.path:
        return place
    led = inventory.located(Path(os.path.realpath(place)), layout)
    return led if led is not None and not led.is_symlink() else place


def _of_project(directory: Path, layout: Layout) -> Path:
    situation = observe(directory, layout)
    env, project = situation.env, situation.project
    places = () if env is None else (env.prefix, environments.aside(env.prefix))
    if env is None or not any(map(os.path.lexists, places)):
        raise NoProject(
            "env-not-found", f"the env {project.env_name} of {project.root} does not exist", advice="there is nothing to remove", file=project.name_file
        )
    if env.prefix.exists() and inventory.located(env.prefix, layout) is None:
        if inventory.is_env(env.prefix):
            raise _outside(env.prefix)
        raise EnvNotMade("not-an-env", f"{env.prefix} is not an env", advice="move it somewhere else", file=env.prefix)
    return env.prefix


def _outside(prefix: Path) -> UsageError:
    real = os.path.realpath(prefix)
    through = "" if real == str(prefix) else f", which lies in {real},"
    message = f"{prefix}{through} is outside of the stores that roost removes envs from"
    return UsageError("env-outside", message, command=to_type("rm", "-r", real), advice="to remove it yourself", file=prefix)
