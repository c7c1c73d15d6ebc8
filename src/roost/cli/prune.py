"""``roost prune`` on the command line: what would go or went, as text or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.jobs.prune import Finding, Outcome, look, prune
from roost.rules.text import one_line


def command(*, yes: bool, as_json: bool) -> int:
    layout, directory = layout_and_directory(None)
    with render.Terminal(quiet=as_json) as narrator:
        narrator.detail("looking for what nobody needs any more")
        findings = look(directory, layout)
    code, outcomes = 0, []
    if yes:
        with render.Terminal(quiet=as_json) as narrator:
            for outcome in prune(findings, layout, narrator):
                outcomes.append(outcome)
                code = code or (outcome.error.code if outcome.error else 0)
                if not as_json:
                    _tell(outcome)
    else:
        outcomes = [Outcome(finding, False) for finding in findings]
    if as_json:
        render.emit({"removes": yes, "found": [_document(outcome) for outcome in outcomes]})
    elif not findings:
        render.say("nothing to prune")
    elif not yes:
        for finding in findings:
            print(one_line(f"would {_described(finding)}"))
        render.say("nothing was changed; type: roost prune --yes")
    return code


def _tell(outcome: Outcome) -> None:
    if outcome.error is not None:
        render.refuse(outcome.error, as_json=False)
    elif outcome.removed:
        print(one_line(_described(outcome.finding).replace("remove ", "removed ", 1)), flush=True)
    else:
        print(one_line(f"kept {outcome.finding.place}: another roost has removed it, or is working on it"), flush=True)


def _described(finding: Finding) -> str:
    size = "" if finding.size is None else f", {render.size(finding.size)}"
    return f"{finding.action.describe()}{size}: {finding.reason}"


def _document(outcome: Outcome) -> dict[str, Any]:
    finding = outcome.finding
    return {
        "kind": finding.kind,
        "place": render.text_of(Path(finding.place)),
        "reason": finding.reason,
        "size": finding.size,
        "removed": outcome.removed,
        "error": None if outcome.error is None else render.error_document(outcome.error),
    }
