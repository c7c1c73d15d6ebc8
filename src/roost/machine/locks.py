"""Locks between processes: one roost at a time makes an env, installs an interpreter or changes kernels (E4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from roost.rules.errors import LockTimeout
from roost.rules.model import lock_of

LOCK_SECONDS: Final = 120.0
FOR_EVER: Final = -1.0


@contextmanager
def locked(path: Path, doing: str, waiting: Callable[[], None] = lambda: None, seconds: float | None = None) -> Iterator[None]:
    """Holds the lock at ``path``. ``doing``: what a roost does that holds it; ``waiting`` is called if it is another's turn.

    Who has it may take it once more: the packages of a new env are put into it under the lock of its making. Raises LockTimeout, OSError.
    """
    seconds = LOCK_SECONDS if seconds is None else seconds
    lock = FileLock(path, is_singleton=True)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting()
            lock.acquire(timeout=seconds)
    except Timeout as error:
        message = f"another roost has been {doing} for {seconds:.0f} seconds"
        raise LockTimeout("lock-timeout", message, advice="wait for it, or end it, and try again", file=path) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def tried(path: Path) -> Iterator[bool]:
    """Takes the lock at ``path`` if it is free, and says whether it was."""
    turn = FileLock(path)
    try:
        turn.acquire(timeout=0)
    except (Timeout, OSError):
        yield False
        return
    try:
        yield True
    finally:
        turn.release()


def env_locked(prefix: Path, waiting: Callable[[], None] = lambda: None) -> AbstractContextManager[None]:
    """Holds the lock of the env at ``prefix``, whether it is there yet or not. Raises LockTimeout, OSError."""
    return locked(lock_of(prefix), f"making {prefix}", waiting)
