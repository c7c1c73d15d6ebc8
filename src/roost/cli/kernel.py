"""``roost kernel add, list, check, remove, prune`` on the command line: what they find and do, as text or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.cli.looks import Table
from roost.jobs.kernel.present import Outcome, rows
from roost.jobs.targets import Target, all_targets, target_of
from roost.rules.errors import WORK_TO_DO, RoostError, UsageError
from roost.rules.kernelspec import Kernel, KernelState, parse_variable
from roost.rules.text import one_line

if TYPE_CHECKING:
    from roost.jobs.kernel.add import Added, Options

_NONE: Final = "no kernels; type: roost kernel add"


def add(project: str | None, *, everything: bool, check: bool | None, data: Path | None, dry_run: bool, as_json: bool, verbose: bool, **options: Any) -> int:
    """``check``: None for a look at the finished kernel, True to start it, False for neither. ``options``: see ``_asked``."""
    from roost.jobs.kernel.add import add as add_kernel
    from roost.jobs.kernel.check import check as check_kernels

    asked = _asked(**options)
    if everything and (project or asked.name or asked.display_name):
        raise UsageError("usage", "--all cannot be combined with a project or --name", command="roost kernel add --help")
    layout, directory = layout_and_directory(None)
    report = _Report(as_json=as_json)
    with render.Terminal(quiet=as_json, verbose=verbose) as narrator:
        for target in all_targets(layout) if everything else [target_of(project, directory, layout)]:
            try:
                added = add_kernel(target, asked, layout, narrator, data=data, dry_run=dry_run)
            except RoostError as error:
                if not everything:
                    raise
                report.refused(target, error)
                continue
            report.added(added, dry_run=dry_run, verbose=verbose)
            if check is not False and not dry_run:
                (checked,) = check_kernels([added.kernel.name], layout, narrator, data=data, static=not check)
                report.checked(checked, started=check is True)
    return report.close(dry_run=dry_run)


def _asked(*, env: list[str] | None, no_install: bool, no_pip: bool, **others: Any) -> Options:
    """The options of ``kernel add`` as its job takes them; ``others`` are called the same there."""
    from roost.jobs.kernel.add import Options

    return Options(variables=tuple(map(_variable, env or ())), install=not no_install, pip=not no_pip, **others)


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
        render.say(_NONE)
    return WORK_TO_DO if stale and found else 0


def check(names: list[str] | None, *, static: bool, timeout: float, jupyters: bool, data: Path | None, as_json: bool) -> int:
    from roost.jobs.kernel.check import check as check_kernels

    layout, _ = layout_and_directory(None)
    report = _Report(as_json=as_json)
    with render.Terminal(quiet=as_json) as narrator:
        report.outcomes(check_kernels(names or [], layout, narrator, data=data, static=static, timeout=timeout, jupyters=jupyters))
    if report.is_empty() and not as_json:
        render.say(_NONE)
    return report.close()


def remove(names: list[str] | None, *, project: str | None, force: bool, missing_ok: bool, uninstall: bool, data: Path | None, as_json: bool) -> int:
    if not names and project is None:
        raise UsageError("usage", "no kernel was named", command="roost kernel list", advice="and then: roost kernel remove NAME")
    from roost.jobs.kernel import remove as removing

    layout, directory = layout_and_directory(None)
    owned = [] if project is None else removing.owners_of(project, directory, layout, data)
    report = _Report(as_json=as_json)
    report.outcomes(removing.remove([*(names or []), *owned], layout, data=data, force=force, missing_ok=missing_ok, uninstall=uninstall))
    return report.close()


def prune(*, really: bool, foreign: bool, data: Path | None, as_json: bool) -> int:
    from roost.jobs.kernel import remove as removing

    layout, _ = layout_and_directory(None)
    report = _Report(as_json=as_json)
    report.outcomes(removing.prune(layout, data=data, foreign=foreign, really=really))
    if not as_json and report.is_empty():
        render.say("nothing to prune")
    elif not as_json and not really:
        render.say("nothing was changed; --yes removes them")
    return report.close()


class _Report:
    """Tells what comes of one kernel after the other: a person at once, a program in one JSON document at the end."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._documents: list[dict[str, Any]] = []
        self._code = 0

    def outcomes(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            self._code = self._code or outcome.code
            self._documents.append(_outcome_document(outcome))
            if not self._as_json:
                _say_outcome(outcome)

    def is_empty(self) -> bool:
        return not self._documents

    def added(self, added: Added, *, dry_run: bool, verbose: bool) -> None:
        self._documents.append({**_added_document(added), "check": None})
        if not self._as_json:
            _say_added(added, dry_run=dry_run, verbose=verbose)

    def checked(self, outcome: Outcome, *, started: bool) -> None:
        """Of the kernel that was added last. A person who did not ask for a start hears only of a failure."""
        self._code = self._code or outcome.code
        self._documents[-1]["check"] = _outcome_document(outcome)
        if not self._as_json and (started or outcome.code):
            _say_outcome(outcome)

    def refused(self, target: Target, error: RoostError) -> None:
        """One of several envs got no kernel."""
        self._code = self._code or error.code
        self._documents.append({"env": str(target.env.prefix), "error": render.error_document(error)})
        if not self._as_json:
            render.refuse(error, as_json=False)

    def close(self, **others: Any) -> int:
        """Returns the exit code: the first that is not 0."""
        if self._as_json:
            render.emit({"kernels": self._documents, **others})
        return self._code


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


def _say_added(added: Added, *, dry_run: bool, verbose: bool) -> None:
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
