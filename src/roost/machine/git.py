"""git, as far as it concerns a project: which files it ignores (I4), and which directories are worktrees of one repository.

It is asked so that nothing of the repository's own configuration is run.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from roost.machine.files import read_bounded
from roost.machine.layout import Layout
from roost.machine.process import ProcessFailed, run, scrubbed
from roost.machine.systems import path_without_stubs

_PATIENCE: Final = 10.0  # seconds
_LIMIT: Final = 1 << 14  # bytes of a .git file
# <file>:<line>:<pattern><tab><name>, as `git check-ignore -v` prints it.
_ANSWER: Final = re.compile(r"(.*?):([0-9]+):(.*)\t(.*)")


class Worktree(NamedTuple):
    """A directory with a checkout in it, and the repository that it is of."""

    top: Path
    repository: Path


class Ignored(NamedTuple):
    """``name`` is ignored; ``name`` is ``.`` for the directory itself. ``why``: the line that says so."""

    name: str
    why: str


def ignored(root: Path, names: Sequence[str], layout: Layout) -> list[Ignored]:
    """Which of ``names`` in ``root``, and ``root`` itself, git ignores; none where there is no repository, or no git.

    A file that is in the repository already is not ignored.
    """
    git = shutil.which("git", path=path_without_stubs(layout)) if worktree_of(root) is not None else None
    if git is None:
        return []
    # Set by git for its hooks, they would name another repository.
    environ = {name: value for name, value in scrubbed(layout.environ).items() if not name.startswith("GIT_")}
    try:
        command = [git, "-c", "core.fsmonitor=false", "check-ignore", "-v", "--", ".", *names]
        answer = run(command, {**environ, "GIT_OPTIONAL_LOCKS": "0"}, cwd=root, timeout=_PATIENCE).output
    except ProcessFailed:
        return []  # also its way of saying that it ignores none
    found = filter(None, map(_ANSWER.fullmatch, answer.splitlines()))
    return [Ignored(match[4], f"line {match[2]} of {match[1]}: {match[3]}") for match in found if not match[3].startswith("!")]


def worktree_of(directory: Path) -> Worktree | None:
    """The worktree that ``directory`` lies in, read from its .git without starting git; None if there is none."""
    for place in (directory, *directory.parents):
        git = place / ".git"
        if git.is_dir():
            return Worktree(place, Path(os.path.realpath(git)))
        if git.is_file():
            own = _named_in(git, place, b"gitdir: ")
            return Worktree(place, Path(os.path.realpath(_named_in(own / "commondir", own))))
    return None


def _named_in(file: Path, base: Path, before: bytes = b"") -> Path:
    """The path on the first line of ``file``, from ``base`` on; ``base`` itself if the file cannot be read."""
    try:
        line = read_bounded(file, _LIMIT).partition(b"\n")[0].removeprefix(before).strip()
    except OSError:
        line = b""
    return base / os.fsdecode(line.replace(b"\0", b""))
