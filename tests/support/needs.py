"""What a test needs of the machine. Where it is not there, the test is left out and named at the end, or fails in a strict run."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

_WORD = "needs "


def need(what: str, there: object) -> None:
    """Leaves the test that asks out if what it needs is not ``there``."""
    if not there:
        pytest.skip(f"{_WORD}{what}")


def program(name: str | Path) -> str:
    """The path of a program; the test needs it."""
    path = shutil.which(name)
    need(os.path.basename(name), path)
    assert path
    return path


def need_locale(name: str) -> None:
    """The test needs this locale, which a C library may write as ``en_US.utf8``."""
    need(f"the locale {name}", name.lower().replace("-", "") in _locales())


@functools.cache
def _locales() -> set[str]:
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout
    return {line.lower().replace("-", "") for line in listed.splitlines()}


def is_strict() -> bool:
    """In CI a test that did not run has shown nothing, so it may not pass for one that did."""
    return os.environ.get("ROOST_TEST_STRICT") == "1"


def left_out(reports: Iterable[pytest.TestReport | pytest.CollectReport]) -> list[str]:
    """Lines that name the tests that did not run, by what they needed."""
    by_reason: dict[str, Counter[str]] = defaultdict(Counter)
    for report in reports:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        by_reason[reason.removeprefix("Skipped: ").removeprefix(_WORD)][report.nodeid.partition("[")[0]] += 1
    lines = []
    for reason, tests in sorted(by_reason.items()):
        lines.append(f"not run, because they need {reason}: {tests.total()}")
        lines += [f"  {test}{f' ({count} times)' if count > 1 else ''}" for test, count in sorted(tests.items())]
    return lines
