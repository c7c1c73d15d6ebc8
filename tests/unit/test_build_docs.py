"""docs/builds.md says what the rules say (B1, V5)."""

from __future__ import annotations

import pytest

from roost.rules.build_failures import RULES, Rule, help_for
from roost.rules.system_packages import COMPILER, LIBRARIES, MANAGERS, System, how_to_install
from tests.support.sandbox import REPOSITORY

PAGE = (REPOSITORY / "docs" / "builds.md").read_text()
_UPDATE = {"darwin": "brew update && brew upgrade pyenv", "linux": "git -C ~/.pyenv pull"}


def _section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _help(rule: Rule, system: System) -> str:
    command, advice = help_for(rule, system, _UPDATE[system.platform])
    return ", ".join(filter(None, [command and f"`{command}`", advice]))


def test_every_cause_is_in_the_table() -> None:
    """B1: in the order of the rules, with what is said on macOS and on Debian."""
    mac, debian = System("darwin", "brew"), System("linux", "apt-get")
    rows = [f"| {rule.cause} | {_help(rule, mac)} | {_help(rule, debian)} |" for rule in RULES]
    table = [line for line in _section("What went wrong").splitlines() if line.startswith("| ")][2:]
    assert table == rows, "\n".join(["docs/builds.md should have:", *rows])


@pytest.mark.parametrize("manager", MANAGERS)
def test_what_a_build_needs_in_one_command(manager: str) -> None:
    """V5: everything that a build uses, for every package manager."""
    system = System("darwin" if manager == "brew" else "linux", manager)
    packages = [*([] if manager == "brew" else [COMPILER]), *LIBRARIES.values()]
    commands = [how_to_install(package, system)[0] for package in packages]
    names = [command.partition(f"{MANAGERS[manager]} ")[2] for command in commands]
    line = f"{commands[0].removesuffix(names[0])}{' '.join(names)}"
    assert line in _section("Before the first build").splitlines(), f"docs/builds.md should have: {line}"
