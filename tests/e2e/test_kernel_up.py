"""``roost up`` and a project's kernel: registered on request, kept through rebuilds and upgrades (C; jupyter.md 6.2; E7)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support.kernels import KernelMachine
from tests.support.look import assert_works, document, only_line, photograph
from tests.support.sandbox import BIN, Sandbox


@pytest.fixture
def machine(sandbox: Sandbox, newest: str, second: str) -> KernelMachine:
    machine = KernelMachine(sandbox)
    sandbox.install(newest)
    sandbox.install(second)
    return machine


@pytest.fixture
def project(machine: KernelMachine, newest: str) -> Path:
    return machine.sandbox.project("shop", newest, "shop-venv")


def test_on_request(machine: KernelMachine, project: Path, newest: str) -> None:
    """C: with --kernel; twice changes nothing, and `status` knows it (field-notes 8.6: with its path)."""
    done = machine.sandbox.roost("up", "--kernel", cwd=project)
    assert done.returncode == 0, done.stderr
    env = machine.sandbox.env(newest, "shop-venv")
    assert machine.spec("shop-venv")["metadata"]["roost"]["project"] == str(project)
    assert machine.kernel("check").returncode == 0
    before = photograph(machine.data, env)
    assert "nothing to do" in only_line(machine.sandbox.roost("up", "--kernel", cwd=project))
    assert "nothing to do" in only_line(machine.sandbox.roost("up", cwd=project))
    assert photograph(machine.data, env) == before
    status = machine.sandbox.roost("status", cwd=project)
    assert f"shop-venv  ok  {machine.directory}/shop-venv" in status.stdout
    kernel = document(machine.sandbox.roost("status", "--json", cwd=project))["kernel"]
    assert kernel == {
        "name": "shop-venv",
        "display_name": f"shop-venv (Python {'.'.join(newest.split('.')[:2])})",
        "path": f"{machine.directory}/shop-venv",
        "state": "ok",
    }


def test_not_asked_for(machine: KernelMachine, project: Path) -> None:
    """C: no kernel unless somebody wants one; the hook's call never makes one."""
    assert machine.sandbox.roost("up", cwd=project).returncode == 0
    (project / "pyproject.toml").write_text("[tool.roost]\nkernel = true\n")
    assert machine.sandbox.roost("up", "--from-hook", cwd=project).returncode == 0
    assert machine.sandbox.roost("up", "--no-kernel", cwd=project).returncode == 0
    assert not machine.data.exists()


def test_for_a_team(machine: KernelMachine, project: Path, newest: str) -> None:
    """C: [tool.roost] kernel = true; the plan says so first."""
    (project / "pyproject.toml").write_text('[project]\nname = "shop"\n[tool.roost]\nkernel = true\n')
    dry = machine.sandbox.roost("up", "--dry-run", cwd=project)
    assert dry.returncode == 10
    assert dry.stderr.splitlines()[-1] == f"roost: would register the Jupyter kernel of {machine.sandbox.env(newest, 'shop-venv')}"
    assert machine.sandbox.roost("up", cwd=project).returncode == 0
    assert os.listdir(machine.directory) == ["shop-venv"]


@pytest.mark.parametrize(("team", "user", "wanted"), [(None, "true", True), ("false", "true", False), ("true", "false", True)])
def test_the_users_own_default(machine: KernelMachine, project: Path, team: str | None, user: str, wanted: bool) -> None:
    """C: config.toml is for projects that say nothing."""
    settings = machine.sandbox.home / ".config" / "roost" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"kernel = {user}\n")
    if team:
        (project / "pyproject.toml").write_text(f"[tool.roost]\nkernel = {team}\n")
    assert machine.sandbox.roost("up", cwd=project, HOME=str(machine.sandbox.home), XDG_CONFIG_HOME=str(settings.parents[1])).returncode == 0
    assert machine.directory.exists() is wanted


@pytest.mark.parametrize(("text", "part"), [("[tool.roost\n", "is not valid TOML"), ("[tool.roost]\nkernel = 3\n", "is neither true nor false")])
def test_settings_that_cannot_be_used(machine: KernelMachine, project: Path, text: str, part: str) -> None:
    """C: exit 4, the file and what to write; a pyproject.toml without roost in it is nobody's business."""
    (project / "pyproject.toml").write_text(text)
    done = machine.sandbox.roost("up", cwd=project)
    assert done.returncode == 4
    assert part in only_line(done)
    assert str(project / "pyproject.toml") in only_line(done)
    (project / "pyproject.toml").write_text("[tool.other\n")
    assert machine.sandbox.roost("up", cwd=project).returncode == 0


def test_kept_through_a_rebuild(machine: KernelMachine, project: Path, newest: str) -> None:
    """jupyter.md 3.4: an env that was removed, or made anew, has its kernel again after `up`."""
    env = machine.sandbox.env(newest, "shop-venv")
    assert machine.sandbox.roost("up", "--kernel", cwd=project).returncode == 0
    shutil.rmtree(env)
    done = machine.sandbox.roost("status", "--json", cwd=project)
    assert [problem["code"] for problem in document(done)["problems"]] == ["env-missing", "kernel-stale"]
    assert only_line(machine.kernel("check")).endswith(f"; type: roost up {project}")
    assert machine.sandbox.roost("up", "--no-kernel", cwd=project).returncode == 0
    assert machine.kernel("list", "--stale").returncode == 10
    assert machine.sandbox.roost("up", cwd=project).returncode == 0
    assert machine.kernel("check").returncode == 0
    assert machine.sandbox.roost("up", "--recreate", cwd=project).returncode == 0
    assert machine.kernel("check").returncode == 0


