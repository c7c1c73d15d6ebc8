"""``roost up -r``: a roost of its own for each project, several at a time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.machine import projects
from roost.machine.process import run_each
from roost.rules.errors import WORK_TO_DO, NoProject
from roost.rules.model import NAME_FILE
from roost.rules.text import one_line


def command(directory: Path | None, options: Sequence[str], *, jobs: int, as_json: bool) -> int:
    """Runs ``roost up`` with these options for each project at ``directory`` and below.

    Each line that it prints begins with the project's directory, for without it nobody knows whose env was
    not made. Returns 0, or the exit code of the first that failed, or 10 if a dry run found work.
    """
    layout, target = layout_and_directory(directory)
    roots = projects.below(target)
    if not roots:
        raise NoProject("no-project", f"no {NAME_FILE} in {target} or below", command=f"echo myproject-venv > {NAME_FILE}")

    def tell(number: int, line: str) -> None:
        where = os.path.relpath(roots[number], target)
        # In one write, for other threads print meanwhile.
        sys.stderr.write(one_line(f"{where}: {line.removeprefix('roost: ')}") + "\n")

    roost = [sys.executable, "-m", "pyenv_roost", "up", *options, *(["--json"] if as_json else [])]
    ended = run_each([[*roost, "--", root] for root in roots], layout.environ, jobs, tell)
    if as_json:
        render.emit({"projects": [_document(root, each.output) for root, each in zip(roots, ended, strict=True)]})
    failed = [each.status for each in ended if each.status not in {0, WORK_TO_DO}]
    return next(iter(failed), max(each.status for each in ended))


def _document(root: Path, output: str) -> dict[str, Any]:
    """What the project's own roost said; one that was killed said nothing."""
    document: dict[str, Any] = {"project": os.fspath(root)}
    document |= json.loads(output) if output else {"error": {"code": "killed", "message": "its roost was killed", "hint": "roost up", "file": None}}
    document.pop("schema", None)
    return document
