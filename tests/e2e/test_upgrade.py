"""``roost upgrade``: a project moves from one interpreter to another, with its packages, and back (U)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.definitions import copying, define, prepared
from tests.support.kernels import KernelMachine
from tests.support.look import assert_works, document, photograph
from tests.support.sandbox import Sandbox
from tests.support.upgrades import NEW, NEXT, OLD, UpgradeMachine, small_index
from tests.support.wheels import repository, source_tree, write_wheel


@pytest.fixture
def machine(sandbox: Sandbox, tmp_path: Path) -> Iterator[UpgradeMachine]:
    with small_index(tmp_path / "index") as index:
        yield UpgradeMachine(sandbox, index)


@pytest.fixture
def without_uv(sandbox: Sandbox, tmp_path: Path) -> Iterator[UpgradeMachine]:
    with small_index(tmp_path / "index") as index:
        yield UpgradeMachine(sandbox, index, uv=False)


def _of_every_kind(root: Path) -> tuple[Path, str, list[str | Path]]:
    """Packages as an installer takes them; the first two of these are the source of an editable one, and the line of one from a repository."""
    local, tree = source_tree(root / "my code" / "local", "local", "1.5"), source_tree(root / "tree", "tree", "1.6")
    commit = repository(root / "vcs", "versioned", "1.7")
    wheel = write_wheel(root / "wheels", "direct", "1.8")
    return local, f"versioned @ git+file://{root}/vcs@{commit}", ["plain==1.0", "-e", local, tree, f"git+file://{root}/vcs", wheel]


def test_with_pip(without_uv: UpgradeMachine) -> None:
    """U2, U3: without uv on the machine, the env's own pip brings packages of every kind along."""
    without_uv.up()
    without_uv.pip(OLD, "install", *_of_every_kind(without_uv.sandbox.root)[2])
    frozen = without_uv.freeze(OLD)
    without_uv.upgraded("3.12")
    assert without_uv.freeze(NEW) == frozen


def test_two_upgrades_in_a_row(machine: UpgradeMachine) -> None:
    """U1, U2, U4: packages of every kind come along; in the file one word changes; the list is what `pip freeze` writes."""
    machine.file.write_bytes(b"# ours\r\n  3.11.7 here\r\n3.9.18")
    machine.up()
    local, versioned, words = _of_every_kind(machine.sandbox.root)
    machine.put(*words)
    frozen = machine.freeze(OLD)
    assert versioned in frozen
    done = document(machine.upgraded("3.12", "--json"))
    assert machine.file.read_bytes() == b"# ours\r\n  3.12.1 here\r\n3.9.18"
    assert machine.freeze(NEW) == frozen
    assert sorted(Path(done["packages"]["list"]).read_text().splitlines()) == sorted(frozen)
    assert Path(done["packages"]["list"]).stat().st_mode & 0o77 == 0  # an address in it may hold a password
    assert sorted(done["packages"]["same"]) == sorted(frozen)
    assert Path(done["env"]["path"]) == machine.env(NEW)
    assert (machine.sandbox.versions / "shop-venv").resolve() == machine.env(NEW).resolve()
    assert_works(machine.env(OLD))
    assert machine.sandbox.roost("status", cwd=machine.project).returncode == 0

    machine.upgraded("3.13.0")
    assert machine.file.read_bytes() == b"# ours\r\n  3.13.0 here\r\n3.9.18"
    assert machine.freeze(NEXT) == frozen
    run = machine.sandbox.roost(
        "run", "python", "-c", "import sys, local, versioned, compiled; print(sys.version_info[:2], local.__file__)", cwd=machine.project
    )
    assert run.stdout.strip() == f"(3, 13) {local}/local.py"
    assert machine.sandbox.roost("up", cwd=machine.project).stderr.startswith("roost: nothing to do")


def test_what_has_no_build_with_pip(without_uv: UpgradeMachine) -> None:
    """U3: without uv on the machine, the reason is in the words of pip."""
    without_uv.up()
    without_uv.put("moving==1.0", "ending==1.0")
    said = document(without_uv.upgrade("3.12", "--partial", "--json"))["packages"]
    assert said["changed"] == [{"package": "moving==1.0", "version": "2.0"}]
    ((package, reason),) = [each.values() for each in said["failed"]]
    assert package == "ending==1.0"
    assert "Could not find a version that satisfies the requirement ending==1.0" in reason
    assert without_uv.freeze(NEW) == ["compiled==1.0", "moving==2.0", "plain==2.0"]


