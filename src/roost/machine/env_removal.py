"""Takes envs away: under their lock, and so that no shell ever turns on what is left of one that was stopped (R1, R2)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from roost.machine import environments, inventory
from roost.machine.files import take_apart
from roost.machine.layout import Layout
from roost.machine.locks import env_locked, tried
from roost.machine.process import uninterrupted
from roost.rules.errors import EnvNotMade
from roost.rules.model import BUILDING_MARK, lock_of


def remove(prefix: Path, layout: Layout, say: Callable[[str], None], *, half_made: bool = False) -> bool:
    """Removes the env, its alias and its lock; returns whether there was one: another roost may have been faster.

    A roost at work on it is waited for; ``say`` hears of it. ``half_made``: an env that somebody finished meanwhile stays.
    Killed at any moment, what is left is half-made, and the next removal, or ``up``, goes on. Raises EnvNotMade, LockTimeout.
    """
    try:
        with env_locked(prefix, lambda: say(f"another roost is working on the env {prefix.name}; waiting for it")), uninterrupted():
            if half_made and not inventory.is_half_made(prefix):
                return False
            there = [place for place in (prefix, environments.aside(prefix)) if place.is_dir() and not place.is_symlink()]
            for place in there:
                (place / BUILDING_MARK).touch()  # fails before anything is gone if the env may not be changed
            _unlink_alias(prefix, layout)
            for place in reversed(there):  # the old one first, because `up` puts it back where there is no new one
                take_apart(place)
            lock_of(prefix).unlink()  # whoever waits for it sees that it is gone, and makes a new one
            return bool(there)
    except OSError as error:
        raise EnvNotMade(
            "env-not-removed",
            f"the env {prefix} was not removed: {error.strerror or error}",
            advice=f"make {prefix.parent} and what lies in it writable for you, and try again",
            file=prefix,
        ) from error


def unlink(path: Path) -> bool:
    """Removes a file, or a link and never what it leads to; returns whether it was there. Raises EnvNotMade."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        message = f"{path} was not removed: {error.strerror or error}"
        raise EnvNotMade("env-not-removed", message, advice=f"make {path.parent} writable for you and try again", file=path) from error
    return True


def unlink_lock(path: Path) -> bool:
    """Removes a lock, and returns whether nobody held it. Raises EnvNotMade."""
    with tried(path) as free:
        return free and unlink(path)


def is_held(prefix: Path) -> bool:
    """Is a roost at work on the env at ``prefix``? Where that cannot be told, it may be."""
    lock = lock_of(prefix)
    if not os.path.lexists(lock):
        return False
    with tried(lock) as free:
        return not free


def _unlink_alias(prefix: Path, layout: Layout) -> None:
    alias = inventory.alias_of(prefix, layout)
    if alias is not None:
        alias.unlink()
