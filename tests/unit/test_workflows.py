"""What GitHub runs: actions that nobody can exchange, and targets of the Makefile that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from roost.cli.declared import COMMANDS
from tests.support.sandbox import REPOSITORY

WORKFLOWS = sorted([*(REPOSITORY / ".github" / "workflows").glob("*.yml"), REPOSITORY / "examples" / "ci" / "github.yml"])
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
VARIABLES = set(re.findall(r"^([A-Z_]+) [?:]?=", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))


def _made(text: str) -> Iterator[str]:
    """The words after each `make`."""
    for words in re.findall(r"(?:run: |^ +|&& )make ([^\n#&|]*)", text, re.MULTILINE):
        yield from words.split()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned(workflow: Path) -> None:
    """By a commit, with the version that it is beside it; a tag can be moved."""
    used = re.findall(r"uses: (.*)", workflow.read_text())
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*", line)] == []


def test_an_action_is_pinned_to_one_commit() -> None:
    """The same in each file, or one of them was forgotten."""
    pins = {line for workflow in WORKFLOWS for line in re.findall(r"uses: (.*)", workflow.read_text())}
    names = [pin.partition("@")[0] for pin in pins]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("file", [*WORKFLOWS, REPOSITORY / ".ci" / "run", REPOSITORY / ".pre-commit-config.yaml"], ids=lambda path: path.name)
def test_what_is_made_can_be_made(file: Path) -> None:
    words = list(_made(file.read_text().replace("entry: make", "run: make").replace(", language", " &")))
    assert {word for word in words if "=" not in word} <= TARGETS
    assert {word.partition("=")[0] for word in words if "=" in word} <= VARIABLES


@pytest.mark.parametrize("file", ["github.yml", "gitlab.yml"])
def test_what_an_example_types_is_a_command(file: str) -> None:
    typed = set(re.findall(r"(?:run:|-) roost ([a-z]+)", (REPOSITORY / "examples" / "ci" / file).read_text()))
    assert "up" in typed
    assert typed <= {name.partition(" ")[0] for name in COMMANDS}


def test_ci_lints_tests_and_shows() -> None:
    made = set(_made((REPOSITORY / ".github" / "workflows" / "ci.yml").read_text()))
    assert {"lint", "test", "demo"} <= made


@pytest.mark.parametrize("form", ["bug", "idea"])
def test_a_report_says_what_is_asked_first(form: str) -> None:
    text = (REPOSITORY / ".github" / "ISSUE_TEMPLATE" / f"{form}.yml").read_text()
    assert "label: roost --version\n" in text
    assert ("label: roost doctor --json\n" in text) is (form == "bug")