def test_what_has_no_build(machine: UpgradeMachine) -> None:
    """U3: what cannot be had as it is comes in another version; what cannot be had at all stops the upgrade, and nothing has changed."""
    machine.up()
    machine.put("moving==1.0", "needy", "plain==1.0")
    before = photograph(machine.project, machine.env(OLD))
    refused = machine.upgrade("3.12")
    assert refused.returncode == 9
    *details, last = refused.stderr.splitlines()
    asked = "type: roost upgrade 3.12 --partial, to go on without; the project is as it was"
    assert last == f"roost: not every package is available for Python {NEW}: ending; {asked}"
    assert any(line.startswith("ending==1.0: ") and "cp312" in line for line in details), details
    assert photograph(machine.project, machine.env(OLD)) == before
    assert not machine.env(NEW).exists()
    assert (machine.sandbox.versions / "shop-venv").resolve() == machine.env(OLD).resolve()

    partial = machine.upgrade("3.12", "--partial", "--prune", "--json")
    said = document(partial)
    assert (partial.returncode, said["complete"]) == (9, False)
    assert said["packages"]["same"] == ["compiled==1.0", "needy==1.0", "plain==1.0"]
    assert said["packages"]["changed"] == [{"package": "moving==1.0", "version": "2.0"}]
    assert [failed["package"] for failed in said["packages"]["failed"]] == ["ending==1.0"]
    assert machine.freeze(NEW) == ["compiled==1.0", "moving==2.0", "needy==1.0", "plain==1.0"]
    assert machine.file.read_text() == f"{NEW}\n"
    assert_works(machine.env(OLD))


def test_there_and_back(machine: UpgradeMachine) -> None:
    """U5: --rollback puts the word and the alias back, byte by byte, once; the new env is what `prune` then finds."""
    machine.file.write_bytes(b"python-3.11.7")
    machine.up()
    assert "there is no upgrade of this project to roll back" in machine.upgraded("--rollback").stderr
    machine.upgraded("3.12")
    assert machine.file.read_bytes() == NEW.encode()
    alias = machine.sandbox.versions / "shop-venv"
    assert "would write python-3.11.7 into" in machine.upgrade("--rollback", "--dry-run").stderr
    machine.upgraded("--rollback")
    assert machine.file.read_bytes() == b"python-3.11.7"
    assert alias.resolve() == machine.env(OLD).resolve()
    assert "there is no upgrade of this project to roll back" in machine.upgraded("--rollback").stderr
    orphans = document(machine.sandbox.roost("list", "--orphans", "--json"))["envs"]
    assert [env["path"] for env in orphans] == [str(machine.env(NEW))]
    # Once more: the env that is there is the project's own, so it is made again.
    (machine.env(NEW) / "mark").touch()
    machine.upgraded("3.12")
    assert not (machine.env(NEW) / "mark").exists()
    assert alias.resolve() == machine.env(NEW).resolve()


def test_an_env_that_is_replaced(machine: UpgradeMachine) -> None:
    """U2: what was installed in it is listed, and said; a dry run says that it would go."""
    machine.up()
    machine.upgraded("3.12")
    machine.upgraded("--rollback")
    machine.put("plain==1.0", version=NEW)
    listed = machine.freeze(NEW)
    said = machine.upgrade("3.12", "--dry-run").stderr
    assert f"roost: would replace the env {machine.env(NEW)} with a new one" in said
    ((count, place),) = re.findall("roost: would keep the list of ([0-9]+) packages in (.*-3.12.1-.*)", said)
    assert (int(count), machine.freeze(NEW)) == (len(listed), listed)
    done = machine.upgraded("3.12")
    assert f"roost: {machine.env(NEW)} was there already and has been replaced; what was installed in it is listed in {place}\n" in done.stderr
    assert Path(place).read_text().splitlines() == listed
    assert machine.freeze(NEW) == []


def test_an_old_env_behind_a_linked_interpreter(machine: UpgradeMachine) -> None:
    """U5, R2: it is not roost's to remove, as with Homebrew's Pythons; the upgrade is done all the same, and what to type is said."""
    away = machine.sandbox.root / "cellar"
    (machine.sandbox.versions / OLD).rename(away)
    (machine.sandbox.versions / OLD).symlink_to(away)
    machine.up()
    done = machine.upgraded("3.12", "--prune")
    old = machine.env(OLD)
    asked = f"type: rm -r {away}/envs/shop-venv, to remove it yourself"
    where = f"{old}, which lies in {away}/envs/shop-venv, is outside of the stores that roost removes envs from"
    assert f"roost: {old} stays: {where}; {asked}\n" in done.stderr
    assert "roost prune" not in done.stderr
    assert_works(old)
    assert machine.file.read_text() == f"{NEW}\n"


