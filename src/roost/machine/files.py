"""Bounded reads, atomic writes, removal of trees."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path


def is_project_file(path: str | Path) -> bool:
    """Is ``path`` a regular file after following links (F1)?"""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def read_bounded(path: Path, limit: int) -> bytes:
    """At most ``limit + 1`` bytes of ``path``: one more than is allowed shows that it is too long.

    Raises OSError. Never blocks on a FIFO that took the file's place.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        parts, left = [], limit + 1
        while left and (part := os.read(descriptor, left)):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def write_atomic(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replaces the content of ``path`` in one step, or leaves it as it was. Raises OSError."""
    import tempfile  # here: what only looks writes nothing

    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def may_write(directory: Path) -> bool:
    """May something be made in ``directory``, or the directory itself where it is not there?"""
    nearest = next(path for path in (directory, *directory.parents) if os.path.lexists(path))
    return os.access(nearest, os.W_OK | os.X_OK)


def remove_tree(path: Path) -> None:
    """Removes ``path`` and all below it, links as links; no error if it is gone. Raises OSError."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
