"""git, as far as it concerns a project: which files it ignores, and which directories are worktrees of one repository."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from roost.machine.files import read_bounded
from roost.machine.process import ProcessFailed, run

_LIMIT: Final = 1 << 14
_RULE: Final = re.compile(r"(?P<place>[^\n]*?:[0-9]+):(?P<pattern>[^\n]*)\t")
_PATIENCE: Final = 10.0  # seconds
# A git that a hook or another git has started is told by these where its repository is.
_LEADING_AWAY: Final = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE"})


class Worktree(NamedTuple):
    """A directory with a checkout in it, and the repository that it is of."""

    top: Path
    repository: Path


def ignored(paths: Sequence[Path], environ: Mapping[str, str]) -> list[tuple[Path, str]]:
    """Those of ``paths`` that git ignores and does not track, each with the rule's place; empty without git or a repository.

    A file in a directory that is ignored as a whole is left out: whoever ignores that means it.
    """
    found = []
    for path in paths:
        rule = _RULE.match(_asked(path, environ))
        if rule and not rule["pattern"].startswith("!") and not _asked(path.parent, environ):
            found.append((path, rule["place"]))
    return found


def _asked(path: Path, environ: Mapping[str, str]) -> str:
    """What git says of the rule that decides about ``path``; nothing without git, a repository, or such a rule."""
    plain = {name: value for name, value in environ.items() if name not in _LEADING_AWAY}
    # fsmonitor would be a program that the repository's configuration names.
    words: list[str | Path] = ["git", "-c", "core.fsmonitor=false", "-C", path.parent, "check-ignore", "--verbose", "--", path]
    try:
        return run(words, {**plain, "GIT_OPTIONAL_LOCKS": "0"}, timeout=_PATIENCE).output
    except ProcessFailed:
        return ""


def worktree_of(directory: Path) -> Worktree | None:
    """The worktree that ``directory`` lies in, read from its .git without starting git; None if there is none."""
    for place in (directory, *directory.parents):
        git = place / ".git"
        if git.is_dir():
            return Worktree(place, Path(os.path.realpath(git)))
        if git.is_file():
            own = _named_in(git, place, b"gitdir: ")
            return Worktree(place, Path(os.path.realpath(_named_in(own / "commondir", own) if own else git))) if own else None
    return None


def _named_in(file: Path, base: Path, before: bytes = b"") -> Path:
    try:
        line = read_bounded(file, _LIMIT).partition(b"\n")[0].removeprefix(before).strip()
    except OSError:
        line = b""
    return base / os.fsdecode(line.replace(b"\0", b""))
