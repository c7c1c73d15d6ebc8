"""``roost init`` on the command line: what it chose and did, as text or JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.cli.declared import COMMANDS
from roost.cli.up import tell
from roost.jobs.init import Initial, Request, plan, write
from roost.jobs.observe import situate
from roost.jobs.up import Result, up
from roost.machine.layout import Layout
from roost.rules.errors import WORK_TO_DO
from roost.rules.plan import Options
from roost.rules.text import printable


def command(directory: Path | None, *, python: str | None, name: str | None, force: bool, **options: Any) -> int:
    """``options``: the others of ``init``; they stay as they are in a command that a refusal tells to type."""
    return _init(Request(directory, python, name, force, tuple(COMMANDS["init"].spelled(options))), **options)


def _init(
    request: Request,
    *,
    no_up: bool,
    no_interpreter: bool,
    kernel: bool | None,
    deps: bool | None,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    layout, target = layout_and_directory(request.directory or Path())  # a working directory that is gone is said before it is written to
    options = Options(install_interpreter=not no_interpreter, kernel=kernel, deps=deps)
    initial = plan(target, layout, request)
    if not (quiet or as_json):
        _tell(initial, layout, dry_run=dry_run)
    if not dry_run:
        write(initial, request)
    result = None
    if not no_up:
        with render.Terminal(quiet=quiet, as_json=as_json, verbose=verbose) as narrator:
            result = up(situate(initial.project, layout), layout, options, narrator, dry_run=dry_run)
    if as_json:
        render.emit(_document(initial, result, dry_run=dry_run))
    elif result is not None and not quiet:
        tell(result, dry_run=dry_run)
    return WORK_TO_DO if dry_run and (initial.writes or (result is not None and result.actions)) else 0


def _tell(initial: Initial, layout: Layout, *, dry_run: bool) -> None:
    """What is chosen and why, and what else the user should know."""
    project = initial.project
    for path, chosen in ((project.version_file, initial.version), (project.name_file, initial.name)):
        render.say(f"{path.name if project.root == layout.cwd else path}: {chosen.value}, {chosen.reason}")
    for notice in initial.notices:
        render.say(notice)
    if dry_run:
        for each in initial.writes:
            print(printable(each.diff()), file=sys.stderr)


def _document(initial: Initial, result: Result | None, *, dry_run: bool) -> dict[str, Any]:
    project = initial.project
    return {
        "project": render.text_of(project.root),
        "python": {"requested": initial.version.value, "file": render.text_of(project.version_file), "reason": initial.version.reason},
        "env": {"name": initial.name.value, "file": render.text_of(project.name_file), "reason": initial.name.reason},
        "dry_run": dry_run,
        "actions": [each.describe() for each in initial.writes],
        "diff": "\n".join(each.diff() for each in initial.writes),
        "notices": list(initial.notices),
        "up": render.up_document(result, dry_run=dry_run) if result is not None else None,
    }
