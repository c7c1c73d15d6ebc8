"""What the coverage of the shell half counts: commands that a shell traced, at the lines where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import shell_coverage
from tests.support.sandbox import REPOSITORY

_SHELL = REPOSITORY / "shell"


def _number(file: str, text: str) -> int:
    """The line that begins with ``text``."""
    (found,) = (number for number, line in enumerate((_SHELL / file).read_text().splitlines(), 1) if line.strip().startswith(text))
    return found


def test_a_line_of_bash_in_a_script_and_at_a_prompt(tmp_path: Path) -> None:
    """There the lines of a function are counted from its first."""
    head = _number("core.sh", "_roost_leave() {")
    (tmp_path / "bash.1").write_text(f"+{_SHELL}/core.sh:_roost_leave:hB:{head + 1}:local env=\n++{_SHELL}/core.sh:_roost_leave:himBHs:3:[[ -n '' ]]\nnoise\n")
    assert set(shell_coverage.lines_in(tmp_path / "bash.1")) == {("core.sh", head + 1), ("core.sh", head + 2)}


def test_a_line_of_zsh(tmp_path: Path) -> None:
    (tmp_path / "zsh.1").write_bytes(b"\xff\n" + f"+++{_SHELL}/roost.zsh:::39:[[ ! -r '' ]]\n".encode())
    assert set(shell_coverage.lines_in(tmp_path / "zsh.1")) == {("roost.zsh", 39)}


def test_what_is_no_command_is_not_counted() -> None:
    lines, ran = shell_coverage.by_number(_SHELL / "core.sh", set())
    text = (_SHELL / "core.sh").read_text().splitlines()
    assert ran == set()
    assert {text[number - 1].strip() for number in lines} & {"", "}", "fi", "else", "done", "esac", ";;"} == set()
    assert not [number for number in lines if text[number - 1].startswith("#")]
    assert _number("core.sh", "export VIRTUAL_ENV=") in lines


def test_a_command_of_fish_is_known_by_its_text() -> None:
    number = _number("roost.fish", "set -gx VIRTUAL_ENV ")
    text = (_SHELL / "roost.fish").read_text().splitlines()[number - 1].strip()
    assert number in shell_coverage.by_text(_SHELL / "roost.fish", {text.partition(";")[0]})[1]
    assert number not in shell_coverage.by_text(_SHELL / "roost.fish", {"echo something"})[1]


def test_too_little_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell_coverage.main(tmp_path, 1) == 1
    assert "core.sh" in capsys.readouterr().out
    assert shell_coverage.main(tmp_path, 0) == 0
