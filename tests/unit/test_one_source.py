"""What Python and the shells both write down: names, limits and words (architecture: one source of truth)."""

from __future__ import annotations

import re

from roost.cli.declared import COMMANDS
from roost.rules import model
from tests.support.sandbox import REPOSITORY

SHELL = {path.name: path.read_text(encoding="ascii") for path in (REPOSITORY / "shell").iterdir() if path.suffix in {".sh", ".bash", ".zsh", ".fish"}}
# What only one of the languages needs: a string instead of PATH's fields, options that change what a pattern means; a
# prompt that is a function, no `${x##*/}` and no order of strings.
OF_SH = {"check", "plainly", "drop_mine", "sort_key", "show_env", "show_name", "take_back", "command", "register", "on_first_prompt"}


def _functions(*files: str) -> set[str]:
    found = (re.findall(r"^ *(?:function )?_roost_(\w+)(?:\(\)|$| )", SHELL[file], re.MULTILINE) for file in files)
    return {name for names in found for name in names}


def test_file_names() -> None:
    """The two files and the mark of a half-made env (E3)."""
    for files in (("core.sh",), ("roost.fish",)):
        text = "".join(SHELL[file] for file in files)
        assert set(re.findall(r"/(\.python[\w-]*)", text)) == {model.VERSION_FILE, model.NAME_FILE}
        assert set(re.findall(r"/(\.roost[\w-]*)", text)) == {model.BUILDING_MARK}


def test_commands() -> None:
    """Spec C: what the documentation lists are the program's commands."""
    commands = {name.partition(" ")[0] for name, command in COMMANDS.items() if not command.hidden}
    documented = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `roost (\w+)", documented, re.MULTILINE)) == commands


def test_options_of_up() -> None:
    """Spec C: each has its line in the documentation, and no line is about one that is not there."""
    documented = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| `(-{1,2}[a-z-]+)", documented, re.MULTILINE)
    options = [list(parameter.words) for parameter in COMMANDS["up"].parameters if parameter.words and not parameter.hidden]
    assert all(any(name in lines for name in names) for names in options), options
    assert set(lines) <= {name for names in options for name in names}
