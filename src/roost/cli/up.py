"""``roost up``."""

from __future__ import annotations

from pathlib import Path

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.jobs.up import Result, up
from roost.rules.errors import WORK_TO_DO
from roost.rules.plan import Wishes


def from_hook() -> int:
    """The hook's one call: makes the env from an interpreter that is there, and never installs one (H12)."""
    layout, directory = layout_and_directory(None)
    up(directory, layout, Wishes(install_interpreter=False, kernel=False), render.Terminal(), quote=False)
    return 0


def command(
    directory: Path | None,
    wishes: Wishes | None = None,
    *,
    link: bool = True,
    dry_run: bool = False,
    as_json: bool = False,
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    layout, target = layout_and_directory(directory)
    with render.Terminal(quiet=quiet or as_json, verbose=verbose) as narrator:
        result = up(target, layout, wishes or Wishes(), narrator, link=link, dry_run=dry_run)
    if as_json:
        render.emit(render.up_document(result, dry_run=dry_run))
    elif not quiet:
        _tell(result, dry_run=dry_run)
    return WORK_TO_DO if dry_run and result.actions else 0


def _tell(result: Result, *, dry_run: bool) -> None:
    for notice in result.notices:
        render.say(notice)
    if dry_run:
        for action in result.actions:
            render.say(f"would {action.describe()}")
    if not result.actions:
        render.say(f"nothing to do: {result.env.name} is ready ({result.env.prefix})")
    elif not dry_run:
        render.say(f"{result.env.name} is ready ({result.env.prefix})")