def test_back_to_an_env_that_is_gone(machine: UpgradeMachine) -> None:
    """U5: then the list of its packages is named, and what makes it again."""
    machine.up()
    machine.upgraded("3.12", "--prune")
    assert not machine.env(OLD).exists()
    refused = machine.upgrade("--rollback")
    assert refused.returncode == 6
    assert "type: roost upgrade 3.11.7, its packages are listed in " in refused.stderr
    assert machine.file.read_text() == f"{NEW}\n"


def test_back_from_an_env_that_roost_did_not_make(machine: UpgradeMachine) -> None:
    """U5, R1: with a prefix in the file the new env would have to go, and another tool has put its own in that place."""
    machine.up()
    machine.file.write_text("3\n")
    machine.upgraded("3.12")
    (machine.env(NEW) / ".roost.json").unlink()
    refused = machine.upgrade("--rollback")
    assert refused.returncode == 6
    assert "roost did not make it" in refused.stderr
    assert_works(machine.env(NEW))


@pytest.mark.parametrize(
    ("written", "typed", "then"),
    [("3", "3.12", "3"), ("3.11", "3.12", "3.12"), ("3.11", "3.12.1", "3.12.1"), (OLD, "3.12", NEW)],
)
def test_the_word(machine: UpgradeMachine, written: str, typed: str, then: str) -> None:
    """U1, V3: a full version stays one, a prefix stays one, and a prefix that means the new version already stays as it is."""
    machine.file.write_text(f"{OLD}\n")
    machine.up()
    machine.file.write_text(f"{written}\n")
    machine.upgraded(typed)
    assert machine.file.read_text() == f"{then}\n"
    assert document(machine.sandbox.roost("status", "--json", cwd=machine.project))["env"]["path"] == str(machine.env(NEW))
    # The old env is what nobody needs any more, whether the file names another version or not.
    found = document(machine.sandbox.roost("prune", "--json"))["found"]
    assert [each["place"] for each in found] == [str(machine.env(OLD))]
    machine.upgraded("--rollback")
    assert machine.file.read_text() == f"{written}\n"
    assert document(machine.sandbox.roost("status", "--json", cwd=machine.project))["env"]["path"] == str(machine.env(OLD))


def test_without_a_version(machine: UpgradeMachine) -> None:
    """U1: to the newest release of the same minor version; where there is none, the next minor is named. V3: `status` says what to type."""
    machine.up()
    nothing = machine.upgraded()
    assert nothing.stderr.splitlines() == [
        f"roost: no release of Python 3.11 newer than {OLD} is installed; type: roost upgrade 3.12",
        f"roost: nothing to do: shop-venv stays with Python {OLD}",
    ]
    (machine.sandbox.versions / OLD).rename(machine.sandbox.versions / "3.11.99")
    (machine.sandbox.versions / OLD).mkdir()
    (machine.sandbox.versions / "3.11.99" / "envs").rename(machine.sandbox.versions / OLD / "envs")
    machine.file.write_text("3.11\n")
    machine.sandbox.fake_interpreter(OLD)
    assert "-> type: roost upgrade 3.11.99" in machine.sandbox.roost("status", cwd=machine.project).stdout
    machine.upgraded()
    assert machine.file.read_text() == "3.11\n"
    assert_works(machine.env("3.11.99"))


