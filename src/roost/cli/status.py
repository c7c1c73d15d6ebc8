"""``roost status`` on the command line: its answer as text or JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from roost.cli import render
from roost.cli.context import layout_and_directory
from roost.cli.looks import Looks
from roost.jobs.status import Status, exit_code, status
from roost.rules.situation import Situation
from roost.rules.text import one_line


def command(directory: Path | None, *, as_json: bool) -> int:
    layout, target = layout_and_directory(directory)
    answer = status(target, layout)
    if as_json:
        render.emit(_document(answer))
    else:
        print("\n".join(_lines(answer, Looks(sys.stdout))))
    return exit_code(answer)


def _document(answer: Status) -> dict[str, Any]:
    """The document of ``status --json`` (spec C)."""
    situation, kernel = answer.situation, answer.kernel
    return {
        "project": render.text_of(situation.project.root) if situation else None,
        "state": answer.state.value,
        "python": _python_document(answer, situation) if situation else None,
        "env": _env_document(answer, situation) if situation else None,
        "dependencies": answer.dependencies._asdict() if answer.dependencies else None,
        "kernel": {"name": kernel.name, "display_name": kernel.display_name, "path": render.text_of(kernel.path), "state": kernel.state.value}
        if kernel
        else None,
        "active": answer.active,
        "hook": answer.hook,
        "problems": [
            {"code": each.code, "message": each.message, **render.help_document(each.command, each.advice), "file": each.file} for each in answer.problems
        ],
    }


def _python_document(answer: Status, situation: Situation) -> dict[str, Any]:
    project, resolution = situation.project, situation.resolution
    return {
        "requested": project.request,
        "file": render.text_of(project.version_file),
        "others": list(project.others),
        "resolved": resolution.version,
        "newer": resolution.newer,
        "executable": render.text_of(answer.executable),
        "source": situation.source,
    }


def _env_document(answer: Status, situation: Situation) -> dict[str, Any]:
    project, env = situation.project, situation.env
    return {
        "name": project.env_name,
        "file": render.text_of(project.name_file),
        "path": render.text_of(env.prefix) if env else None,
        "state": answer.state.value.removeprefix("env-") if env else "missing",
        "made_by": answer.made_by,
    }


def _lines(answer: Status, looks: Looks) -> list[str]:
    """Each value and the file that says so."""
    lines: list[str] = []

    def add(label: str, text: str, state: str = "", rest: str = "") -> None:
        parts = [one_line(text), looks.state(state) if state else "", one_line(rest)]
        lines.append(f"{label:<9}{'  '.join(filter(None, parts))}".rstrip())

    situation = answer.situation
    if situation is not None:
        project, version = situation.project, situation.resolution.version
        add("project", str(project.root))
        arrow = "" if version in {None, project.request} else f" -> {version}"
        add("python", f"{project.request}{arrow}  from {project.version_file}")
        if project.others:
            add("", f"also listed there:  {' '.join(project.others)}")
        add("env", f"{project.env_name}  from {project.name_file}")
        if situation.env is not None:
            add("", str(situation.env.prefix))
        if needed := answer.dependencies:
            add("packages", needed.source, needed.state, f"by {needed.tool}" if needed.tool else "")
        if answer.kernel is not None:
            add("kernel", answer.kernel.name, answer.kernel.state.value, str(answer.kernel.path))
        add("active", "yes" if answer.active else "no")
    add("hook", f"loaded ({answer.hook})" if answer.hook else "not loaded in this shell; type: roost setup")
    add("state", "", answer.state.value)
    for problem in answer.problems:
        where = f" ({problem.file})" if problem.file and problem.file not in problem.message else ""
        add("note" if answer.state.value == "ready" else "problem", f"{problem.message}{where}")
        add("", f"-> {render.help_text(problem.command, problem.advice)}")
    return lines
