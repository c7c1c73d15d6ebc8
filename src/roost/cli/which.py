"""``roost which``: paths, for scripts and for the hook's ``roost activate NAME``."""

from __future__ import annotations

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.jobs.run import activated, find_command
from roost.jobs.targets import target_of


def command(word: str | None, *, env: bool) -> int:
    layout, directory = layout_and_directory(None)
    if env:
        render.write(f"{target_of(word, directory, layout).env.prefix}\n")
        return 0
    prefix = target_of(None, directory, layout).env.prefix
    found = find_command("python" if word is None else word, prefix, activated(prefix, layout.environ)["PATH"])
    render.write(f"{directory / found}\n")  # whole, even if PATH has relative entries
    return 0
