"""``roost kernel add, list, check, remove, prune``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.cli.looks import Table
from roost.jobs.kernel.present import Outcome, rows
from roost.rules.errors import WORK_TO_DO, RoostError, UsageError
from roost.rules.kernelspec import Kernel, KernelState, parse_variable
from roost.rules.text import one_line

if TYPE_CHECKING:
    from roost.jobs.kernel.add import Added


def add(
    project: str | None,
    *,
    name: str | None,
    display_name: str | None,
    env: list[str] | None,
    replace: bool,
    force: bool,
    no_install: bool,
    installer: str,
    allow_changes: bool,
    no_pip: bool,
    isolated: bool,
    startup: bool,
    everything: bool,
    check: bool | None,
    data: Path | None,
    dry_run: bool,
    as_json: bool,
    verbose: bool,
) -> int:
    """``check``: None for a look at the finished kernel, True to start it, False for neither. Returns the first exit code that is not 0."""
    from roost.jobs import targets
    from roost.jobs.kernel import add as adding
    from roost.jobs.kernel.check import check as check_kernels

    if everything and (project or name or display_name):
        raise UsageError("usage", "--all goes with no project and no name", command="roost kernel add --help")
    layout, directory = layout_and_directory(None)
    asked = adding.Options(
        name=name,
        display_name=display_name,
        variables=tuple(map(_variable, env or ())),
        replace=replace,
        force=force,
        install=not no_install,
        installer=installer,
        allow_changes=allow_changes,
        pip=not no_pip,
        isolated=isolated,
        startup=startup,
    )
    envs = targets.all_targets(layout) if everything else [targets.target_of(project, directory, layout)]
    code = 0
    documents: list[dict[str, Any]] = []
    with render.Terminal(quiet=as_json, verbose=verbose) as narrator:
        for target in envs:
            try:
                added = adding.add(target, asked, layout, narrator, data=data, dry_run=dry_run)
            except RoostError as error:
                if not everything:
                    raise
                code = code or error.code
                documents.append({"env": str(target.env.prefix), "error": render.error_document(error)})
                if not as_json:
                    render.refuse(error, as_json=False)
                continue
            if not as_json:
                _tell(added, dry_run=dry_run, verbose=verbose)
            checked = None
            if check is not False and not dry_run:
                (checked,) = check_kernels([added.kernel.name], layout, narrator, data=data, static=not check)
                code = code or checked.code
                if not as_json and (check or checked.code):
                    _say_outcome(checked)
            documents.append({**_added_document(added), "check": _outcome_document(checked) if checked else None})
    if as_json:
        render.emit({"kernels": documents, "dry_run": dry_run})
    return code


def _variable(text: str) -> tuple[str, str]:
    variable = parse_variable(text)
    if variable is None:
        raise UsageError("usage", f"--env takes NAME=VALUE, not {text!a}", command="roost kernel add --help")
    return variable


def listing(*, everything: bool, stale: bool, data: Path | None, as_json: bool) -> int:
    layout, _ = layout_and_directory(None)
    found = rows(layout, data=data, everything=everything)
    if stale:
        found = [kernel for kernel in found if kernel.state is not KernelState.OK]
    if as_json:
        render.emit({"kernels": [_document(kernel) for kernel in found]})
    elif found:
        print("\n".join(Table([("NAME", "BY", "STATE", "DISPLAY NAME", "PYTHON"), *map(_columns, found)], sys.stdout).lines()))
    elif not stale:
        render.say("no kernel; type: roost kernel add")
    return WORK_TO_DO if stale and found else 0


def check(names: list[str] | None, *, static: bool, timeout: float, jupyters: bool, data: Path | None, as_json: bool) -> int:
    from roost.jobs.kernel.check import check as check_kernels

    layout, _ = layout_and_directory(None)
    with render.Terminal(quiet=as_json) as narrator:
        return _report(check_kernels(names or [], layout, narrator, data=data, static=static, timeout=timeout, jupyters=jupyters), as_json=as_json)


def remove(names: list[str] | None, *, project: str | None, force: bool, missing_ok: bool, uninstall: bool, data: Path | None, as_json: bool) -> int:
    if not names and project is None:
        raise UsageError("usage", "which kernel?", command="roost kernel list", advice="and then: roost kernel remove NAME")
    from roost.jobs.kernel import remove as removing

    layout, directory = layout_and_directory(None)
    owned = [] if project is None else removing.owners_of(project, directory, layout, data)
    return _report(removing.remove([*(names or []), *owned], layout, data=data, force=force, missing_ok=missing_ok, uninstall=uninstall), as_json=as_json)


def prune(*, really: bool, foreign: bool, data: Path | None, as_json: bool) -> int:
    from roost.jobs.kernel import remove as removing

    layout, _ = layout_and_directory(None)
    outcomes = list(removing.prune(layout, data=data, foreign=foreign, really=really))
    code = _report(outcomes, as_json=as_json)
    if not as_json and not outcomes:
        render.say("nothing to prune")
    elif not as_json and not really:
        render.say("nothing was changed; --yes removes them")
    return code


def _report(outcomes: Iterable[Outcome], *, as_json: bool) -> int:
    """A line for each as it comes, or one document; returns the first exit code that is not 0."""
    code, documents = 0, []
    for outcome in outcomes:
        code = code or outcome.code
        documents.append(_outcome_document(outcome))
        if not as_json:
            _say_outcome(outcome)
    if as_json:
        render.emit({"kernels": documents})
    return code


def _outcome_document(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.name,
        "code": outcome.code,
        "message": outcome.message,
        **render.help_document(outcome.command, outcome.advice),
        "seconds": outcome.seconds,
    }


def _say_outcome(outcome: Outcome) -> None:
    taken = "" if outcome.seconds is None else f" ({outcome.seconds:.1f} s)"
    line = f"{outcome.name}: {outcome.message}{taken}"
    if outcome.code:
        render.say("; ".join(filter(None, [line, render.help_text(outcome.command, outcome.advice)])))
    else:
        print(one_line(line), flush=True)


def _tell(added: Added, *, dry_run: bool, verbose: bool) -> None:
    for notice in added.notices:
        render.say(notice)
    if dry_run:
        if added.document is not None:
            print(json.dumps(added.document, indent=1))
        return
    if added.installed:
        render.say(f"added {', '.join(added.installed) if verbose else _in_short(added.installed)}")
    kernel = added.kernel
    if not added.changed:
        render.say(f"nothing to do: kernel {kernel.name} is registered ({kernel.path})")
        return
    render.say(f"kernel {kernel.name} is registered as {kernel.display_name!r} ({kernel.path})")
    render.say("reload JupyterLab's page if it does not show within a minute")


def _in_short(installed: tuple[str, ...]) -> str:
    """ipykernel and pip, if roost put them in, by name; of what they brought along, how many."""
    ours = sorted((package for package in installed if package.split()[0] in {"ipykernel", "pip"}), reverse=True)
    rest = len(installed) - len(ours)
    if rest:
        ours.append(f"{rest} package{'s' if rest > 1 else ''} that {'they need' if len(ours) > 1 else 'it needs'}")
    return f"{', '.join(ours[:-1])} and {ours[-1]}" if len(ours) > 1 else ours[0]


def _added_document(added: Added) -> dict[str, Any]:
    return {**_document(added.kernel), "changed": added.changed, "installed": added.installed, "notices": added.notices, "spec": added.document}


def _document(kernel: Kernel) -> dict[str, Any]:
    mark = kernel.mark
    return {
        "name": kernel.name,
        "path": render.text_of(kernel.path),
        "owner": "roost" if mark else "foreign",
        "state": kernel.state.value,
        "reason": kernel.reason,
        "display_name": kernel.display_name,
        "interpreter": kernel.interpreter,
        "python": mark.python if mark else None,
        "env": render.text_of(mark.env) if mark else None,
        "project": render.text_of(mark.project) if mark else None,
        "shadowed": kernel.shadowed,
    }


def _columns(kernel: Kernel) -> tuple[str, ...]:
    by = "roost" if kernel.mark else "foreign"
    what = kernel.reason or (kernel.mark.python if kernel.mark else kernel.interpreter)
    return kernel.name, f"{by}, shadowed" if kernel.shadowed else by, kernel.state.value, kernel.display_name, what
