"""Ranges of versions: what meets them, and the release to take."""

from __future__ import annotations

import itertools

import pytest

from roost.rules.ranges import meets, pick_release

ODD = ["3.14.0rc1", "3.13.0t", "3.12-dev", "pypy3.10-7.3.12", "shop", "miniconda3-latest"]
INSTALLED = ["2.7.18", "3.9.18", "3.10.13", "3.11.7", "3.12.1", "3.12.9", "3.13.0", *ODD]
KNOWN = [*INSTALLED, "3.8.18", "3.11.12", "3.14.2", "4.0.0", "3.15-dev", "3.15.0a1", "graalpy-24.1.0"]


@pytest.mark.parametrize(
    ("wanted", "release"),
    [
        # PEP 440
        (">=3.9", "3.13.0"),
        (">=3.11,<3.13", "3.12.9"),
        (" >= 3.11 , < 3.13 ", "3.12.9"),
        (">=3.11 <3.13", "3.12.9"),
        (">=3.9,!=3.13.*,!=3.12.9", "3.12.1"),
        ("~=3.11", "3.13.0"),
        ("~=3.11.0", "3.11.7"),
        ("==3.11.*", "3.11.7"),
        ("==3.12.1", "3.12.1"),
        ("===3.12.1", "3.12.1"),
        ("<3.0", "2.7.18"),
        # Poetry
        ("^3.11", "3.13.0"),
        ("^3.12.5", "3.13.0"),
        ("^2.7", "2.7.18"),
        ("~3.11", "3.11.7"),
        ("~3.12.2", "3.12.9"),
        ("~3", "3.13.0"),
        ("~=3", "3.13.0"),
        (">=3.9.*", "3.13.0"),
        ("3.11.*", "3.11.7"),
        ("3.*", "3.13.0"),
        ("*", "3.13.0"),
        ("=3.12.1", "3.12.1"),
        ("~2.7 || ^3.6", "3.13.0"),
        ("~3.9 | ~3.10", "3.10.13"),
        ("3.9 || 3.11", "3.11.7"),
        # As in .python-version
        ("3.12", "3.12.9"),
        ("3.1", None),
        ("3", "3.13.0"),
        ("3.12.1", "3.12.1"),
        ("3.13t", "3.13.0t"),
        ("3.12-dev", "3.12-dev"),
        ("pypy3.10-7.3.12", "pypy3.10-7.3.12"),
        ("pypy3.10", "pypy3.10-7.3.12"),
        # Not installed: the newest that is known, by the same rules
        (">=3.14", "4.0.0"),
        ("^3.14", "3.14.2"),
        ("~3.8", "3.8.18"),
        ("3.8", "3.8.18"),
        ("graalpy-24.1.0", "graalpy-24.1.0"),
        # Neither
        (">=5", None),
        ("3.99", None),
        ("3.15.0a1.x", None),
        ("3.99.7", "3.99.7"),
        ("latest", None),
    ],
)
def test_the_release_that_a_file_of_another_tool_asks_for(wanted: str, release: str | None) -> None:
    """I1: the newest installed final release inside it, else the newest that pyenv knows."""
    for installed, known in itertools.product((INSTALLED, INSTALLED[::-1]), (KNOWN, KNOWN[::-1])):
        assert pick_release(wanted, installed, known) == release


def test_a_directory_of_exactly_that_name_is_the_release() -> None:
    """V2."""
    assert pick_release("3.12", ["3.12.9", "3.12"], []) == "3.12"


@pytest.mark.parametrize("wanted", [">=3.x", ">= ", "3.11 and up", "$(id)", "^", ">=3.9;<4", "\u0663.9", "python>=3.9", "==3.*.1", ">=3.9 # why"])
def test_what_is_neither_a_request_nor_a_range(wanted: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        pick_release(wanted, INSTALLED, KNOWN)


def test_does_a_version_meet_a_range() -> None:
    assert meets("3.12.1", ">=3.9")
    assert meets("3.12.1", "3.12")
    assert not meets("3.12.1", "3.13")
    assert not meets("3.12.1", "^3.13")
    assert not meets("3.13.0rc1", ">=3.9")
