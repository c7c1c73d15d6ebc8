"""Envs and kernels (W5)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.checkup import corrected, look
from tests.support.definitions import prepared
from tests.support.envs import half_made, lock_of, noted_env, our_kernel
from tests.support.look import assert_works, document, only_line
from tests.support.sandbox import ROOST, Sandbox
from tests.support.vectors import as_user


@pytest.fixture
def made(machine: Sandbox, newest: str) -> Path:
    """A project whose env is made; its interpreter is real."""
    machine.install(newest)
    project = machine.project("shop", newest, "shop-venv")
    assert machine.roost("up", cwd=project).returncode == 0
    assert [code for code in look(machine) if code.startswith("env")] == []
    return project


def test_an_env_that_is_broken(machine: Sandbox, made: Path, newest: str) -> None:
    """W5: its Python is gone; with its project, from wherever doctor is typed."""
    python = machine.env(newest, "shop-venv") / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    finding = corrected(machine, "env-broken")
    assert finding["command"] == f"roost up --recreate {made}"
    assert_works(machine.env(newest, "shop-venv"))


def test_an_env_that_is_broken_and_nobodys(machine: Sandbox, newest: str) -> None:
    """W5: without a project it can only go, and doctor says what else one could do."""
    prefix = machine.fake_env(newest, "theirs")
    (prefix / "bin" / "python").unlink()
    (prefix / "bin" / "python").symlink_to("/nowhere/python")
    finding = corrected(machine, "env-broken")
    assert finding["command"] == f"roost remove --force {prefix}"
    assert "roost up --recreate" in finding["advice"]


def test_an_env_that_was_moved(machine: Sandbox, made: Path, newest: str) -> None:
    """W5: with the whole PYENV_ROOT, as when a home directory is renamed."""
    moved = machine.root / "moved"
    machine.pyenv_root.rename(moved)
    machine.pyenv_root, machine.versions = moved, moved / "versions"
    finding = corrected(machine, "env-broken", PYENV_ROOT=str(moved))
    assert f"it was moved: its scripts were written for {machine.root / 'pyenv'}" in finding["message"]
    assert_works(machine.env(newest, "shop-venv"))


@pytest.mark.parametrize("maker", ["roost", "venv", "uv"])
def test_an_env_that_was_copied(machine: Sandbox, newest: str, maker: str) -> None:
    """W5: whichever tool made it."""
    interpreter = machine.install(newest) / "bin" / "python"
    original, copy = machine.env(newest, "one"), machine.env(newest, "two")
    project = machine.project("one", newest, "one")
    make: dict[str, list[str | Path]] = {
        "roost": [ROOST, "up"],
        "venv": [interpreter, "-m", "venv", "--without-pip", original],
        "uv": [Path(sys.executable).with_name("uv"), "venv", "-q", "--python", interpreter, original],
    }
    assert machine.run(make[maker], project).returncode == 0
    assert "env-moved" not in look(machine)
    shutil.copytree(original, copy, symlinks=True)
    assert f"written for {original}" in corrected(machine, "env-moved")["message"]


def test_two_spellings_of_one_place_are_no_move(machine: Sandbox, made: Path) -> None:
    """W5: PYENV_ROOT through a link."""
    link = machine.root / "link"
    link.symlink_to(machine.pyenv_root)
    assert "env-moved" not in look(machine, PYENV_ROOT=str(link))


def test_an_env_of_another_interpreter(machine: Sandbox, newest: str, second: str) -> None:
    """W5: another version than its directory says."""
    machine.install(newest)
    other = machine.install(second)
    project = machine.project("shop", newest, "shop-venv")
    prefix = machine.env(newest, "shop-venv")
    assert machine.run([other / "bin" / "python", "-m", "venv", "--without-pip", prefix]).returncode == 0
    finding = corrected(machine, "env-other-interpreter", cwd=project)
    assert f"its Python is {second}" in finding["message"]
    assert f"version = {newest}" in (prefix / "pyvenv.cfg").read_text()


def test_an_env_of_the_same_version_from_elsewhere(machine: Sandbox, newest: str) -> None:
    """W5: as from Homebrew's or the system's, which goes away with an upgrade."""
    machine.install(newest)
    elsewhere = prepared(machine, newest)
    project = machine.project("shop", newest, "shop-venv")
    assert machine.run([elsewhere / "bin" / "python", "-m", "venv", "--without-pip", machine.env(newest, "shop-venv")]).returncode == 0
    assert str(elsewhere) in corrected(machine, "env-other-interpreter", cwd=project)["message"]


def test_an_env_that_is_half_made(machine: Sandbox) -> None:
    """W5: one that nobody is making."""
    from filelock import FileLock

    half = half_made(machine.env("3.12.1", "half"))
    with FileLock(lock_of(half)):
        assert "env-incomplete" not in look(machine)
    corrected(machine, "env-incomplete")
    assert not half.exists()


def test_two_projects_on_one_env(machine: Sandbox, made: Path, newest: str) -> None:
    """W5: the second gets its own; the first keeps it."""
    other = machine.project("zoo", newest, "shop-venv")
    assert machine.roost("up", cwd=other).returncode == 0
    finding = corrected(machine, "env-shared", level="notice")
    assert str(made) in finding["message"]
    assert (other / ".python-virtualenv").read_text() == "zoo\n"
    assert_works(machine.env(newest, "zoo"))
    assert (made / ".python-virtualenv").read_text() == "shop-venv\n"


def test_two_names_of_one_project(machine: Sandbox, made: Path) -> None:
    """W5: a link to the project makes no second one."""
    link = machine.root / "link"
    link.symlink_to(made)
    assert machine.roost("up", cwd=link).returncode == 0
    assert "env-shared" not in look(machine, link)


def test_a_worktree_that_imports_another_one(machine: Sandbox, newest: str, made: Path) -> None:
    """W5: the same files name the same env, and its editable install leads to the first worktree."""
    git = ("git", "-C", made, "-c", "user.name=x", "-c", "user.email=x@x")
    subprocess.run(["git", "init", "-q", made], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "x"], check=True)
    feature = machine.root / "feature"
    subprocess.run([*git, "worktree", "add", "-q", feature], check=True)
    (packages,) = machine.env(newest, "shop-venv").glob("lib/python*/site-packages")
    info = packages / "shop-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: shop\nVersion: 1.0\n")
    (info / "direct_url.json").write_text(json.dumps({"url": made.as_uri(), "dir_info": {"editable": True}}))
    assert "editable-elsewhere" not in look(machine, made)
    assert machine.roost("up", cwd=feature).returncode == 0
    finding = corrected(machine, "editable-elsewhere", cwd=feature)
    assert f"shop is imported from another worktree: {made}" in finding["message"]
    assert (feature / ".python-virtualenv").read_text() == "feature\n"


def test_kernels_that_cannot_start(machine: Sandbox) -> None:
    """W5: ours by a problem, somebody else's by a note; each goes by its command."""
    machine.extra["JUPYTER_DATA_DIR"] = str(machine.root / "jupyter")
    kernels = machine.root / "jupyter" / "kernels"
    machine.fake_interpreter("3.12.1")
    our_kernel(kernels, "gone", machine.env("3.12.1", "gone"))
    assert "roost kernel prune --yes" in corrected(machine, "kernel-stale")["command"]
    foreign = kernels / "theirs"
    foreign.mkdir()
    (foreign / "kernel.json").write_text(json.dumps({"argv": ["/gone/away/bin/python"], "display_name": "x"}))
    corrected(machine, "kernel-stale", level="notice")
    foreign.mkdir()
    (foreign / "kernel.json").write_text("{")
    corrected(machine, "kernel-broken", level="notice")


