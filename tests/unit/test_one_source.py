"""What Python and the shells both write down: names, limits and words (architecture: one source of truth)."""

from __future__ import annotations

import re

from roost.cli.declared import COMMANDS
from roost.rules import model
from tests.support.sandbox import REPOSITORY

SHELL = {path.name: path.read_text(encoding="ascii") for path in (REPOSITORY / "shell").iterdir() if path.suffix in {".sh", ".bash", ".zsh", ".fish"}}
# What only one of the languages needs. A string is edited where fish has a list, options change what a pattern means, and
# versions become text that sorts; fish's prompt is a function, and two of its functions keep others short.
OF_SH = {"check", "plainly", "drop_mine", "sort_key", "is_usable", "show_env", "show_name", "command", "register", "put_first", "on_first_prompt"}
OF_FISH = {"is_newer", "drop_others", "follow_alias", "update_prompt", "find_name", "wrap_prompt", "on_first_prompt", "on_prompt", "on_pwd"}


def test_the_hooks_are_twins() -> None:
    """The same functions under the same names, so that fish's hook can be read beside the one of bash and zsh."""
    sh = set(re.findall(r"^_roost_(\w+)\(\)", SHELL["core.sh"] + SHELL["roost.bash"], re.MULTILINE)) - OF_SH
    fish = set(re.findall(r"^ *function _roost_(\w+)", SHELL["roost.fish"], re.MULTILINE)) - OF_FISH
    assert {name.removesuffix("s") for name in sh} == {name.removesuffix("s") for name in fish}


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


def test_options() -> None:
    """C: a command whose options are listed has a line for each, and no line is about one that is not there."""
    documented = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
    tables = {
        section.split("`", 1)[0].split()[-1]: section for section in re.split(r"^## `roost ", documented, flags=re.MULTILINE)[1:] if "\n| option" in section
    }
    assert "up" in tables
    for command, section in tables.items():
        lines = re.findall(r"^\| `(-{1,2}[A-Za-z-]+)", section.partition("\n## ")[0], re.MULTILINE)
        options = [list(parameter.words) for parameter in COMMANDS[command].parameters if parameter.words and not parameter.hidden]
        assert all(any(name in lines for name in names) for names in options), (command, options, lines)
        assert set(lines) <= {name for names in options for name in names}, command
