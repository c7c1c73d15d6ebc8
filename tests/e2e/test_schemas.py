"""What --json prints is what the published schemas say (C): each command's document in its states, for a success and for an error."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import ValidationError

from roost.cli.declared import COMMANDS
from tests.support import pages, schemas
from tests.support.kernels import KernelMachine
from tests.support.sandbox import REPOSITORY, Sandbox
from tests.support.upgrades import NEW, OLD, UpgradeMachine, small_index


def _document(sandbox: Sandbox, *words: str, code: int = 0, cwd: Path | None = None) -> Any:
    done = sandbox.roost(*words, "--json", cwd=cwd, timeout=300)
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return json.loads(done.stdout)


@pytest.fixture
def shop(sandbox: Sandbox, newest: str) -> Path:
    """A project whose interpreter is here."""
    sandbox.install(newest)
    return sandbox.project("shop", newest, "shop")


def test_each_command_has_its_schema() -> None:
    """A command that is new with --json fails here until its document is described."""
    documented = set(schemas.names()) - {"common", "error"}
    with_json = {name for name, command in COMMANDS.items() if "--json" in command.options}
    assert documented == {name.replace(" ", "-") for name in with_json}


def test_status(sandbox: Sandbox, shop: Path, newest: str) -> None:
    """In each of its states."""
    states = {}

    def look(cwd: Path, code: int) -> None:
        document = _document(sandbox, "status", cwd=cwd, code=code)
        schemas.check("status", document)
        states[document["state"]] = document

    look(sandbox.root, 3)
    look(shop, 10)
    look(sandbox.project("missing", "3.4.10", "missing"), 5)
    look(sandbox.project("invalid", "v3.12.1", "invalid"), 4)
    assert sandbox.roost("up", cwd=shop).returncode == 0
    look(shop, 0)
    (sandbox.env(newest, "shop") / ".roost-building").touch()
    look(shop, 10)
    (sandbox.env(newest, "shop") / ".roost-building").unlink()
    (sandbox.env(newest, "shop") / "bin" / "python").unlink()
    (sandbox.env(newest, "shop") / "bin" / "python").symlink_to("/nowhere")
    look(shop, 6)
    assert set(states) == {"no-project", "env-missing", "interpreter-missing", "invalid", "ready", "env-incomplete", "env-broken"}


def test_status_of_dependencies(sandbox: Sandbox, shop: Path, newest: str) -> None:
    """Missing, installed and stale."""
    (shop / "requirements.txt").write_text("# nothing\n")
    (shop / "pyproject.toml").write_text("[tool.roost]\ndeps = true\n")
    states = []
    for words in (["--no-deps"], ["--deps"], None):
        if words is None:
            (shop / "requirements.txt").write_text("# still nothing\n")
        else:
            assert sandbox.roost("up", *words, cwd=shop).returncode == 0
        document = _document(sandbox, "status", cwd=shop)
        schemas.check("status", document)
        states.append(document["dependencies"]["state"])
    assert states == ["missing", "ok", "stale"]


def test_init(sandbox: Sandbox, newest: str) -> None:
    """Before, with and after the env."""
    sandbox.install(newest)
    directory = sandbox.root / "new"
    directory.mkdir()
    schemas.check("init", _document(sandbox, "init", "--dry-run", cwd=directory, code=10))
    schemas.check("init", _document(sandbox, "init", "--no-up", cwd=directory))
    schemas.check("init", _document(sandbox, "init", cwd=directory))
    conflict = _document(sandbox, "init", "--name", "other", cwd=directory, code=4)
    schemas.check("error", conflict)


def test_up(sandbox: Sandbox, shop: Path, newest: str) -> None:
    """Of one project and of many, one of which fails."""
    schemas.check("up", _document(sandbox, "up", "--dry-run", cwd=shop, code=10))
    schemas.check("up", _document(sandbox, "up", cwd=shop))
    schemas.check("up", _document(sandbox, "up", cwd=shop))
    sandbox.project("a-bad-one", "v3.12.1", "bad")
    below = _document(sandbox, "up", "-r", code=4)
    schemas.check("up", below)
    assert ["error" in each for each in below["projects"]] == [True, False]


def test_upgrade(sandbox: Sandbox, tmp_path: Path) -> None:
    """There and back, with nothing to do, and of many, one of which fails."""
    with small_index(tmp_path / "index") as index:
        machine = UpgradeMachine(sandbox, index)
        machine.up()
        machine.put("--no-deps", "plain==1.0", "moving==1.0", "ending==1.0")
        project = machine.project
        dry = _document(sandbox, "upgrade", "3.12", "--dry-run", cwd=project, code=10)
        schemas.check("upgrade", dry)
        assert {each["state"] for each in dry["packages"]["outlook"]} == {"same", "other", "none"}
        partial = _document(sandbox, "upgrade", "3.12", "--partial", cwd=project, code=9)
        schemas.check("upgrade", partial)
        assert partial["packages"]["changed"]
        assert partial["packages"]["failed"]
        schemas.check("upgrade", _document(sandbox, "upgrade", cwd=project))
        schemas.check("upgrade", _document(sandbox, "upgrade", "--rollback", "--dry-run", cwd=project, code=10))
        schemas.check("upgrade", _document(sandbox, "upgrade", "--rollback", cwd=project))
        schemas.check("upgrade", _document(sandbox, "upgrade", "--rollback", cwd=project))
        other = sandbox.project("a-first", OLD, "first")
        assert sandbox.roost("up", cwd=other).returncode == 0
        sandbox.fake_env(NEW, "first")
        machine.take("moving", "ending")
        everything = _document(sandbox, "upgrade", "--all", OLD, "3.12", code=6)
        schemas.check("upgrade", everything)
        assert ["error" in each for each in everything["projects"]] == [True, False]


def test_list_remove_prune(sandbox: Sandbox, shop: Path, newest: str) -> None:
    gone = sandbox.project("gone", newest, "gone")
    for project in (shop, gone):
        assert sandbox.roost("up", cwd=project).returncode == 0
    shutil.rmtree(gone)
    schemas.check("list", _document(sandbox, "list"))
    sized = _document(sandbox, "list", "--size")
    schemas.check("list", sized)
    assert [each["orphan"] for each in sized["envs"]] == [True, False]
    schemas.check("prune", _document(sandbox, "prune"))
    schemas.check("prune", _document(sandbox, "prune", "--yes"))
    removed = _document(sandbox, "remove", "shop", "--yes")
    schemas.check("remove", removed)
    assert removed["removed"]


def test_kernels(sandbox: Sandbox, shop: Path, newest: str) -> None:
    """Added, looked at, started, stale and gone."""
    machine = KernelMachine(sandbox)
    schemas.check("kernel-add", _document(sandbox, "kernel", "add", "--all", "--dry-run", code=0))
    assert sandbox.roost("up", cwd=shop).returncode == 0
    schemas.check("kernel-add", _document(sandbox, "kernel", "add", cwd=shop))
    foreign = machine.data / "kernels" / "foreign"
    foreign.mkdir(parents=True)
    (foreign / "kernel.json").write_text("{")
    listed = _document(sandbox, "kernel", "list", "--all")
    schemas.check("kernel-list", listed)
    assert {each["state"] for each in listed["kernels"]} >= {"ok", "broken"}
    schemas.check("kernel-check", _document(sandbox, "kernel", "check"))
    shutil.rmtree(sandbox.env(newest, "shop"))
    schemas.check("kernel-prune", _document(sandbox, "kernel", "prune"))
    schemas.check("kernel-remove", _document(sandbox, "kernel", "remove", "shop"))


def test_doctor(sandbox: Sandbox, shop: Path, newest: str) -> None:
    """A hook that no rc file loads is a finding on every machine of the tests."""
    document = _document(sandbox, "doctor", cwd=shop, code=10)
    schemas.check("doctor", document)
    assert document["findings"]


@pytest.mark.parametrize(
    ("words", "code"),
    [(["up"], 3), (["up", "--nonsense"], 2), (["remove", "nobody"], 3), (["kernel", "add", "nobody"], 3)],
)
def test_errors(sandbox: Sandbox, words: list[str], code: int) -> None:
    schemas.check("error", _document(sandbox, *words, code=code))


@pytest.mark.parametrize("page", pages.pages(), ids=str)
def test_documents_in_the_pages(page: Path) -> None:
    """Where a page shows a whole document, it is one that a command can print."""
    for block in pages.blocks((REPOSITORY / page).read_text(encoding="utf-8")):
        if block.language == "json" and '"schema"' in block.text.partition("\n")[0]:
            document = json.loads(block.text)
            assert any(_fits(name, document) for name in schemas.names() if name != "common"), f"{page}:{block.number}"


def test_a_key_that_nobody_described_is_found() -> None:
    """The check itself."""
    helps = {"code": "x", "message": "", "hint": "", "command": "", "advice": "", "file": None}
    assert _fits("error", {"schema": 1, "error": helps})
    assert not _fits("error", {"schema": 1, "error": {**helps, "more": 1}})
    assert not _fits("error", {"schema": 2, "error": helps})


def _fits(name: str, document: Any) -> bool:
    try:
        schemas.check(name, document)
    except ValidationError:
        return False
    return True
