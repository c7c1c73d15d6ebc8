"""What Python and the shells both write down: names, limits and words (architecture: one source of truth)."""

from __future__ import annotations

import re
import string

from roost.cli.declared import COMMANDS
from roost.rules import model
from tests.support.sandbox import REPOSITORY

CORE = (REPOSITORY / "shell" / "core.sh").read_text(encoding="ascii")
ADAPTERS = {kind: (REPOSITORY / "shell" / f"roost.{kind}").read_text(encoding="ascii") for kind in ("bash", "zsh")}


def _function(name: str) -> str:
    found = re.search(rf"^{name}\(\) {{\n(.*?)^}}$", CORE, re.MULTILINE | re.DOTALL)
    assert found, f"core.sh has no {name}"
    return found[1]


def _limits(name: str) -> list[int]:
    """The lengths that the function ``name`` compares with."""
    return [int(number) for number in re.findall(r"-(?:le|gt|lt|ge) ([0-9]+)", _function(name))]


def test_limits() -> None:
    """F2, F6, F7."""
    assert _limits("_roost_fits") == [model.FILE_LIMIT]
    assert _limits("_roost_valid") == [model.NAME_LIMIT, model.VERSION_LIMIT]
    assert _limits("_roost_consider") == [model.VERSION_LIMIT]


def test_reads_are_one_byte_longer_than_the_limit() -> None:
    """F2: the byte too many is what shows that a file is too long."""
    for kind, option, reads in (("bash", "-n", 3), ("zsh", "-rk", 2)):
        limits = re.findall(rf"\bread .*{option}([0-9]+)", ADAPTERS[kind])
        assert limits == [str(model.FILE_LIMIT + 1)] * reads
    assert re.findall(r"-le ([0-9]+)", ADAPTERS["zsh"]) == [str(model.FILE_LIMIT)] * 2


def test_reserved_names() -> None:
    """F7."""
    words = re.search(r"((?:[a-z]+ \| )+[a-z]+)\) return 1", _function("_roost_valid"))
    assert words
    assert set(words[1].replace("|", " ").split()) == model.RESERVED_NAMES


def test_file_names() -> None:
    """The two files and the mark of a half-made env (E3)."""
    assert set(re.findall(r"/(\.python[\w-]*)", CORE)) == {model.VERSION_FILE, model.NAME_FILE}
    assert set(re.findall(r"/(\.roost[\w-]*)", CORE)) == {model.BUILDING_MARK}


def test_letters() -> None:
    """F6, F7: written out, for a range follows the locale."""
    digits = re.search(r"^_roost_digits=(\w+)$", CORE, re.MULTILINE)
    letters = re.search(r"^_roost_alnum=(\w+)\$_roost_digits$", CORE, re.MULTILINE)
    assert digits
    assert letters
    assert digits[1] == string.digits
    assert sorted(letters[1]) == sorted(string.ascii_letters)


def test_no_range_follows_the_locale() -> None:
    """F6: no A-Z, a-z or 0-9 in a bracket."""
    for text in (CORE, *ADAPTERS.values()):
        assert not re.findall(r"\[!?[^]\s$]*(?:[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9])[^]\s]*\]", text)


def test_states() -> None:
    """Spec C: one word for one state; `idle` is a shell's word for a directory that no file can make a project."""
    words = set(re.findall(r"_roost_state=['\"]?([a-z-]+)", CORE))
    assert words - {"idle"} == {state.value for state in model.State}


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
