"""``roost doctor``: what is wrong on this machine, and what corrects it. It looks, and changes nothing (W1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from roost.jobs.doctor import envs, machine, project, shell
from roost.jobs.doctor.scene import Check, Scene
from roost.machine.layout import Layout
from roost.machine.process import cores
from roost.rules import findings
from roost.rules.errors import WORK_TO_DO
from roost.rules.findings import Area, Finding, Level
from roost.rules.model import Narrator

_CHECKS: Final[dict[Area, Callable[[Scene], Iterator[Check]]]] = {
    Area.MACHINE: machine.checks,
    Area.SHELL: shell.checks,
    Area.ENVS: envs.checks,
    Area.PROJECT: project.checks,
}


def doctor(directory: Path, layout: Layout, narrator: Narrator) -> list[Finding]:
    """Everything that is found, in the order of the areas."""
    narrator.detail("looking at the shell and the envs")
    scene = Scene(directory, layout)
    pool = ThreadPoolExecutor(cores() + 2)  # they mostly wait for a process
    found: list[Finding] = []
    try:
        for check, made in [(check, pool.submit(_made, area, check)) for area in Area for check in _CHECKS[area](scene)]:
            narrator.detail(f"looking at {check.what}")
            found += made.result()
        return found
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def exit_code(found: Iterable[Finding]) -> int:
    """Is there something that has to be corrected?"""
    return WORK_TO_DO if any(each.level is Level.PROBLEM for each in found) else 0


def _made(area: Area, check: Check) -> list[Finding]:
    """What a check finds; what it had found before it failed counts, too."""
    found: list[Finding] = []
    try:
        found.extend(check.look())
    except Exception as error:  # noqa: BLE001 - whatever it is, the other checks count
        found.append(findings.check_failed(area, check.what, error))
    return found
