"""What is said of an error of the system: the path that it is about, and what helps (C)."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from roost.machine.files import explain, system_error_in


def _denied(*paths: Path, number: int = errno.EACCES) -> OSError:
    first, *rest = map(str, paths)
    return OSError(number, os.strerror(number), first, None, *rest)


def test_the_place_of_the_work_is_not_named_twice(tmp_path: Path) -> None:
    """C: the message that this becomes a part of names it."""
    assert explain(OSError(errno.ENOSPC, "No space left on device"), tmp_path) == ("No space left on device", "make room on the disk, then type: roost up")


def test_the_path_of_the_error_is_named(tmp_path: Path) -> None:
    """C: not that of the work."""
    lock = tmp_path / "cache" / "a.lock"
    reason, remedy = explain(_denied(lock, number=errno.ENOLCK), tmp_path / "env")
    assert reason == f"{lock}: {os.strerror(errno.ENOLCK)}"
    assert remedy == "fix that, then type: roost up"


def test_somebody_elses_file_is_theirs_to_open(tmp_path: Path) -> None:
    """C: chmod would fail."""
    _, remedy = explain(_denied(tmp_path / "gone" / "file"), tmp_path)
    assert remedy == f"make {tmp_path / 'gone' / 'file'} writable for you, then type: roost up"


def test_of_two_paths_the_last_one(tmp_path: Path) -> None:
    """C: a link or a move fails where it leads to, as long as neither is known to be closed."""
    reason, _ = explain(_denied(tmp_path, tmp_path / "alias"), tmp_path / "env")
    assert reason.startswith(f"{tmp_path / 'alias'}: ")


def test_a_copy_that_failed(tmp_path: Path) -> None:
    """C: shutil gathers its errors in a list."""
    file = tmp_path / "pip" / "__init__.py"
    error = shutil.Error([(str(file), str(tmp_path / "to"), f"[Errno 28] No space left on device: '{file}'")])
    assert explain(error, tmp_path)[0] == f"{file}: No space left on device"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Traceback\n  File 'x', line 1\nPermissionError: [Errno 13] Permission denied: '/a b/c'\n", (13, "/a b/c")),
        ('PermissionError: [Errno 13] Permission denied: "/it\'s"', (13, "/it's")),
        ("PermissionError: [Errno 13] Permission denied: '/from' -> '/to'", (13, "/from")),
        ("OSError: [Errno 30] Read-only file system: '/first'\nOSError: [Errno 28] No space left on device\n", (28, None)),
        ("PermissionError: [Errno 13] Permission denied: '/a'\nFileNotFoundError: [Errno 2] No such file or directory: '/b'", (13, "/a")),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/b'", None),
        ("ModuleNotFoundError: No module named '_struct'", None),
        ("", None),
    ],
)
def test_an_error_that_another_program_hands_on(text: str, expected: tuple[int, str | None] | None) -> None:
    """C: what is left of it is how Python prints it."""
    error = system_error_in(text)
    assert (None if error is None else (error.errno, error.filename)) == expected
