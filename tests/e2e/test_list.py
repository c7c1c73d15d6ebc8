"""``roost list``: every env of both stores, whose it is, and whether a project still names it (L)."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

from roost.cli.declared import COMMANDS
from tests.support.envs import half_made, noted_env, our_kernel
from tests.support.look import document, photograph
from tests.support.processes import Watch
from tests.support.sandbox import REPOSITORY, ROOST, Sandbox
from tests.support.vectors import as_user


def _listed(sandbox: Sandbox, *words: str, cwd: Path | None = None) -> dict[str, dict[str, Any]]:
    """The rows of ``roost list --json`` by their places below the machine's root."""
    done = sandbox.roost("list", "--json", *words, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, "")
    return {os.path.relpath(row["path"], sandbox.root): row for row in document(done)["envs"]}


def test_every_env_of_both_stores(sandbox: Sandbox) -> None:
    """L1, V9: whoever made it, in whatever state, in the words of ``status``."""
    shop = sandbox.project("shop", "3.12.1", "shop-venv")
    noted_env(sandbox, "3.12.1", "shop-venv", shop)
    sandbox.fake_env("3.13.0", "theirs")
    half_made(sandbox.env("3.12.1", "half"))
    broken = noted_env(sandbox, "3.12.1", "broken", shop)
    (broken / "bin" / "python").unlink()
    (broken / "bin" / "python").symlink_to("/nowhere/python")
    own = sandbox.data / "versions" / "3.11.2" / "envs" / "tool"
    own.parent.mkdir(parents=True)
    shutil.copytree(sandbox.env("3.13.0", "theirs"), own, symlinks=True)
    alone = sandbox.versions / "alone"
    shutil.copytree(own, alone, symlinks=True)
    (alone / "pyvenv.cfg").write_text("version = 3.9.18\n")
    rows = _listed(sandbox)
    assert {place: (row["name"], row["version"], row["state"], row["made_by"]) for place, row in rows.items()} == {
        "pyenv/versions/3.12.1/envs/shop-venv": ("shop-venv", "3.12.1", "ready", "roost"),
        "pyenv/versions/3.12.1/envs/half": ("half", "3.12.1", "incomplete", "roost"),
        "pyenv/versions/3.12.1/envs/broken": ("broken", "3.12.1", "broken", "roost"),
        "pyenv/versions/3.13.0/envs/theirs": ("theirs", "3.13.0", "ready", "other"),
        "home/data/versions/3.11.2/envs/tool": ("tool", "3.11.2", "ready", "other"),
        "pyenv/versions/alone": ("alone", "3.9.18", "ready", "other"),
    }
    assert [row["name"] for row in rows.values()] == sorted(row["name"] for row in rows.values())


def test_what_is_no_env(sandbox: Sandbox) -> None:
    """F7: a directory of another name, one that holds something else, and a link, which is an env's other name at most."""
    envs = sandbox.env("3.12.1", "x").parent
    elsewhere = sandbox.fake_env("3.13.0", "real")
    for name in (".hidden", "3.8.18", "envs", "system", "12", "a b", "-rf", "é", "x\ny"):
        shutil.copytree(elsewhere, envs / name, symlinks=True)
    (envs / "notes").mkdir()
    (envs / "notes" / "README").touch()
    (envs / "tools" / "bin").mkdir(parents=True)  # as an env of conda's may begin; roost never was here
    (envs / "empty").mkdir()
    (envs / "link").symlink_to(elsewhere)
    (sandbox.versions / "real").symlink_to(elsewhere)
    (sandbox.versions / "3.11").symlink_to(sandbox.versions / "3.13.0")
    (envs / "file").touch()
    assert list(_listed(sandbox)) == ["pyenv/versions/3.13.0/envs/real"]


def test_an_interpreter_that_is_a_link(sandbox: Sandbox) -> None:
    """L1: as people link Homebrew's in; once, although two links lead there, and never as an orphan, for it is not in a store."""
    prefix = noted_env(sandbox, "3.12.9", "shop", sandbox.root / "gone")
    (sandbox.versions / "3.12.9").rename(sandbox.root / "cellar")
    for name in ("3.12", "3.12.9"):
        (sandbox.versions / name).symlink_to(sandbox.root / "cellar")
    (sandbox.versions / "3.13").symlink_to("/nowhere")
    (row,) = _listed(sandbox).values()
    assert (row["path"], row["state"], row["orphan"]) == (str(prefix), "ready", False)