def test_a_kernel_of_a_disk_that_is_not_mounted(machine: Sandbox) -> None:
    """W5, J53: a note, and nothing to remove it with."""
    machine.extra["JUPYTER_DATA_DIR"] = str(machine.root / "jupyter")
    our_kernel(machine.root / "jupyter" / "kernels", "away", Path("/not/mounted/versions/3.12.1/envs/away"))
    found = look(machine)["kernel-stale"]
    assert (found["level"], found["command"]) == ("notice", "")


_UNREADABLE: dict[str, Callable[[Path], object]] = {
    "a home that is no path": lambda env: (env / "pyvenv.cfg").write_bytes(b"home = /a\0b/bin\nversion = 3.12.1\ninclude-system-site-packages = true\n"),
    "metadata that is no text": lambda env: (package_of(env) / "METADATA").write_bytes(b"Name: \xff\n"),
}


def package_of(env: Path) -> Path:
    """A package in the env, by its metadata."""
    info = env / "lib" / "python3.12" / "site-packages" / "shop-1.0.dist-info"
    info.mkdir(parents=True)
    return info


@pytest.mark.parametrize("fault", _UNREADABLE)
def test_an_env_that_cannot_be_looked_at(machine: Sandbox, fault: str) -> None:
    """W1: it is a note of its own, what was found in it before counts, and the other envs are looked at."""
    project = machine.project("shop", "3.12.1", "shop-venv")
    subprocess.run(["git", "init", "-q", project], check=True)
    (project / ".git" / "worktrees").mkdir()
    env = noted_env(machine, "3.12.1", "shop-venv", project)
    (env / "bin" / "activate").write_text("VIRTUAL_ENV='/elsewhere'\n")
    _UNREADABLE[fault](env)
    for name in ("before", "then"):
        (machine.fake_env("3.12.1", name) / "bin" / "python").unlink()
    found = [(each["code"], each["message"]) for each in document(machine.roost("doctor", "--json"))["findings"] if each["area"] == "envs"]
    assert [code for code, _ in found] == ["env-incomplete", "env-moved", "check-failed", "env-incomplete"]
    assert found[2][1].startswith("the env 3.12.1/envs/shop-venv could not be checked: ")


