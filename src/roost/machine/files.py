"""Files and directories: bounded reads, atomic writes, removal of trees, TOML; and what helps against an error of the system."""

from __future__ import annotations

import ast
import errno
import os
import re
import shutil
import stat
import sys
from pathlib import Path
from typing import Any, Final, NoReturn

from roost.rules.errors import RoostError, to_type
from roost.rules.model import BUILDING_MARK

# How Python prints an OSError: all that is left of one that another program, or a thread's traceback, hands on.
_PRINTED: Final = re.compile(r"\[Errno ([0-9]+)\] ([^:\n]+)(?:: ('[^'\n]+'|\"[^\"\n]+\"))?")
_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
# What the system has run out of, and what helps.
_EXHAUSTED: Final = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room on the disk",
    errno.EMFILE: "allow more open files, as with: ulimit -n 1024",
    errno.ENFILE: "end some programs",
    errno.ENOMEM: "end some programs",
    errno.EAGAIN: "end some programs",
}


def is_project_file(path: str | Path) -> bool:
    """Is ``path`` a regular file after following links (F1)?"""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def misfit(path: Path) -> str:
    """Why what is called ``path`` is no regular file, in words that follow its name; empty if it is one, or if there is nothing of that name."""
    if is_project_file(path) or not os.path.lexists(path):
        return ""
    return "is not a file" if os.path.exists(path) else "is a broken link"


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


def read_or_refuse(path: Path, limit: int, refusal: type[RoostError]) -> bytes:
    """The same of a file that cannot be done without. Raises ``refusal``, which says what to type."""
    try:
        return read_bounded(path, limit)
    except OSError as error:
        raise refusal("unreadable", f"{path} cannot be read: {error.strerror}", command=to_type("chmod", "u+r", path), file=path) from error


def read_end(path: Path, limit: int) -> bytes:
    """The last ``limit`` bytes of ``path``, however long it is. Raises OSError."""
    with path.open("rb") as stream:
        stream.seek(max(0, os.fstat(stream.fileno()).st_size - limit))
        return stream.read(limit)


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML document. Raises ValueError."""
    if sys.version_info >= (3, 11):
        import tomllib  # here: most runs read no such file
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except RecursionError as error:  # for a thousand brackets
        raise ValueError("it is nested too deeply") from error


def write_atomic(path: Path, data: bytes, mode: int | None = 0o644) -> None:
    """Replaces the content of ``path`` in one step, or leaves it as it was. ``mode``: None for what the umask leaves to a new file. Raises OSError."""
    new = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666 if mode is None else mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            if mode is not None:
                os.fchmod(descriptor, mode)  # os.open applied the umask to the mode
            stream.write(data)
            stream.flush()
            os.fsync(descriptor)
        os.replace(new, path)
    except BaseException:
        os.unlink(new)
        raise


def replace_content(path: Path, data: bytes) -> None:
    """Gives ``path`` this content in one step: what it leads to, if it is a link. A file that is there keeps its mode. Raises OSError."""
    target = Path(os.path.realpath(path))
    mode = stat.S_IMODE(target.stat().st_mode) if os.path.lexists(target) else None
    # Renaming a new file over a read-only one would succeed, but whoever made it read-only does not want it changed.
    if mode is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    write_atomic(target, data, mode)


def may_write(directory: Path) -> bool:
    """May something be made in ``directory``, or the directory itself where it is not there?"""
    nearest = next(path for path in (directory, *directory.parents) if os.path.lexists(path))
    return os.access(nearest, os.W_OK | os.X_OK)


def remove_tree(path: Path) -> None:
    """Removes ``path`` and all below it, links as links; no error if it is gone. Raises OSError."""
    if not path.is_dir() or path.is_symlink():
        path.unlink(missing_ok=True)
    elif sys.version_info >= (3, 12):
        shutil.rmtree(path, onexc=lambda _, name, error: _name_and_raise(name, error))
    else:
        shutil.rmtree(path, onerror=lambda _, name, raised: _name_and_raise(name, raised[1]))


def _name_and_raise(name: str, error: BaseException) -> NoReturn:
    """Before Python 3.13 the error of a removal names a file without its directory, which helps nobody."""
    if isinstance(error, OSError):
        error.filename = name
    raise error


def take_apart(prefix: Path) -> None:
    """Removes an env's directory, or the link in its place; no error if it is gone. Raises OSError.

    Its Python goes first and its mark last: what a kill leaves in between is never ready, and is known as ours.
    """
    if prefix.is_symlink() or not prefix.is_dir():
        remove_tree(prefix)
        return
    if not (prefix / "bin").is_symlink():  # whose Python that would be, nobody knows
        (prefix / "bin" / "python").unlink(missing_ok=True)
    for name in os.listdir(prefix):
        if name != BUILDING_MARK:
            remove_tree(prefix / name)
    (prefix / BUILDING_MARK).unlink(missing_ok=True)
    prefix.rmdir()


def explain(error: OSError, place: Path, again: str = "roost up") -> tuple[str, str]:
    """What the system said and of which path, and what helps. ``place``: where it happened, if the error does not say.

    The path of the error, and not the place of the work, is what has to be changed: a cache that another
    user owns keeps an env from being made as well as the env's own directory does.
    """
    if isinstance(error, shutil.Error):  # a list of the files that could not be copied
        error = system_error_in(str(error.args[0][0][2])) or error
    named = [Path(os.fsdecode(name)) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    blocked = [found for path in named or [place] if (found := _obstacle(path))]
    path = named[-1] if named else place
    reason = error.strerror or str(error)
    if error.errno in _EXHAUSTED:
        remedy = f"{_EXHAUSTED[error.errno]}, then type: {again}"
    elif error.errno not in _FORBIDDEN:
        remedy = f"fix that, then type: {again}"
    else:
        path = blocked[0] if blocked else path
        remedy = f"{_opening(path, error)}, then type: {again}"
    return (reason if path == place else f"{path}: {reason}"), remedy


def system_error_in(text: str) -> OSError | None:
    """The last error in ``text`` that says that something is forbidden or used up; None if there is none."""
    errors = [OSError(int(number), reason, ast.literal_eval(path) if path else None) for number, reason, path in _PRINTED.findall(text)]
    return next((error for error in reversed(errors) if error.errno in _FORBIDDEN or error.errno in _EXHAUSTED), None)


def _obstacle(path: Path) -> Path | None:
    """The file or directory whose mode forbids the use of ``path``; None if none does, or if it cannot be told."""
    for part in [*reversed(path.parents), path]:
        if not os.path.lexists(part):
            return None if os.access(part.parent, os.W_OK) else part.parent
        if part.is_dir() and not os.access(part, os.X_OK):
            return part
    if not os.access(path, os.R_OK | os.W_OK):
        return path
    return None if os.access(path.parent, os.W_OK) else path.parent


def _opening(path: Path, error: OSError) -> str:
    """What gives the user access to ``path``: a command if it is the user's own to give."""
    try:
        own = path.lstat().st_uid == os.geteuid() and error.errno != errno.EROFS
    except OSError:
        own = False
    if own:
        return to_type("chmod", "u+rwx" if path.is_dir() else "u+rw", path)
    return f"make {path} writable for you"