def test_projects_and_kernels(sandbox: Sandbox) -> None:
    """L1: those of the note; for the project here its files, although nobody noted it."""
    one, two = sandbox.project("one", "3.12", "shop"), sandbox.project("two", "3.12", "shop")
    prefix = noted_env(sandbox, "3.12.1", "shop", one)
    theirs = sandbox.fake_env("3.12.1", "theirs")
    sandbox.extra["JUPYTER_DATA_DIR"] = str(sandbox.root / "jupyter")
    our_kernel(sandbox.root / "jupyter" / "kernels", "shop", prefix)
    (row,) = [row for row in _listed(sandbox).values() if row["name"] == "shop"]
    assert (row["projects"], row["kernels"], row["size"]) == ([str(one)], ["shop"], None)
    (row,) = [row for row in _listed(sandbox, cwd=two).values() if row["name"] == "shop"]
    assert row["projects"] == [str(one), str(two)]
    project = sandbox.project("three", "3.12.1/envs/theirs", None)
    (row,) = [row for row in _listed(sandbox, cwd=project).values() if row["path"] == str(theirs)]
    assert (row["projects"], row["orphan"]) == ([str(project)], False)


_GONE = {
    "the project's directory is gone": (True, shutil.rmtree),
    "its files name another env": (True, lambda project: (project / ".python-virtualenv").write_text("other\n")),
    "its files name another version": (True, lambda project: (project / ".python-version").write_text("3.13.0\n")),
    "a newer env serves the prefix": (True, lambda project: (project / ".python-version").write_text("3\n")),
    "as it was": (False, lambda project: None),
    "a prefix": (False, lambda project: (project / ".python-version").write_text("3.12\n")),
    "the parent is gone, as with a disk that is not mounted": (False, lambda project: shutil.rmtree(project.parent)),
    "a link that leads nowhere": (False, lambda project: (project.rename(project.with_name("away")), project.symlink_to("/nowhere/shop"))[0]),
    "no files, as on another branch": (False, lambda project: (project / ".python-virtualenv").unlink()),
    "files that are invalid": (False, lambda project: (project / ".python-version").write_text(">=3\n")),
    "the files have moved up": (
        False,
        lambda project: [(project / name).rename(project.parent / name) for name in (".python-version", ".python-virtualenv")],
    ),
    "named as pyenv-virtualenv does": (
        False,
        lambda project: ((project / ".python-virtualenv").unlink(), (project / ".python-version").write_text("3.12.1/envs/shop\n")),
    ),
}


@pytest.mark.parametrize(("orphan", "change"), _GONE.values(), ids=_GONE)
def test_orphans(sandbox: Sandbox, orphan: bool, change: Any) -> None:
    """L1, R3: only an env that roost made, and that surely nobody asks for."""
    project = sandbox.project("work/shop", "3.12.1", "shop")
    noted_env(sandbox, "3.12.1", "shop", project)
    noted_env(sandbox, "3.13.0", "shop", sandbox.project("other", "3.13.0", "shop"))
    sandbox.fake_env("3.12.1", "theirs")
    change(project)
    rows = _listed(sandbox, "--orphans")
    assert list(rows) == (["pyenv/versions/3.12.1/envs/shop"] if orphan else [])
    assert _listed(sandbox)["pyenv/versions/3.12.1/envs/shop"]["orphan"] is orphan


def test_one_of_several_projects_is_enough(sandbox: Sandbox) -> None:
    """L1: two projects on one env."""
    kept = sandbox.project("kept", "3.12.1", "shop")
    noted_env(sandbox, "3.12.1", "shop", sandbox.root / "gone", kept)
    assert _listed(sandbox, "--orphans") == {}
    done = sandbox.roost("list", "--orphans")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "roost: no orphans\n")


def test_sizes(sandbox: Sandbox) -> None:
    """L1: a file with several names once, in an env and over all."""
    one, two = sandbox.fake_env("3.12.1", "one"), sandbox.fake_env("3.12.1", "two")
    (one / "big").write_bytes(b"x" * 1_000_000)
    (one / "again").hardlink_to(one / "big")
    (two / "shared").hardlink_to(one / "big")
    (two / "away").symlink_to("/usr")
    done = document(sandbox.roost("list", "--size", "--json"))
    sizes = [row["size"] for row in done["envs"]]
    assert all(1_000_000 <= size < 1_100_000 for size in sizes)
    assert 1_000_000 <= done["size"] < 1_100_000
    told = sandbox.roost("list", "--size")
    assert re.search(r"^one +3\.12\.1 +ready +other +1\.0 MB +- +-$", told.stdout, re.MULTILINE), told.stdout
    assert re.fullmatch(r"roost: 1\.0 MB in all\n", told.stderr)


def test_the_table(sandbox: Sandbox) -> None:
    """Looks: a column is never empty, a path below the home is short, nothing moves the cursor."""
    inside = sandbox.project("home/work/shop", "3.12.1", "shop-venv")
    noted_env(sandbox, "3.12.1", "shop-venv", inside, sandbox.root / "x\x1b[31m", Path("/mnt/away/y"))
    noted_env(sandbox, "3.12.1", "old-venv", sandbox.root / "x\x1b[31m")
    done = sandbox.roost("list")
    assert done.stdout.splitlines() == [
        "NAME       VERSION  STATE          BY     KERNEL  PROJECTS",
        f"old-venv   3.12.1   ready, orphan  roost  -       {sandbox.root}/x\\x1b[31m",
        "shop-venv  3.12.1   ready          roost  -       ~/work/shop +2",
    ]
    assert done.stderr == ""


