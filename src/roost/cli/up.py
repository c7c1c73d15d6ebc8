"""``roost up`` on the command line: for one project, for all below a directory, or asked by the hook; and what it did as text or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.jobs.observe import observe
from roost.jobs.up import Result, make_env, up
from roost.rules.errors import WORK_TO_DO
from roost.rules.plan import Options


def command(directory: Path | None, *, recursive: bool, jobs: int | None, from_hook: bool, **options: Any) -> int:
    """``options``: those of ``up`` for one project."""
    if from_hook:
        return _from_hook()
    if recursive:
        from roost.cli import up_below  # here: one project needs neither its table nor its processes

        return up_below.command(directory, jobs=jobs, **options)
    return _up(directory, **options)


def _up(
    directory: Path | None,
    *,
    no_interpreter: bool,
    recreate: bool,
    no_link: bool,
    kernel: bool | None,
    deps: bool | None,
    installer: str,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    layout, target = layout_and_directory(directory)
    options = Options(install_interpreter=not no_interpreter, recreate=recreate, kernel=kernel, deps=deps, installer=installer)
    with render.Terminal(quiet=quiet, as_json=as_json, verbose=verbose) as narrator:
        result = up(observe(target, layout), layout, options, narrator, link=not no_link, dry_run=dry_run)
    if as_json:
        render.emit(render.up_document(result, dry_run=dry_run))
    elif not quiet:
        tell(result, dry_run=dry_run)
    return WORK_TO_DO if dry_run and result.actions else 0


def _from_hook() -> int:
    """The hook's question about an env that is not ready: makes it if its interpreter is installed, or says what is wrong (H12).

    Installs no interpreter, starts no pyenv, runs nothing of the project and shows nothing that its files hold.
    """
    layout, directory = layout_and_directory(None)
    make_env(observe(directory, layout, quote=False), layout, render.Terminal(quiet=render.hushed()))
    return 0


def tell(result: Result, *, dry_run: bool) -> None:
    """What `up` did, or would do, for a person."""
    for notice in result.notices:
        render.say(notice)
    if dry_run:
        for action in result.actions:
            render.say(f"would {action.describe()}")
    if not result.actions:
        render.say(f"nothing to do: {result.env.name} is ready ({result.env.prefix})")
    elif not dry_run:
        render.say(f"{result.env.name} is ready ({result.env.prefix})")
