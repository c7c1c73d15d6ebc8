"""jupyter.md 6.1, 6.3: whatever lies in the kernels directory is a row; no command crashes over it, or steers the terminal."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

import pytest

from tests.security.test_hostile import STEERING
from tests.support.kernels import KernelMachine
from tests.support.look import document, photograph
from tests.support.sandbox import Sandbox

_GONE = "/gone/versions/3.12.1/envs/churn"
_COMMANDS = (("list", "--all"), ("list", "--stale"), ("check", "--static"), ("check", "--static", "0", "1", "2"), ("prune",), ("prune", "--foreign"))
_FILES: list[str | bytes] = [
    "[" * 200_000,
    '{"argv": ["/x"], "metadata": ' + '{"a": ' * 100_000,
    '{"argv": "abc"}',
    '{"argv": {"0": "python"}}',
    '{"argv": []}',
    '{"argv": ["/x", 1]}',
    b'{"argv": ["\xff"]}',
    '{"argv": ["/x"], "display_name": "' + "a" * (1 << 20) + '"}',
]
_PLACES = ["/gone", "//gone", "/", "", "/a\0b", "/\ud800", "/" + "a" * 5000, "/a\nb", "/\x1b[31m"]
_ENVS = [*_PLACES, "relative/env", "..", "/envs/x", "/x/envs/y", "~", 5, None]


@pytest.fixture
def machine(sandbox: Sandbox) -> KernelMachine:
    machine = KernelMachine(sandbox, uv=False)
    machine.directory.mkdir(parents=True)
    return machine


def _withstands(machine: KernelMachine, contents: Sequence[str | bytes]) -> list[dict[str, Any]]:
    """Every command ends in order with these kernels, called 0, 1, 2 ...; their rows in `list --all --json`."""
    for number, content in enumerate(contents):
        path = machine.directory / f"{number:02}"
        path.mkdir()
        (path / "kernel.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    before = photograph(machine.data)
    for words in _COMMANDS:
        done = machine.kernel(*words)
        assert done.returncode in {0, 3, 8, 10}, done.stderr
        assert "unexpected" not in done.stderr
        assert not STEERING.search(done.stdout + done.stderr)
        assert len((done.stdout + done.stderr).splitlines()) <= len(contents) + 1
    assert photograph(machine.data) == before
    assert not machine.sandbox.data.exists(), "to look takes no lock"
    rows = document(machine.kernel("list", "--all", "--json"))["kernels"]
    assert len(rows) == len(contents)
    return list(rows)


def test_a_file_that_is_no_kernelspec(machine: KernelMachine) -> None:
    assert {row["state"] for row in _withstands(machine, _FILES)} == {"broken"}


def test_an_interpreter_that_cannot_be(machine: KernelMachine) -> None:
    """Nor does a display name draw a row of its own."""
    specs = [json.dumps({"argv": [place], "display_name": "\x1b[31mred\nchurn  roost  ok\u202e"}) for place in _PLACES]
    rows = _withstands(machine, specs)
    assert [(row["owner"], row["state"]) for row in rows] == [("foreign", "stale" if place else "ok") for place in _PLACES]


@pytest.mark.parametrize("interpreter", ["/bin/true", f"{_GONE}/bin/python"])
def test_a_mark_that_cannot_be(machine: KernelMachine, interpreter: str) -> None:
    """An env that is no absolute path makes no kernel roost's; a project that is none is left out."""
    mark = {"schema": 1, "env": _GONE, "project": "/p", "python": "3.12.1"}
    marks = [{**mark, "env": place} for place in _ENVS] + [{**mark, "project": place} for place in _ENVS]
    rows = _withstands(machine, [json.dumps({"argv": [interpreter], "metadata": {"roost": mark}}) for mark in marks])
    able = [isinstance(place, str) and place.startswith("/") and "\0" not in place and "\ud800" not in place for place in _ENVS]
    assert [row["owner"] == "roost" for row in rows] == [*able, *(True for _ in _ENVS)]
    assert [row["project"] is not None for row in rows[len(_ENVS) :]] == able


@pytest.mark.parametrize("kind", ["fifo", "device", "loop", "directory", "link to itself"])
def test_a_place_that_is_no_kernel(machine: KernelMachine, kind: str) -> None:
    """As Jupyter has it: without a regular kernel.json there is no kernel. Nothing waits for a FIFO."""
    path = machine.directory / "x"
    file = path / "kernel.json"
    if kind == "link to itself":
        path.symlink_to("x")
    else:
        path.mkdir()
    if kind == "fifo":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    elif kind == "loop":
        file.symlink_to("kernel.json")
    elif kind == "directory":
        file.mkdir()
    assert document(machine.kernel("list", "--all", "--json"))["kernels"] == []
    assert machine.kernel("check", "--static", "x").returncode == 3
    assert machine.kernel("prune", "--foreign", "--yes").returncode == 0
    assert os.listdir(machine.directory) == ["x"]


def test_a_kernel_whose_name_steers(machine: KernelMachine) -> None:
    """A newline in a name makes no second row; the kernel can be removed by that name."""
    name = "a\nb\x1b[31m"
    machine.foreign(name, "true")
    listed = machine.kernel("list", "--all")
    assert len(listed.stdout.splitlines()) == 2
    refused = machine.kernel("remove", name)
    assert refused.returncode == 8
    assert len(refused.stderr.splitlines()) == 1
    assert not STEERING.search(listed.stdout + refused.stderr)
    assert machine.kernel("remove", name, "--force").returncode == 0
    assert os.listdir(machine.directory) == []