def test_refusals(machine: UpgradeMachine) -> None:
    """U1, F11, F13: what cannot be moved says why, and what to type; nothing is done."""
    other = machine.sandbox.project("group/one", None, "one")
    (other.parent / ".python-version").write_text(f"{OLD}\n")
    assert machine.sandbox.roost("up", cwd=other).returncode == 0
    shared = machine.upgrade("3.12", cwd=other)
    assert shared.returncode == 4
    assert f"type: cp {other.parent}/.python-version {other}/.python-version, and then: roost upgrade 3.12" in shared.stderr
    named = machine.sandbox.project("named", f"{OLD}/envs/one", None)
    refused = machine.upgrade("3.12", cwd=named)
    assert (refused.returncode, "type: roost init" in refused.stderr) == (3, True)
    missing = machine.upgrade("3.12")
    assert (missing.returncode, "type: roost up" in missing.stderr) == (6, True)
    machine.file.write_text("3.98\n")
    without = machine.upgrade("--rollback")
    assert (without.returncode, "Python 3.98 is not installed" in without.stderr) == (5, True)
    machine.file.write_text(f"{OLD}\n")
    machine.up()
    assert machine.upgrade("shop").returncode == 2
    assert machine.upgrade("3.12", "3.13").returncode == 2
    assert machine.upgrade("--rollback", "3.12").returncode == 2
    assert machine.upgrade("--all", "3.12").returncode == 2
    unknown = machine.upgrade("3.99")
    assert (unknown.returncode, unknown.stdout) == (5, "")
    # An env of somebody else's under the new version is neither taken nor replaced.
    machine.sandbox.fake_env(NEW, "shop-venv")
    taken = machine.upgrade("3.12")
    assert (taken.returncode, "type: roost remove --force 3.12.1/envs/shop-venv" in taken.stderr) == (6, True)
    assert machine.file.read_text() == f"{OLD}\n"


