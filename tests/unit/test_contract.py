"""Every rule that code, tests and scripts cite is one that docs/contract.md explains."""

from __future__ import annotations

import re

from tests.support.sandbox import REPOSITORY

CONTRACT = (REPOSITORY / "docs" / "contract.md").read_text(encoding="utf-8")
LABELS = re.findall(r"\*\*([A-Z][0-9]*)\*\*", CONTRACT)
_LABEL = r"(?:[FVEHIJDMLURW][1-9][0-9]?|X[1-9]|B1)"  # X11 is a window system
_CITED = re.compile(rf"(?<![\w\\.-]){_LABEL}(?!\w|\.\w)(?:-({_LABEL})(?!\w))?")


def _cited(text: str) -> set[str]:
    return {label for found in _CITED.finditer(text) for label in found[0].split("-")}


def test_each_rule_is_explained_once() -> None:
    """A label that stands for two rules leads nowhere; a number that is left out is one that somebody forgot."""
    assert len(LABELS) == len(set(LABELS))
    for letter in "FVEHIDMLURXW":
        numbers = sorted(int(label[1:]) for label in LABELS if label[0] == letter)
        assert numbers == list(range(1, len(numbers) + 1)), letter
    assert {"C", "P", "S", "B1"} <= set(LABELS)


def test_what_is_cited_is_explained() -> None:
    """A reader who meets H12 in a comment finds it."""
    unexplained = {}
    for directory in ("src", "shell", "tests", "benchmarks", "scripts"):
        for path in sorted((REPOSITORY / directory).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.name != "test_contract.py":
                missing = _cited(path.read_bytes().decode("utf-8", "replace")) - set(LABELS)
                if missing:
                    unexplained[str(path.relative_to(REPOSITORY))] = sorted(missing)
    assert unexplained == {}


def test_what_counts_as_a_citation() -> None:
    """The laboratory itself: ranges and the ends of sentences count, escapes and linters' codes do not."""
    text = r"F99 (H12, V9): F1-F9, J3-J5; b'caf\xF1', X11.h, F821, PLR2004, \xE9, -F3. It ends with H4."
    assert _cited(text) == {"F99", "H12", "V9", "F1", "F9", "J3", "J5", "H4"}
