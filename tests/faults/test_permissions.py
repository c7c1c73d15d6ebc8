"""A creation that is forbidden somewhere: the line names the path that forbids it, and what to type opens it (E5, C)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.look import assert_works, only_line
from tests.support.sandbox import ROOST, Sandbox
from tests.support.vectors import as_user


def _cache(pattern: str) -> Callable[[Sandbox, str], Path]:
    """Something in the cache in which virtualenv keeps pip, filled by an earlier creation."""

    def find(sandbox: Sandbox, version: str) -> Path:
        assert sandbox.roost("up", "-q", cwd=sandbox.project("earlier", version, "earlier")).returncode == 0
        return next(path for path in sandbox.data.rglob(pattern) if "virtualenv-" in str(path))

    return find


def _library(name: str) -> Callable[[Sandbox, str], Path]:
    return lambda sandbox, version: next((sandbox.versions / version / "lib").glob("python3*")) / name


def _lock(sandbox: Sandbox, version: str) -> Path:
    lock = sandbox.env(version, ".shop.lock")
    lock.parent.mkdir()
    lock.touch()
    return lock


def _half_made(sandbox: Sandbox, version: str) -> Path:
    part = sandbox.env(version, "shop") / "lib" / "part"
    part.mkdir(parents=True)
    (part / "file").touch()
    return part


_PLACES: dict[str, tuple[Callable[[Sandbox, str], Path], int, int]] = {
    "the cache of wheels": (_cache("wheel"), 0, 6),
    "the cache of images": (_cache("image"), 0, 6),
    "a file of pip in the cache": (_cache("pip/__init__.py"), 0, 6),
    "the lock": (_lock, 0, 6),
    "a half-made env": (_half_made, 0, 6),
    "a module that a Python starts with": (_library("encodings/__init__.py"), 0, 5),
    "a module that virtualenv asks it with": (_library("struct.py"), 0, 6),
}


@pytest.mark.parametrize("place", _PLACES)
def test_what_forbids_it_is_named_and_opened(sandbox: Sandbox, newest: str, place: str) -> None:
    """E5, C: one line, no traceback; what it says to type is enough."""
    sandbox.install(newest)
    find, mode, code = _PLACES[place]
    path = find(sandbox, newest)
    before = path.stat().st_mode
    if path.is_file() and path.stat().st_nlink > 1:  # the other name of this file is the real interpreter's
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data)
    project = sandbox.project("shop", newest, "shop")
    path.chmod(mode)
    try:
        done = sandbox.run(as_user([ROOST, "up", "-q"]), cwd=project)
        assert done.returncode == code, done.stderr
        line = only_line(done)
        assert f": {path}: Permission denied; " in line
        command = line.rpartition("; ")[2].removesuffix(", then type: roost up")
        assert sandbox.run(as_user(["/bin/sh", "-c", command])).returncode == 0
        again = sandbox.run(as_user([ROOST, "up", "-q"]), cwd=project)
        assert (again.returncode, again.stderr) == (0, "")
        assert_works(sandbox.env(newest, "shop"))
    finally:
        if path.exists():
            path.chmod(before)


def test_the_alias_that_may_not_be_made(sandbox: Sandbox, newest: str) -> None:
    """E9, V9: where `versions` itself may not be written to, the env is made, and works without its alias."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop")
    sandbox.versions.chmod(0o555)
    try:
        done = sandbox.run(as_user([ROOST, "up", "-q"]), cwd=project)
        assert (done.returncode, done.stderr) == (0, "")
        assert_works(sandbox.env(newest, "shop"))
        assert not (sandbox.versions / "shop").is_symlink()
    finally:
        sandbox.versions.chmod(0o755)
