"""The benchmark's report, on results that are made up: what it says of a limit, and that it says what is not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks import report, run
from benchmarks.peers import Peer, missing
from benchmarks.plot import depth_plot, peers_plot
from benchmarks.results import DEPTHS, FLOOR, IMPORT_TYPER, ONE_BY_ONE, ROOST, TOP, Cell, Key, Results, from_json, limit_of, to_json
from benchmarks.shells import counts, seconds

SHELLS = ("zsh", "bash", "fish")


def made_up(cell: Cell, shells: tuple[str, ...] = SHELLS) -> Results:
    """Each shell with the same prompt in a project and the same cd between two."""
    results = Results({"machine": "made up"})
    for shell in shells:
        for row in ("prompt", "cd-across"):
            results.cells[Key(shell, row, TOP, FLOOR)] = Cell(0.02, 0.01, 0)
            results.cells[Key(shell, row, TOP, ROOST)] = cell
    return results


def line_of(results: Results, begins: str) -> str:
    return next(line for line in report.markdown(results).splitlines() if line.startswith(begins))


@pytest.mark.parametrize(
    ("cell", "over"),
    [
        (Cell(0.1, 0.05, 0), ""),
        (Cell(0.1, 0.05, None), ""),
        (Cell(0.11, 0.05, 0), "- zsh, prompt in a project, root: 0.110 ms; the limit is 0.1 ms (the least was 0.050)"),
        (Cell(0.05, 0.05, 1), "- zsh, prompt in a project, root: 0.050 ms, 1 process; the limit is 0.1 ms (the least was 0.050)"),
    ],
)
def test_the_median_is_the_measure_and_a_process_is_never_excused(cell: Cell, over: str) -> None:
    results = made_up(cell, ("zsh",))
    text = report.markdown(results)
    said = [line for line in text.splitlines() if line.startswith("- zsh, prompt")]
    assert said == ([over] if over else [])
    assert ("starts a process." in text) == (cell.processes == 0)
    assert f"| prompt in a project | 0.1 | {'**' if over else ''}{cell.median:.3f}" in text


def test_the_report_counts_the_limits_that_hold() -> None:
    text = report.markdown(made_up(Cell(0.2, 0.2, 0)))
    assert "4 of 6 limits hold. No prompt, `cd` or shell start of roost starts a process. These do not:" in text


@pytest.mark.parametrize(
    ("shell", "row", "limits"),
    [
        ("zsh", "prompt", [0.1, 0.1, 0.1, 0.15, None]),
        ("bash 5.3.0", "outside", [0.1, 0.1, 0.1, 0.15, None]),
        ("bash 3.2.57", "outside", [0.35, 0.35, 0.35, 0.525, None]),
        ("fish", "prompt", [1, 1, 1, 1.5, None]),
        ("bash", "cd-in", [0.6, 0.6, 0.6, 0.6, None]),
        ("bash 3.2.57", "cd-out", [2.5, 2.5, 2.5, 2.5, None]),
        ("fish", "cd-across", [2.5, 2.5, 2.5, 2.5, None]),
        ("zsh", "prefix-across", [1, 1, 1, 1, None]),
        ("fish", "prefix-in", [3, 3, 3, 3, None]),
    ],
)
def test_the_limits_of_the_contract_by_shell_and_depth(shell: str, row: str, limits: list[float | None]) -> None:
    results = Results({})
    assert [limit_of(results, Key(shell, row, str(depth), ROOST)) for depth in DEPTHS] == pytest.approx(limits)
    assert limit_of(results, Key(shell, row, "many", ROOST)) is None
    assert limit_of(results, Key(shell, row, TOP, "direnv")) is None
    assert [limit_of(results, Key(label, "start", TOP, ROOST)) for label in SHELLS] == [1, 1, 1.5]


def test_a_command_is_held_to_a_multiple_of_what_another_takes_in_the_same_run() -> None:
    results = Results({})
    for row, tool, median in (("new-env", "virtualenv", 100), ("look", IMPORT_TYPER, 50), ("run", 'python -c ""', 10), ("tree", ONE_BY_ONE, 8)):
        results.cells[Key("", row, TOP, tool)] = Cell(median, median)
        assert limit_of(results, Key("", row, TOP, tool)) is None
    limits = [limit_of(results, Key("", row, TOP, "roost …")) for row in ("new-env", "look", "run", "kernel-list")]
    assert limits == pytest.approx([125, 60, 40, 100])
    assert limit_of(results, Key("", "tree", TOP, "roost up -r")) == pytest.approx(8 / (0.8 * (os.cpu_count() or 1)))
    assert limit_of(Results({}), Key("", "look", TOP, "roost up")) is None
    results.cells[Key("", "look", TOP, "roost status")] = Cell(61, 50)
    assert line_of(results, "- roost status") == "- roost status, a look at a project that is ready: 61.0 ms; the limit is 60 ms (the least was 50.0)"
    assert line_of(results, "|  | **roost status**") == '|  | **roost status** | 61.0 ms | 1.2 × `python -c "import typer"` = 60.0 ms |'


def test_one_table_takes_a_prompt_apart() -> None:
    results = made_up(Cell(0.05, 0.05, 0), ("zsh",))
    for row, where, median in (("slash", TOP, 0.03), ("opted-out", TOP, 0.045), ("prompt", "10", 0.075)):
        results.cells[Key("zsh", row, where, ROOST)] = Cell(median, median, 0)
    part = report.markdown(results).partition("## Where the time of a prompt goes")[2].partition("##")[0]
    assert [line.split(" | ")[-1].rstrip(" |") for line in part.splitlines() if line.startswith("| ")][2:] == ["20.0", "10.0", "15.0", "5.0", "50.0", "2.5"]


def test_another_checkout_stands_beside_this_one() -> None:
    results = made_up(Cell(0.05, 0.05, 0), ("zsh",))
    results.against = "roost, 1234567"
    results.cells[Key("zsh", "prompt", TOP, results.against)] = Cell(0.04, 0.04, 0)
    assert line_of(results, "| prompt in a project | 0.1 |").startswith("| prompt in a project | 0.1 | 0.050 (0.040) |")


def test_a_missing_tool_is_named() -> None:
    here = [Peer(name, "", str) for name in (FLOOR, ROOST, "direnv", "mise", "a pasted cd function")]
    results = made_up(Cell(0.05, 0.05))
    results.absent = missing(here)
    line = line_of(results, "Not measured: ")
    for name in ("pyenv-virtualenv", "autoswitch", "autoenv"):
        assert f"{name} (needs " in line
    assert "direnv" not in line


def test_a_missing_shell_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, version in (("zsh", "zsh 5.9"), ("fish", "fish, version 3.1.2")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("ROOST_TEST_SHELLS", raising=False)
    found = run.shells(None)
    assert [shell.label for shell in found] == ["zsh"]
    assert run.missing_shells(None, found) == ["bash (needs bash on PATH)", "fish (needs fish on PATH, 3.6 or newer)"]
    assert run.missing_shells("zsh", found) == []


def test_what_does_less_says_so_beside_its_figures() -> None:
    results = made_up(Cell(0.05, 0.05, 0), ("zsh",))
    results.notes = {"autoenv": "looks only at cd"}
    for row in ("prompt", "cd-across"):
        results.cells[Key("zsh", row, TOP, "autoenv")] = Cell(12, 12, 7)
    assert line_of(results, "| autoenv (looks only at cd) | 12.0 (7) |")
    assert "12.0 ms, looks only at cd<" in peers_plot(results)


def test_the_plots_show_each_shell() -> None:
    results = made_up(Cell(0.2, 0.09, 0))
    for shell in SHELLS:
        for row in ("prompt", "cd-across"):
            for depth in DEPTHS:
                results.cells[Key(shell, row, str(depth), ROOST)] = Cell(0.2 + depth / 10, 0.1, 0)
        assert f">{shell}: a prompt in a project</text>" in peers_plot(results)
        assert f">{shell}: a prompt</text>" in depth_plot(results)
    assert depth_plot(results).count(">in a project: 5.20 ms</text>") == len(SHELLS)


def test_a_report_is_made_again_from_its_results(tmp_path: Path) -> None:
    results = made_up(Cell(0.05, 0.04, 0))
    results.notes, results.absent = {"x": "y"}, ["z"]
    assert from_json(to_json(results)) == results
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n")
    report.write(results, tmp_path, readme)
    head, table, tail = readme.read_text().partition(report.readme_table(results))
    assert (head, bool(table), tail) == ("before\n<!-- bench -->\n", True, "\n<!-- /bench -->\nafter\n")
    assert "| **roost** | 0.050 ms, 0 processes |" in table


def test_the_readmes_table_has_the_tools_that_have_no_hook_too() -> None:
    results = made_up(Cell(0.05, 0.04, 0))
    for command, median in (("uv run true", 20), ("roost run true", 30)):
        results.cells[Key("", "run", TOP, command)] = Cell(median, median)
    table = report.readme_table(results)
    assert "| uv | no hook | no hook | no hook | `uv run` 20.0 ms |" in table
    assert "| `roost run` 30.0 ms |" in next(line for line in table.splitlines() if line.startswith("| **roost** |"))


@pytest.mark.parametrize(
    ("line", "value"),
    [("1.5 2", 0.5), ("/3.0 1000", 0.003), ("4.00 micros", 4e-6), ("12.50 millis", 0.0125), ("1.23 secs", 1.23)],
)
def test_a_sample_of_each_clock(line: str, value: float) -> None:
    assert seconds(line) == pytest.approx(value)


@pytest.mark.parametrize("mark", ["7 kill(7, 0) = 0", '7 access("/roost-bench-mark", X_OK) = -1', '7 faccessat2(AT_FDCWD, "/roost-bench-mark", X_OK, 0) = -1'])
def test_processes_are_counted_between_marks_and_threads_are_none(tmp_path: Path, mark: str) -> None:
    between = ["7 clone3({flags=CLONE_VM|CLONE_VFORK}, 88) = 8", "7 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 9"]
    (tmp_path / "trace").write_text("\n".join([*between, mark, *between, mark, *between, mark, mark]))
    assert counts(tmp_path / "trace") == [1, 0]