def test_no_line_is_folded_on_a_terminal(sandbox: Sandbox) -> None:
    """Looks: at 80 columns a long path is cut in the middle; a pipe gets all of it."""
    project = sandbox.project(f"{'deep-' * 12}/shop-project", "3.12.1", "project-a-venv")
    noted_env(sandbox, "3.12.1", "project-a-venv", project)
    child = pexpect.spawn(str(ROOST), ["list"], env=sandbox.environ, cwd=str(sandbox.root), encoding="utf-8")
    child.expect(pexpect.EOF)
    lines = re.sub(r"\x1b\[\d+m", "", str(child.before)).splitlines()
    assert [len(line) for line in lines if len(line) > 80] == []
    assert re.search(r"\w\.\.\..*shop-project$", lines[1])
    assert str(project) in sandbox.roost("list").stdout


def test_nothing_there(sandbox: Sandbox) -> None:
    sandbox.versions.rmdir()
    done = sandbox.roost("list")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "roost: no envs; in a project, type: roost up\n")
    assert _listed(sandbox) == {}


def test_a_store_that_may_not_be_read(sandbox: Sandbox) -> None:
    """An administrator's store, or an env of another user's: listed as far as it may be looked at."""
    noted_env(sandbox, "3.12.1", "shop", sandbox.root / "shop")
    closed = sandbox.env("3.13.0", "closed").parent
    closed.mkdir(parents=True)
    closed.chmod(0)
    private = sandbox.fake_env("3.12.1", "private")
    private.chmod(0)
    (sandbox.env("3.12.1", "shop") / ".roost.json").chmod(0)
    done = sandbox.run(as_user([ROOST, "list", "--json", "--size"]))
    for place in (closed, private):
        place.chmod(0o755)
    assert (done.returncode, done.stderr) == (0, "")
    assert [(row["name"], row["made_by"]) for row in json.loads(done.stdout)["envs"]] == [("shop", "other")]


@pytest.mark.parametrize("note", ["", "[]", '{"projects": 1}', '{"projects": ["\\u0000", "\\ud800", "", "x"]}'])
def test_a_note_of_any_content(sandbox: Sandbox, note: str) -> None:
    """E6: a note, not a database."""
    prefix = sandbox.fake_env("3.12.1", "shop")
    (prefix / ".roost.json").write_text(note)
    for words in ((), ("--json",)):
        done = sandbox.roost("list", *words)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_thousand_envs(sandbox: Sandbox, tmp_path: Path) -> None:
    """L2: no process, and each project asked once; nothing is changed."""
    for number in range(1000):
        version, name = f"3.12.{number % 30}", f"shop-{number}"
        noted_env(sandbox, version, name, sandbox.project(f"work/{name}", version, name))
    before = photograph(sandbox.root)
    watch = Watch(tmp_path / "watch")
    sandbox.extra |= watch.environ
    done = sandbox.run([*watch.wrapper, ROOST, "list", "--json"])
    assert len(document(done)["envs"]) == 1000
    assert not any(row["orphan"] for row in document(done)["envs"])
    assert len([call for call in watch.started() if "exec" not in call]) == 0
    assert photograph(sandbox.root) == before


@pytest.mark.unmeasured
def test_typer_is_not_loaded(sandbox: Sandbox) -> None:
    """L2."""
    noted_env(sandbox, "3.12.1", "shop", sandbox.project("shop", "3.12.1", "shop"))
    done = sandbox.run([sys.executable, "-X", "importtime", "-m", "roost", "list", "--orphans"])
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "roost.jobs.listing" in loaded
    assert not loaded & {"typer", "click", "rich", "dataclasses", "packaging", "virtualenv", "filelock", "subprocess", "concurrent.futures"}


def test_words_that_it_does_not_take(sandbox: Sandbox) -> None:
    done = sandbox.roost("list", "shop")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("roost: ")


@pytest.mark.parametrize("name", ["list"])
def test_each_option_is_documented(name: str) -> None:
    """Spec C."""
    documented = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
    section = documented.partition(f"\n## `roost {name}`\n")[2].partition("\n## ")[0]
    assert {option for option in COMMANDS[name].options if f"- `{option}" not in section} == set()


def test_tab(sandbox: Sandbox) -> None:
    """H17."""
    assert "list" in sandbox.roost("complete", "li").stdout.split()
    assert sandbox.roost("complete", "list", "-").stdout.split() == ["--help", "--json", "--orphans", "--size"]