def test_an_env_that_is_closed(machine: Sandbox) -> None:
    """C, W5: the project's, by its mode: a refusal and not a crash; the other envs are seen, and the advice opens it."""
    project = machine.project("shop", "3.12.1", "shop-venv")
    env = noted_env(machine, "3.12.1", "shop-venv", project)
    machine.fake_env("3.12.1", "other")
    env.chmod(0)
    opening = f"chmod u+rwx {env}"
    refused = f"the env {env} cannot be read: Permission denied"
    up = machine.run(as_user([ROOST, "up"]), project)
    assert (up.returncode, only_line(up)) == (6, f"roost: {refused}; {opening}, then type: roost up")
    status = machine.run(as_user([ROOST, "status", "--json"]), project)
    assert (status.returncode, document(status)["state"]) == (6, "env-broken")
    listed = machine.run(as_user([ROOST, "list", "--json"]), project)
    assert [each["name"] for each in document(listed)["envs"]] == ["other"]
    assert machine.run(as_user([ROOST, "complete", "activate", ""]), project).stdout == "3.12.1/envs/other\n"
    found = {each["code"]: each for each in document(machine.run(as_user([ROOST, "doctor", "--json"]), project))["findings"]}
    assert (found["env-unreadable"]["level"], found["env-unreadable"]["message"]) == ("problem", refused)
    assert "check-failed" not in found
    assert found["env-unreadable"]["advice"].startswith(f"{opening}, then")
    assert machine.run(["sh", "-c", opening]).returncode == 0
    assert "env-unreadable" not in look(machine, project)


def test_three_projects_on_one_env(machine: Sandbox) -> None:
    """W5: each gets a name of its own, also if their directories have the same."""
    projects = [machine.project(f"{above}/shop", "3.12.1", "shop") for above in "abc"]
    noted_env(machine, "3.12.1", "shop", *projects)
    for users in (3, 2):
        finding = look(machine)["env-shared"]
        assert finding["message"].startswith(f"{users} projects share")
        written, _, up = finding["command"].partition(" && ")
        assert machine.run(["sh", "-c", written]).returncode == 0
        project = Path(up.removeprefix("roost up "))
        noted_env(machine, "3.12.1", (project / ".python-virtualenv").read_text().strip(), project)
    assert "env-shared" not in look(machine)
    assert {(project / ".python-virtualenv").read_text() for project in projects} == {"shop\n", "shop-2\n", "shop-3\n"}
