"""``roost upgrade``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from roost.cli import render, up_below
from roost.cli.context import layout_and_directory
from roost.jobs.rollback import rollback
from roost.jobs.upgrade import Result, upgrade
from roost.jobs.upgrade_all import find, upgrade_each
from roost.jobs.upgrade_plan import Options
from roost.machine.layout import Layout
from roost.rules.errors import WORK_TO_DO, PackagesFailed, UsageError
from roost.rules.freeze import Outlook
from roost.rules.upgrade import upgrade_command


def command(
    versions: list[str] | None,
    *,
    directory: Path | None,
    every: bool,
    back: bool,
    partial: bool,
    prune: bool,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    words = versions or []
    _check(words, every=every, with_project=directory is not None, back=back, other=partial or prune)
    if every:
        flags = [flag for flag, given in (("--partial", partial), ("--prune", prune), ("--dry-run", dry_run)) if given]
        return _all(words[0], words[1], flags, dry_run=dry_run, as_json=as_json, quiet=quiet, verbose=verbose)
    layout, target = layout_and_directory(directory)
    with render.Terminal(quiet=quiet or (as_json and not verbose), verbose=verbose) as narrator:
        if back:
            result = rollback(target, layout, narrator, dry_run=dry_run)
        else:
            result = upgrade(target, layout, Options(next(iter(words), None), partial, prune), narrator, dry_run=dry_run)
    if as_json:
        render.emit(_document(result, dry_run=dry_run))
    elif not quiet:
        _tell(result, _stays(result, layout, back=back, prune=prune), dry_run=dry_run)
    elif not result.complete:
        for notice in result.notices:
            render.say(notice)
    if dry_run and result.actions:
        return WORK_TO_DO
    return 0 if result.complete else PackagesFailed.code


def _check(words: list[str], *, every: bool, with_project: bool, back: bool, other: bool) -> None:
    """Raises UsageError for words and options that do not go together."""
    if every and (back or with_project or len(words) != 2):
        raise UsageError("usage", "--all takes the version to move from and the one to move to, and no project", command="roost upgrade --all 3.11 3.12")
    if back and (words or other):
        raise UsageError("usage", "--rollback takes no version, and cannot be combined with --partial or --prune", command="roost upgrade --help")
    if len(words) > 1 and not every:
        raise UsageError("usage", f"{len(words)} versions were given, and a project has one", command="roost upgrade --help")


def _all(origin: str, version: str, flags: list[str], *, dry_run: bool, as_json: bool, quiet: bool, verbose: bool) -> int:
    layout, _ = layout_and_directory(None)
    roots = find(origin, layout)
    names = list(map(str, roots))
    return up_below.show(
        names, lambda audience: upgrade_each(roots, version, flags, layout, audience), dry_run=dry_run, as_json=as_json, quiet=quiet, verbose=verbose
    )


def _tell(result: Result, stays: str, *, dry_run: bool) -> None:
    for notice in result.notices:
        render.say(notice)
    env = result.env
    if not result.actions:
        render.say(f"nothing to do: {env.name} stays with Python {result.version}")
        return
    if dry_run:
        for action in result.actions:
            render.say(f"would {action.describe()}")
        for outlook in result.outlook:
            if outlook.state != "same":
                render.say(_expected(outlook, result.version))
        if same := [outlook.package.line for outlook in result.outlook if outlook.state == "same"]:
            render.say(f"would be installed: {', '.join(same)}")
        return
    render.say(f"{env.name} is ready with Python {result.version} ({env.prefix})")
    if stays:
        render.say(stays)


def _stays(result: Result, layout: Layout, *, back: bool, prune: bool) -> str:
    """What to say of the env that the project had. With --prune, what keeps it has been said."""
    if prune or not result.before.prefix.exists():
        return ""
    way = "" if back else f"; to go back, type: {upgrade_command(layout.elsewhere(result.project.root), '--rollback')}"
    return f"the env of Python {result.before.version} stays until `roost prune` ({result.before.prefix}){way}"


def _expected(outlook: Outlook, python: str) -> str:
    package = outlook.package
    return {
        "source": f"{package.line} has no build for Python {python}: it would be built from its source",
        "other": f"{package.line} has no build for Python {python}: {outlook.version} would be installed instead",
        "none": f"{package.line} is not available for Python {python}",
        "unfit": f"{package.line} was for Python {package.pythons} when it was installed: it may not be available",
        "unknown": f"{package.line} may be available: the package index does not answer",
    }[outlook.state]


def _document(result: Result, *, dry_run: bool) -> dict[str, Any]:
    carried = result.carried
    return {
        "project": render.text_of(result.project.root),
        "version": result.version,
        "env": {"name": result.env.name, "path": render.text_of(result.env.prefix), "state": result.env.state.value},
        "before": {"version": result.before.version, "path": render.text_of(result.before.prefix)},
        "dry_run": dry_run,
        "actions": [action.describe() for action in result.actions],
        "packages": {
            "list": render.text_of(result.packages),
            "same": [package.line for package in carried.exact],
            "changed": [{"package": package.line, "version": version} for package, version in carried.changed],
            "failed": [{"package": package.line, "reason": reason} for package, reason in carried.failed],
            "outlook": [{"package": each.package.line, "state": each.state, "version": each.version or None} for each in result.outlook],
        },
        "complete": result.complete,
        "notices": list(result.notices),
    }
