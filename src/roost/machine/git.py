"""git: does it ignore a file (I4)? It is asked so that nothing of the repository's own configuration is run."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from roost.machine.layout import Layout
from roost.machine.process import ProcessFailed, run, scrubbed

_PATIENCE: Final = 10.0  # seconds
# <file>:<line>:<pattern><tab><name>, as `git check-ignore -v` prints it.
_ANSWER: Final = re.compile(r"(.*?):([0-9]+):(.*)\t(.*)")


class Ignored(NamedTuple):
    """``name`` is ignored; ``name`` is ``.`` for the directory itself. ``why``: the line that says so."""

    name: str
    why: str


def ignored(root: Path, names: Sequence[str], layout: Layout) -> list[Ignored]:
    """Which of ``names`` in ``root``, and ``root`` itself, git ignores; none where there is no repository, or no git.

    A file that is in the repository already is not ignored.
    """
    git = shutil.which("git", path=layout.search_path)
    # Without a repository git is not started: on macOS the mere start of a git that is not installed opens a dialog.
    if git is None or not any((place / ".git").exists() for place in (root, *root.parents)):
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
