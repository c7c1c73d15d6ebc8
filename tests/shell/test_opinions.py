"""``roost status --json`` and the hook look at the same trees and say the same."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.answers import ask
from tests.support.sandbox import ROOST, Sandbox
from tests.support.shells import Shell
from tests.support.vectors import as_user, grow, load

# The command line again and again in one process: its start takes far longer than its look.
_STATUS = """
import contextlib, io, json, os, sys
from roost.__main__ import main

for line in open(sys.argv[1], encoding="ascii").readlines():
    environ = json.loads(line)
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(environ["PWD"])
    sys.argv = ["roost", "status", "--json"]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            code = main()
        except SystemExit as end:
            code = end.code
    print(json.dumps([code, json.loads(said.getvalue())]), flush=True)
"""
_CODES = {"ready": 0, "env-missing": 10, "env-incomplete": 10, "env-broken": 6, "interpreter-missing": 5, "invalid": 4, "no-project": 3}
VECTORS = load("trees.json")
Machines = list[tuple[str, Sandbox, Path]]


def _statuses(sandbox: Sandbox, machines: Machines) -> dict[str, Any]:
    lines = sandbox.root / "environments"
    lines.write_text("".join(json.dumps({**machine.environ, "PWD": str(cwd)}) + "\n" for _, machine, cwd in machines), encoding="ascii")
    done = sandbox.run(as_user([sys.executable, "-c", _STATUS, lines]))
    assert done.stderr == ""
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(machines)
    for code, document in answers:
        assert document["schema"] == 1
        assert code == _CODES[document["state"]]
    return {name: document for (name, _, _), (_, document) in zip(machines, answers, strict=True)}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """The trees, made once: no look changes them."""
    return Sandbox(tmp_path_factory.mktemp("opinions") / "machine")


@pytest.fixture(scope="module")
def machines(ground: Sandbox) -> Machines:
    grown = []
    for vector in VECTORS:
        machine = Sandbox(ground.root / vector["id"])
        grown.append((vector["id"], machine, grow(vector, machine)))
    return grown


@pytest.fixture(scope="module")
def documents(ground: Sandbox, machines: Machines) -> dict[str, Any]:
    return _statuses(ground, machines)


def test_status_and_hook_agree(ground: Sandbox, every_shell: Shell, machines: Machines, documents: dict[str, Any]) -> None:
    """One source of truth: which project this is, and the env that is on in it."""
    questions = [("tree", name, cwd, machine.pyenv_root, machine.home, machine.data) for name, machine, cwd in machines]
    answers = ask(ground, every_shell, "C.UTF-8" if sys.platform != "darwin" else "en_US.UTF-8", questions)
    hooks, statuses = {}, {}
    for name, document in documents.items():
        hooks[name] = answers[name]
        ready = document["state"] == "ready"
        statuses[name] = [document["project"] or "", document["env"]["path"] if ready else ""]
        if document["state"] == "invalid":  # which project that is, the document does not say
            hooks[name], statuses[name] = answers[name][1:], [""]
    assert hooks == statuses


@pytest.mark.parametrize("state", _CODES)
def test_the_command_itself(sandbox: Sandbox, state: str) -> None:
    """The exit codes and the document of spec C, from a process of its own."""
    vector = next(vector for vector in VECTORS if vector["expect"]["state"] == state)
    cwd = grow(vector, sandbox)
    done = sandbox.run([ROOST, "status", "--json"], cwd=cwd)
    assert done.returncode == _CODES[state], done.stderr
    document = json.loads(done.stdout)
    assert document["state"] == state
    if state in {"ready", "env-missing", "env-incomplete", "env-broken"}:
        assert document["env"]["path"] == str(sandbox.root / vector["expect"]["env"])
        assert document["env"]["state"] == state.removeprefix("env-")
    if state != "ready":
        problem = document["problems"][0]
        assert problem["message"]
        assert problem["hint"]
        assert problem["code"]