def test_dry_run(machine: UpgradeMachine) -> None:
    """U5: says what would be done and which packages have no build, and asks the index for those alone that may have none."""
    machine.up()
    machine.put("--no-deps", "plain==1.0", "moving==1.0", "ending==1.0")
    before = photograph(machine.sandbox.versions / OLD / "envs", machine.project)
    done = machine.upgrade("3.12", "--dry-run")
    assert done.returncode == 10
    lines = [line.removeprefix("roost: ") for line in done.stderr.splitlines()]
    assert f"would make the env {machine.env(NEW)}" in lines
    assert lines[-3:] == [
        f"ending==1.0 is not available for Python {NEW}",
        f"moving==1.0 has no build for Python {NEW}: 2.0 would be installed instead",
        "would be installed: plain==1.0",
    ]
    assert photograph(machine.sandbox.versions / OLD / "envs", machine.project) == before
    assert not machine.env(NEW).exists()
    machine.sandbox.extra["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple/"
    outlook = document(machine.upgrade("3.12", "--dry-run", "--json"))["packages"]["outlook"]
    assert {each["package"]: each["state"] for each in outlook} == {
        "ending==1.0": "unknown",
        "moving==1.0": "unknown",
        "plain==1.0": "same",
    }


def test_from_the_projects_own_dependencies(machine: UpgradeMachine) -> None:
    """U3: where the project says that its dependencies are installed, they are, and the list is not."""
    (machine.project / "pyproject.toml").write_text("[tool.roost]\ndeps = true\n")
    (machine.project / "requirements.txt").write_text("plain\n")
    machine.up()
    machine.put("plain==1.0", "moving")
    machine.upgraded("3.12")
    assert machine.freeze(NEW) == ["compiled==1.0", "plain==2.0"]
    (machine.project / "requirements.txt").write_text("ending\n")
    refused = machine.upgrade("3.13")
    assert refused.returncode == 9
    assert not machine.env(NEXT).exists()
    assert machine.file.read_text() == f"{NEW}\n"


def test_every_project(machine: UpgradeMachine) -> None:
    """U6: each project whose env is of that version, two that share one too; one that fails stops no other."""
    sandbox = machine.sandbox
    machine.up()
    machine.put("plain==1.0")
    second = sandbox.project("second", "3.11", "second")
    stuck = sandbox.project("stuck", OLD, "stuck")
    sharing = sandbox.project("third", OLD, "shop-venv")
    other = sandbox.project("other", NEXT, "other")
    for project in (second, stuck, sharing, other):
        assert sandbox.roost("up", cwd=project).returncode == 0
    sandbox.fake_env(NEW, "stuck")
    done = sandbox.roost("upgrade", "--all", "3.11", "3.12", "--json")
    projects = document(done)["projects"]
    assert [Path(each["project"]).name for each in projects] == ["second", "shop", "stuck", "third"]
    assert ["error" in each for each in projects] == [False, False, True, False]
    assert done.returncode == 6
    versions = {project.name: (project / ".python-version").read_text().strip() for project in (machine.project, second, stuck, sharing, other)}
    assert versions == {"shop": NEW, "second": "3.12", "stuck": OLD, "third": NEW, "other": NEXT}
    assert machine.freeze(NEW) == ["compiled==1.0", "plain==1.0"]
    assert sandbox.roost("upgrade", "--all", "3.10", "3.12").returncode == 3


def test_an_interpreter_that_is_not_installed(machine: UpgradeMachine) -> None:
    """U1: it is installed through pyenv first, as the newest that pyenv knows of what was typed."""
    sandbox = machine.sandbox
    sandbox.with_pyenv()
    shutil.rmtree(sandbox.versions / NEXT)
    define(sandbox, "3.13.77", copying(prepared(sandbox, NEXT)))
    machine.up()
    assert "would install Python 3.13.77 through pyenv" in machine.upgrade("3.13.77", "--dry-run").stderr
    machine.upgraded("3.13.77")
    assert machine.file.read_text() == "3.13.77\n"
    assert_works(machine.env("3.13.77"))


def test_a_broken_env(machine: UpgradeMachine) -> None:
    """U2: the list comes from a look alone, so an env whose Python is gone can still be moved."""
    machine.up()
    machine.put("plain==1.0")
    (machine.env(OLD) / "bin" / "python").unlink()
    (machine.env(OLD) / "bin" / "python").symlink_to("/nowhere/python")
    machine.upgraded("3.12")
    assert machine.freeze(NEW) == ["compiled==1.0", "plain==1.0"]


def test_from_path(machine: UpgradeMachine) -> None:
    """V6: without pyenv the interpreter comes from PATH, and the env lies in roost's own store."""
    sandbox = machine.sandbox
    away = sandbox.root / "pythons"
    sandbox.versions.rename(away)
    sandbox.path = f"{away / OLD / 'bin'}:{away / NEW / 'bin'}:{sandbox.path}"
    machine.file.write_text("3.11\n")
    machine.up()
    own = sandbox.data / "versions"
    assert_works(own / OLD / "envs" / "shop-venv")
    machine.upgraded("3.12")
    assert_works(own / NEW / "envs" / "shop-venv")
    assert machine.file.read_text() == "3.12\n"
    assert document(sandbox.roost("status", "--json", cwd=machine.project))["env"]["path"] == str(own / NEW / "envs" / "shop-venv")


def test_the_kernel_comes_along(machine: UpgradeMachine) -> None:
    """U2, U5: under its name, with what was asked for it; and goes back."""
    sandbox = machine.sandbox
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"):
        del sandbox.extra[name]
    kernels = KernelMachine(sandbox, uv=False)
    machine.up()
    kernels.added("--name", "books", "--display-name", "My books", cwd=machine.project)
    machine.upgraded("3.12")
    spec = kernels.spec("books")
    assert (spec["argv"][0], spec["display_name"]) == (f"{machine.env(NEW)}/bin/python", "My books")
    assert kernels.outcome("check") == {"books": (0, "ok")}
    machine.upgraded("--rollback")
    assert kernels.spec("books")["argv"][0] == f"{machine.env(OLD)}/bin/python"


def test_two_at_once(machine: UpgradeMachine) -> None:
    """U2, E4: one makes the env, the other waits for it; the project has moved once, with its alias."""
    machine.up()
    machine.put("plain==1.0")
    both = [machine.sandbox.start("upgrade", "3.12", cwd=machine.project) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("roost: making the env" in errors for _, errors in said) == 1, said
    assert machine.file.read_text() == f"{NEW}\n"
    assert (machine.sandbox.versions / "shop-venv").resolve() == machine.env(NEW).resolve()
    assert machine.freeze(NEW) == ["compiled==1.0", "plain==1.0"]
    machine.upgraded("--rollback")
    assert machine.file.read_text() == f"{OLD}\n"


def test_back_to_an_env_that_is_broken(sandbox: Sandbox, second: str, newest: str) -> None:
    """U5: the refusal says so, and what it tells to type makes that env again."""
    for version in (second, newest):
        sandbox.install(version)
    project = sandbox.project("shop", second, "shop-venv")
    assert sandbox.roost("up", cwd=project).returncode == 0
    python = sandbox.env(second, "shop-venv") / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert sandbox.roost("upgrade", newest, cwd=project).returncode == 0
    refused = sandbox.roost("upgrade", "--rollback", cwd=project)
    assert refused.returncode == 6
    assert refused.stderr.startswith(f"roost: the env before the upgrade is broken: {python.parents[1]}; type: roost upgrade {second}, ")
    assert sandbox.roost("upgrade", second, cwd=project).returncode == 0
    assert_works(sandbox.env(second, "shop-venv"))