def test_kept_through_an_upgrade(machine: KernelMachine, project: Path, newest: str, second: str) -> None:
    """J38, field-notes 8.11: same name, new env, new version in the display name; by `up` and by `add`, without --replace."""
    (project / ".python-version").write_text(f"{second}\n")
    assert machine.sandbox.roost("up", "--kernel", cwd=project).returncode == 0
    machine.added("--name", "shop", cwd=project)
    (project / ".python-version").write_text(f"{newest}\n")
    assert machine.sandbox.roost("up", cwd=project).returncode == 0
    assert sorted(os.listdir(machine.directory)) == ["shop", "shop-venv"]
    for name in ("shop", "shop-venv"):
        assert machine.spec(name)["argv"][0] == f"{machine.sandbox.env(newest, 'shop-venv')}/bin/python"
        assert f"(Python {'.'.join(newest.split('.')[:2])})" in machine.spec(name)["display_name"]
    (project / ".python-version").write_text(f"{second}\n")
    machine.added("--name", "shop", cwd=project)
    assert machine.spec("shop")["metadata"]["roost"]["python"] == second
    assert machine.kernel("remove", "--project", ".", cwd=project).returncode == 0
    assert os.listdir(machine.directory) == []


def test_two_projects_that_share_an_env(machine: KernelMachine, project: Path, newest: str) -> None:
    """E1: one version and one name are one env, and one kernel, which stays with the first."""
    other = machine.sandbox.project("blog", newest, "shop-venv")
    for place in (project, other):
        assert machine.sandbox.roost("up", "--kernel", cwd=place).returncode == 0
    machine.added(cwd=other)
    assert os.listdir(machine.directory) == ["shop-venv"]
    assert machine.spec("shop-venv")["metadata"]["roost"]["project"] == str(project)


def test_a_second_clone(machine: KernelMachine, project: Path, newest: str) -> None:
    """E6: the env that another clone made notes the one that adds a kernel, too, so that it is not an orphan when the first is gone."""
    assert machine.sandbox.roost("up", cwd=project).returncode == 0
    clone = machine.sandbox.project("clone", newest, "shop-venv")
    machine.added(cwd=clone)
    (row,) = document(machine.sandbox.roost("list", "--json"))["envs"]
    assert row["projects"] == sorted([str(clone), str(project)])


def test_a_failure_leaves_the_env_alone(machine: KernelMachine, project: Path, newest: str) -> None:
    """C, field-notes 8.5: exit 8 after the env is made, and it works."""
    machine.directory.parent.mkdir()
    machine.directory.write_text("a file")
    done = machine.sandbox.roost("up", "--kernel", cwd=project)
    assert done.returncode == 8
    assert f"cannot write {machine.directory}" in done.stderr.splitlines()[-1]
    assert_works(machine.sandbox.env(newest, "shop-venv"))
    assert machine.sandbox.roost("up", cwd=project).returncode == 0


def test_no_network(machine: KernelMachine, project: Path, newest: str) -> None:
    """field-notes 8.5: ipykernel cannot be had; exit 8 with the installer's own words, the env works."""
    machine.sandbox.extra |= {"UV_OFFLINE": "1", "UV_CACHE_DIR": str(machine.sandbox.root / "empty")}
    done = machine.sandbox.roost("up", "--kernel", cwd=project)
    assert done.returncode == 8
    assert "ipykernel>=6 could not be installed" in done.stderr.splitlines()[-1]
    assert "ipykernel" in done.stderr.splitlines()[-2] or "network" in done.stderr
    assert_works(machine.sandbox.env(newest, "shop-venv"))


def test_without_pyenv(sandbox: Sandbox, newest: str) -> None:
    """V6: an env in roost's own store has a kernel too, without a PYENV_VERSION that pyenv would not know."""
    machine = KernelMachine(sandbox)
    interpreter = sandbox.root / "python" / newest
    (sandbox.root / "python").mkdir()
    sandbox.install(newest).rename(interpreter)
    sandbox.versions.rmdir()
    sandbox.path = f"{interpreter / 'bin'}:{sandbox.path}"
    project = sandbox.project("shop", "system", "shop-venv")
    done = sandbox.roost("up", "--kernel", cwd=project)
    assert done.returncode == 0, done.stderr
    assert machine.spec("shop-venv")["env"].keys() == {"VIRTUAL_ENV", "PATH"}
    assert machine.kernel("check").returncode == 0


def test_what_plain_tools_would_have_removed(machine: KernelMachine, project: Path) -> None:
    """jupyter.md 0.7: `jupyter kernelspec remove --missing` takes kernels with a bare argv[0]; `roost kernel prune` does not."""
    assert machine.sandbox.roost("up", "--kernel", cwd=project).returncode == 0
    machine.foreign("plain", "python", "-m", "ipykernel_launcher")
    machine.foreign("gone", "/nowhere-at-all/bin/python")
    assert machine.kernel("prune", "--foreign", "--yes", PATH="/usr/bin:/bin").returncode == 0
    assert sorted(os.listdir(machine.directory)) == ["plain", "shop-venv"]
    machine.sandbox.run([BIN / "jupyter", "kernelspec", "remove", "--missing", "-y"], PATH="/nothing")
    assert os.listdir(machine.directory) == ["shop-venv"], "the counter-proof: the plain tool takes it"
