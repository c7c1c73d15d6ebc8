"""One marked block in a shell's rc file: put in, brought up to date, taken out again (C)."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from typing import Final, NamedTuple

from roost.machine.files import write_atomic
from roost.rules.errors import RoostError, to_type

FIRST: Final = "# >>> roost >>>"
LAST: Final = "# <<< roost <<<"
_ABOUT: Final = "# Put here by `roost setup`; `roost setup --undo` takes it out again."
# It holds no second first line: a block whose last line somebody deleted must not reach to the end of the next block.
_BLOCK: Final = re.compile(rf"^{FIRST}$(?:(?!^{FIRST}$).)*?^{LAST}$\n?".encode(), re.MULTILINE | re.DOTALL)


class RcEdit(NamedTuple):
    """A change to one rc file; ``before`` is None if the file is not there, ``after`` None if it goes."""

    path: Path
    before: bytes | None
    after: bytes | None

    @property
    def changes(self) -> bool:
        return self.before != self.after

    @property
    def is_removal(self) -> bool:
        return _BLOCK.search(self.after or b"") is None

    @property
    def backup(self) -> Path:
        return _backup(self.path)


def has_block(path: Path) -> bool:
    """Whether the file is there and has our block. Raises OSError."""
    return path.exists() and _BLOCK.search(path.read_bytes()) is not None


def is_in_block(path: Path, number: int) -> bool:
    """Does the line of that number belong to our block? Raises OSError."""
    text = path.read_bytes()
    return any(text.count(b"\n", 0, found.start()) < number <= text.count(b"\n", 0, found.end()) for found in _BLOCK.finditer(text))


def text_before_block(path: Path) -> str:
    """What a shell reads of the file before it comes to our block: all of it if it has none. Raises OSError."""
    return _BLOCK.split(path.read_bytes(), maxsplit=1)[0].decode("utf-8", "replace")


def insertion(path: Path, lines: bytes) -> RcEdit:
    """What putting ``lines`` into ``path`` as our block would change. Raises OSError, RoostError if it could not be done."""
    path = _target(path)
    before = path.read_bytes() if path.exists() else None
    text = before or b""
    block = f"{FIRST}\n{_ABOUT}\n".encode() + lines + f"{LAST}\n".encode()
    found = _BLOCK.search(text)
    if found is None:
        return _checked(RcEdit(path, before, (text and text + b"\n") + block))
    return _checked(RcEdit(path, before, text[: found.start()] + block + text[found.end() :]))


def removal(path: Path) -> RcEdit:
    """What taking our block out of ``path``, which has it, would change. Raises OSError, RoostError if it could not be done."""
    path = _target(path)
    before = path.read_bytes()
    found = _BLOCK.search(before)
    assert found is not None
    head, tail = before[: found.start()].removesuffix(b"\n"), before[found.end() :]
    if tail and head and not head.endswith(b"\n"):
        head += b"\n"  # what the user has put after the block since then stays a line of its own
    # An empty file that was there before us has a backup; one that we made has none.
    return _checked(RcEdit(path, before, head + tail if head or tail or _backup(path).exists() else None))


def apply(change: RcEdit) -> None:
    """Makes the change. A backup of the file without our block is kept as long as the block is there. Raises OSError."""
    mode = 0o644 if change.before is None else change.path.stat().st_mode & 0o7777
    if change.is_removal and change.backup.exists() and change.backup.read_bytes() == (change.after or b""):
        change.backup.unlink()
    elif not change.is_removal and change.before is not None and _BLOCK.search(change.before) is None:
        write_atomic(change.backup, change.before, mode)
    if change.after is None:
        change.path.unlink()
    else:
        change.path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(change.path, change.after, mode)


def _target(path: Path) -> Path:
    """Where ``path`` leads: a dotfile that is a link stays one, and what it leads to is changed.

    Raises RoostError if a link on the way leads nowhere, as to a disk that is not mounted: a file that is made then is hidden
    once the disk is there.
    """
    target = Path(os.path.realpath(path))
    present = next(part for part in (path, *path.parents) if os.path.lexists(part))
    may_be_made = present == path and target.parent.is_dir() and not target.is_symlink()
    if not present.exists() and not may_be_made:
        command, advice = to_type("rm", present), "or bring back what it leads to"
        raise RoostError("rc-not-changed", f"{present} is a link to {os.readlink(present)}, which does not exist", command=command, advice=advice, file=present)
    return target


def _checked(change: RcEdit) -> RcEdit:
    """The change, if it can be made: files are replaced, so their directory decides. Raises OSError."""
    directory = next(part for part in change.path.parents if part.exists())
    if change.changes and not os.access(directory, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, f"you may not write to {directory}")
    return change


def _backup(path: Path) -> Path:
    return path.with_name(f"{path.name}.roost-backup")
