"""Which version an upgrade goes to, and which word then stands in the file (U1, V3)."""

from __future__ import annotations

import pytest

from roost.rules.upgrade import line_after, line_of, new_word, newest_after
from roost.rules.versions import resolve

INSTALLED = ("3.9.18", "3.11.7", "3.11.9", "3.12.1", "3.12.2-dev", "3.13.0", "3.13.1t", "pypy3.10-7.3.15", "pypy3.10-7.3.17")


@pytest.mark.parametrize(
    ("version", "line", "after", "newest"),
    [
        ("3.11.7", "3.11", "3.12", "3.11.9"),
        ("3.11.9", "3.11", "3.12", None),
        ("3.9.18", "3.9", "3.10", None),
        ("3.12.1", "3.12", "3.13", None),
        ("3.13.0t", "3.13t", "3.14t", "3.13.1t"),
        ("3.14-dev", "3.14", "3.15", None),
        ("pypy3.10-7.3.15", "pypy3.10", "", "pypy3.10-7.3.17"),
        ("miniconda3-4.7.12", "", "", None),
    ],
)
def test_the_next_of_the_same_minor_version(version: str, line: str, after: str, newest: str | None) -> None:
    assert (line_of(version), line_after(version), newest_after(version, INSTALLED)) == (line, after, newest)


@pytest.mark.parametrize(
    ("request_", "typed", "before", "after", "word"),
    [
        ("3.11.7", "3.12", "3.11.7", "3.12.1", "3.12.1"),
        ("3.11.7", None, "3.11.7", "3.11.9", "3.11.9"),
        ("3.11", None, "3.11.7", "3.11.9", "3.11"),
        ("3.11", "3.12", "3.11.7", "3.12.1", "3.12"),
        ("3.11", "3.12.1", "3.11.7", "3.12.1", "3.12.1"),
        ("3", "3.12", "3.11.7", "3.12.1", "3"),
        ("3", "3.9", "3.11.7", "3.9.18", "3.9"),
        ("3", "3.12.7", "3.11.7", "3.12.7", "3"),
        ("system", "3.12", "3.11.7", "3.12.1", "system"),
    ],
)
def test_the_new_word(request_: str, typed: str | None, before: str, after: str, word: str) -> None:
    """Whatever it is, by it the project's env is the new one."""
    assert new_word(request_, typed, before, after, INSTALLED, {before}) == word
    assert resolve(word, {*INSTALLED, after}, {before, after}).version == after
