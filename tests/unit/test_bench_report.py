"""The benchmark's report, on results that are made up: what it says of a limit, and that it says what is not there."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from benchmarks import report, run
from benchmarks.peers import Peer, missing
from benchmarks.results import FLOOR, ROOST, Cell, Results, limit_of, verdict
from benchmarks.shells import Count, counts, seconds
from benchmarks.variants import variants


def made_up(*, floor: list[float], roost: list[float], count: Count | None = None) -> Results:
    results = Results({"machine": "made up"}, {ROOST: "0"})
    for shell in ("zsh", "bash", "fish"):
        for row in ("prompt", "outside", "cd-across"):
            results.cell(shell, row, FLOOR).samples = floor
            results.cells[shell, row, ROOST] = Cell(roost, count)
    return results


@pytest.mark.parametrize(
    ("samples", "count", "words"),
    [
        ([0.05, 0.1, 0.9], Count(0, 0), "met"),
        ([0.09, 0.11, 0.12], Count(0, 0), "met at its best"),
        ([0.11, 0.12, 0.13], Count(0, 0), "**NOT MET**"),
        ([0.05, 0.05, 0.05], Count(1, 1), "**NOT MET**"),
        ([0.05, 0.05, 0.05], None, "met"),
    ],
)
def test_the_median_is_the_measure_and_a_process_is_never_excused(samples: list[float], count: Count | None, words: str) -> None:
    results = made_up(floor=[0.01], roost=samples, count=count)
    limit = limit_of(results, "zsh", "prompt")
    assert limit
    assert verdict(limit, results.tools("zsh", "prompt")[ROOST]) == words
    text = report.markdown(results)
    line = next(line for line in text.splitlines() if line.startswith("| prompt, nothing changed, in a project | zsh |"))
    assert line.split(" | ")[-1].removesuffix(" |") == words + (" (processes not counted)" if count is None else "")


def test_a_limit_that_another_tool_sets_is_judged_by_that_tools_median_and_least() -> None:
    results = Results({}, {})
    results.cell("", "new-env", "virtualenv").samples = [100.0, 200.0, 300.0]
    limit = limit_of(results, "", "new-env")
    assert limit
    assert [verdict(limit, Cell([least, 310.0, 320.0])) for least in (150.0, 151.0)] == ["met at its best", "**NOT MET**"]


def test_the_report_says_how_far_the_pace_swung_and_how_many_empty_prompt_functions_a_prompt_costs() -> None:
    text = report.markdown(made_up(floor=[0.01, 0.02, 0.03], roost=[0.05, 0.06, 0.07], count=Count(0, 0)))
    assert "over its least: zsh 2.0 ×, bash 2.0 ×, fish 2.0 ×." in text
    assert "| zsh | in a project | 3.0 × | yes |" in text
    text = report.markdown(made_up(floor=[0.01, 0.02, 0.03], roost=[0.05, 0.07, 0.07], count=Count(0, 0)))
    assert "| fish | outside | 3.5 × | no |" in text


def test_a_larger_machine_over_the_limit_is_marked_by_the_verdict() -> None:
    results = made_up(floor=[0.01], roost=[0.05])
    for variant, samples in ((("1", "1", "exact", "1"), [0.05]), (("1000", "30", "exact", "1"), [0.09, 0.2, 0.2]), (("10", "1", "exact", "50"), [0.5])):
        results.variants["zsh", "prompt", variant] = Cell(samples)
    text = report.markdown(results)
    assert "| 1 | 1 | exact | 1 | 0.050 ms, 1.0 × |" in text
    assert "| 1000 | 30 | exact | 1 | 0.200 ms, 4.0 ×, met at its best |" in text
    assert "| 10 | 1 | exact | 50 | 0.500 ms, 10 ×, **NOT MET** |" in text


def test_a_full_run_has_every_size_that_the_limits_name() -> None:
    full = variants(thorough=True)
    for request in ("exact", "prefix"):
        mine = [one for one in full if one.request == request]
        assert {(one.envs, one.interpreters) for one in mine} == {(envs, pythons) for envs in (1, 10, 1000) for pythons in (1, 30)}
        assert {one.depth for one in mine} == {1, 10, 50}


def test_a_missing_tool_is_named() -> None:
    here = [Peer(name, "", str, lambda *_: None) for name in (FLOOR, ROOST, "direnv", "mise", "the article's script")]
    results = dataclasses.replace(made_up(floor=[0.01], roost=[0.05]), absent=missing(here))
    line = next(line for line in report.markdown(results).splitlines() if line.startswith("Not measured: "))
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


def test_the_plot_shows_each_shell_and_json_the_verdict() -> None:
    results = made_up(floor=[0.01], roost=[0.09, 0.2, 0.2], count=Count(0, 0))
    drawn = report.plot(results)
    for shell in ("zsh", "bash", "fish"):
        assert f">{shell}: a prompt in a project</text>" in drawn
    cells = json.loads(report.document(results))["cells"]
    assert {cell["verdict"] for cell in cells if cell["tool"] == ROOST and cell["row"] == "prompt" and cell["shell"] == "zsh"} == {"met at its best"}


@pytest.mark.parametrize(
    ("line", "value"),
    [("1.5 2", 0.5), ("/3.0 1000", 0.003), ("4.00 micros", 4e-6), ("12.50 millis", 0.0125), ("1.23 secs", 1.23)],
)
def test_a_sample_of_each_clock(line: str, value: float) -> None:
    assert seconds(line) == pytest.approx(value)


@pytest.mark.parametrize("mark", ["7 kill(7, 0) = 0", '7 access("/roost-bench-mark", X_OK) = -1', '7 faccessat2(AT_FDCWD, "/roost-bench-mark", X_OK, 0) = -1'])
def test_processes_are_counted_between_marks_and_threads_are_none(tmp_path: Path, mark: str) -> None:
    between = ["7 clone3({flags=CLONE_VM|CLONE_VFORK}, 88) = 8", '8 execve("/bin/true", [], []) = 0', "7 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 9"]
    (tmp_path / "trace").write_text("\n".join([*between, mark, *between, mark, *between, mark, mark]))
    assert counts(tmp_path / "trace") == [Count(1, 1), Count(0, 0)]


def test_a_cd_in_deeper_directories_has_twice_the_limit() -> None:
    results = Results({}, {})
    for row, factor in (("prompt", 1), ("outside", 1), ("cd-across", 2), ("start", 1)):
        at = {depth: limit.milliseconds for depth in (1, 10, 50) if (limit := limit_of(results, "bash", row, depth))}
        assert at == {1: at[1], 10: at[1], 50: factor * at[1]}


def test_old_bash_has_limits_of_its_own() -> None:
    results = Results({}, {})
    assert [limit.milliseconds for label in ("zsh", "bash", "fish", "bash 3.2.57") if (limit := limit_of(results, label, "prompt"))] == [0.1, 0.1, 1, 0.3]
