"""One roost at a time (E4)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from roost.machine import locks
from roost.rules.errors import LockTimeout


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A lock that another process has until it is told to let go."""
    path = tmp_path / "lock"
    program = f"from filelock import FileLock\nwith FileLock({str(path)!r}):\n    print(flush=True)\n    input()"
    holder = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    yield path
    holder.communicate(b"\n")


def test_another_has_it(held: Path) -> None:
    """Whoever waits is told so first, and gives up with the file's name."""
    told: list[str] = []
    with pytest.raises(LockTimeout) as refusal, locks.locked(held, "making tea", lambda: told.append("waiting"), 0.1):
        pass
    assert told == ["waiting"]
    assert "has been making tea for" in refusal.value.message
    assert (refusal.value.code, refusal.value.file) == (7, str(held))


def test_nobody_has_it(tmp_path: Path) -> None:
    """It is let go, whatever happens meanwhile; what happens is handed on as it is."""
    told: list[str] = []
    prefix = tmp_path / "shop"
    for _ in range(2):
        with pytest.raises(PermissionError), locks.env_locked(prefix, lambda: told.append("waiting")):
            raise PermissionError
    assert told == []
    assert (tmp_path / ".shop.lock").exists()


def test_once_more_by_who_has_it(tmp_path: Path) -> None:
    """The packages of a new env go into it under the lock of its making, and what puts them there takes that lock itself (U2)."""
    with locks.env_locked(tmp_path / "shop"):
        with locks.env_locked(tmp_path / "shop"):
            pass
        with locks.tried(tmp_path / ".shop.lock") as free:
            assert not free, "it is let go only when the first is done with it"
    with locks.tried(tmp_path / ".shop.lock") as free:
        assert free
