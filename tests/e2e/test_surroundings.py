"""What surrounds a run never decides what an env is built from (V7), and a machine without pyenv is enough (V6)."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.support.look import assert_works, document, home_of, only_line, photograph
from tests.support.sandbox import Sandbox, link_tree, newest_release, real_pyenv_root

_POISON = "import os, sys\nwith open(os.environ['REACHED'], 'a') as report:\n    report.write(sys.prefix + '\\n')\n"


def _surroundings(kind: str, sandbox: Sandbox, second: str) -> dict[str, str]:
    """Variables and files that have led other tools astray."""
    other = sandbox.install(second)
    if kind == "another env":
        prefix = sandbox.root / "active"
        assert sandbox.run([other / "bin" / "python", "-m", "venv", "--without-pip", prefix]).returncode == 0
        return {"VIRTUAL_ENV": str(prefix), "VIRTUAL_ENV_PROMPT": "active", "PATH": f"{prefix / 'bin'}:{sandbox.path}"}
    if kind == "conda":
        return {
            "CONDA_PREFIX": str(other),
            "CONDA_DEFAULT_ENV": "base",
            "CONDA_SHLVL": "1",
            "CONDA_PYTHON_EXE": str(other / "bin" / "python"),
            "PATH": f"{other / 'bin'}:{sandbox.path}",
        }
    if kind == "a virtualenv command first on PATH":
        directory = sandbox.root / "brew"
        directory.mkdir()
        for name in ("virtualenv", "python", "python3", "pip"):
            (directory / name).write_text(f"#!/bin/sh\necho {name} >>'{sandbox.root / 'reached'}'\nexit 1\n")
            (directory / name).chmod(0o755)
        return {"PATH": f"{directory}:{sandbox.path}"}
    if kind == "PYTHONHOME":
        # One that roost's own Python starts with: any other ends it before it begins.
        return {"PYTHONHOME": sys.base_prefix}
    if kind == "PYTHONPATH":
        directory = sandbox.root / "path"
        directory.mkdir()
        (directory / "sitecustomize.py").write_text(_POISON)
        return {"PYTHONPATH": str(directory), "REACHED": str(sandbox.root / "reached")}
    if kind == "virtualenv's own":
        (sandbox.home / "virtualenv.ini").write_text(f"[virtualenv]\npython = {other / 'bin' / 'python'}\n")
        return {
            "VIRTUALENV_PYTHON": str(other / "bin" / "python"),
            "VIRTUALENV_CONFIG_FILE": str(sandbox.home / "virtualenv.ini"),
            "VIRTUALENV_NO_SEED": "1",
            "VIRTUALENV_NO_PIP": "1",
            "VIRTUALENV_SYSTEM_SITE_PACKAGES": "1",
            "VIRTUALENV_DOWNLOAD": "1",
            "VIRTUALENV_PROMPT": "astray",
            "VIRTUALENV_OVERRIDE_APP_DATA": str(sandbox.root / "nowhere"),
        }
    if kind == "virtualenv's own file":
        for directory in (sandbox.home / ".config" / "virtualenv", sandbox.home / "Library" / "Application Support" / "virtualenv"):
            directory.mkdir(parents=True)
            (directory / "virtualenv.ini").write_text(f"[virtualenv]\npython = {other / 'bin' / 'python'}\nsystem-site-packages = true\n")
        return {}
    if kind == "pip's":
        return {"PIP_REQUIRE_VIRTUALENV": "true", "PIP_USER": "1", "PIP_TARGET": str(sandbox.root / "target"), "PIP_PREFIX": "/nowhere", "PIP_NO_INDEX": "1"}
    if kind == "macOS":
        return {"__PYVENV_LAUNCHER__": sys.executable}  # as with PYTHONHOME
    assert kind == "PYENV_VERSION"
    return {"PYENV_VERSION": second}


_KINDS = [
    "another env",
    "conda",
    "a virtualenv command first on PATH",
    "PYTHONHOME",
    "PYTHONPATH",
    "virtualenv's own",
    "virtualenv's own file",
    "pip's",
    "macOS",
    "PYENV_VERSION",
]


@pytest.mark.parametrize("kind", _KINDS)
def test_the_env_is_of_the_pinned_interpreter(sandbox: Sandbox, newest: str, second: str, kind: str) -> None:
    """V7."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    extra = _surroundings(kind, sandbox, second)
    done = sandbox.roost("up", cwd=project, **extra)  # type: ignore[arg-type]
    assert done.returncode == 0, done.stderr
    prefix = sandbox.env(newest, "shop-venv")
    assert home_of(prefix) == str(sandbox.versions / newest / "bin")
    assert_works(prefix)
    assert (prefix / "bin" / "pip").exists()
    assert "include-system-site-packages = false" in (prefix / "pyvenv.cfg").read_text()
    assert "prompt" not in (prefix / "pyvenv.cfg").read_text()
    assert not (sandbox.root / "target").exists()
    reached = sandbox.root / "reached"
    if reached.exists():
        assert kind == "PYTHONPATH"
        assert set(reached.read_text().split()) == {sys.prefix}, "only roost's own Python may see it"


@pytest.mark.parametrize("minor", ["3.8"])
def test_pip_s_variables_do_not_reach_ensurepip(sandbox: Sandbox, minor: str) -> None:
    """V7, E2."""
    version = newest_release(minor)
    sandbox.install(version)
    target = sandbox.root / "target"
    done = sandbox.roost(
        "up", cwd=sandbox.project("shop", version, "shop-venv"), PIP_REQUIRE_VIRTUALENV="true", PIP_USER="1", PIP_TARGET=str(target), PIP_NO_INDEX="1"
    )
    assert done.returncode == 0, done.stderr
    assert_works(sandbox.env(version, "shop-venv"))
    assert not target.exists()


@pytest.fixture
def bare(sandbox: Sandbox, newest: str) -> Sandbox:
    """A machine that has nothing but a ``python3``."""
    shutil.rmtree(sandbox.pyenv_root)
    link_tree(real_pyenv_root() / "versions" / newest, sandbox.root / "opt" / "python")
    for name in (sandbox.root / "opt" / "python" / "bin").iterdir():
        if name.name not in {"python3", f"python{newest.rpartition('.')[0]}"}:
            name.unlink()
    sandbox.path = str(sandbox.root / "opt" / "python" / "bin")
    return sandbox


@pytest.mark.parametrize("form", ["system", "whole", "prefix", "major"])
def test_a_machine_with_nothing_but_a_python3(bare: Sandbox, newest: str, form: str) -> None:
    """V6: ``system``, and any version; the same layout below roost's data directory."""
    request = {"system": "system", "whole": newest, "prefix": newest.rpartition(".")[0], "major": "3"}[form]
    project = bare.project("shop", request, "shop-venv")
    looked = bare.roost("status", "--json", cwd=project)
    assert (looked.returncode, document(looked)["state"]) == (10, "env-missing")
    assert Path(document(looked)["python"]["executable"]).samefile(bare.root / "opt" / "python" / "bin" / "python3")
    assert bare.roost("up", "--dry-run", cwd=project).returncode == 10
    done = bare.roost("up", cwd=project)
    assert done.returncode == 0, done.stderr
    prefix = bare.data / "versions" / newest / "envs" / "shop-venv"
    assert_works(prefix)
    assert home_of(prefix) == str(bare.root / "opt" / "python" / "bin")
    before = photograph(bare.data)
    again = bare.roost("up", cwd=project)
    assert "nothing to do" in only_line(again)
    assert photograph(bare.data) == before
    answer = document(bare.roost("status", "--json", cwd=project))
    assert (answer["state"], answer["python"]["source"], answer["python"]["resolved"]) == ("ready", "path", newest)
    assert not bare.pyenv_root.exists()
    assert not (bare.data / "versions" / "shop-venv").exists()


def test_a_version_that_path_does_not_have(bare: Sandbox) -> None:
    """V6: exit 5; there is nothing to install it with."""
    project = bare.project("shop", "3.99", "shop-venv")
    done = bare.roost("up", cwd=project)
    assert done.returncode == 5
    line = only_line(done)
    assert str(project / ".python-version") in line
    assert "install pyenv" in line
    looked = bare.roost("status", "--json", cwd=project)
    assert (looked.returncode, document(looked)["state"]) == (5, "interpreter-missing")
    problem = document(looked)["problems"][0]
    assert line == f"roost: {problem['message']} ({problem['file']}); {problem['hint']}", "`roost up` would not help"


def test_a_path_without_any_python(bare: Sandbox) -> None:
    """V6: exit 5."""
    project = bare.project("shop", "system", "shop-venv")
    done = bare.roost("up", cwd=project, PATH=str(bare.home))
    assert done.returncode == 5
    assert str(project / ".python-version") in only_line(done)


def test_system_beside_pyenv(sandbox: Sandbox, newest: str, second: str) -> None:
    """V6: ``system`` is PATH's interpreter, never pyenv's shim; its env lives with roost."""
    sandbox.install(second)
    link_tree(real_pyenv_root() / "versions" / newest, sandbox.root / "opt" / "python")
    shims = sandbox.pyenv_root / "shims"
    shims.mkdir()
    (shims / "python3").write_text(f"#!/bin/sh\necho >>'{sandbox.root / 'reached'}'\nexec {sandbox.versions / second / 'bin' / 'python'} \"$@\"\n")
    (shims / "python3").chmod(0o755)
    sandbox.path = f"{shims}:{sandbox.root / 'opt' / 'python' / 'bin'}:{sandbox.path}"
    done = sandbox.roost("up", cwd=sandbox.project("shop", "system", "shop-venv"))
    assert done.returncode == 0, done.stderr
    prefix = sandbox.data / "versions" / newest / "envs" / "shop-venv"
    assert_works(prefix)
    assert home_of(prefix) == str(sandbox.root / "opt" / "python" / "bin")
    assert not (sandbox.root / "reached").exists()
    assert sorted(path.name for path in sandbox.versions.iterdir()) == [second]


def test_the_interpreter_of_an_active_env_is_passed_over(bare: Sandbox, newest: str) -> None:
    """V6, V7: an active env is no interpreter to build from."""
    python = bare.root / "opt" / "python" / "bin" / "python3"
    active = bare.root / "active"
    assert bare.run([python, "-m", "venv", "--without-pip", active]).returncode == 0
    project = bare.project("shop", "system", "shop-venv")
    done = bare.roost("up", cwd=project, VIRTUAL_ENV=str(active), PATH=f"{active / 'bin'}:{bare.path}")
    assert done.returncode == 0, done.stderr
    assert home_of(bare.data / "versions" / newest / "envs" / "shop-venv") == str(bare.root / "opt" / "python" / "bin")


@pytest.mark.parametrize("xdg", [False, True])
def test_the_data_directory_of_the_platform(bare: Sandbox, newest: str, xdg: bool) -> None:
    """V6: platformdirs' user data directory where ROOST_HOME says nothing; on macOS it has a space in it."""
    variables = {"ROOST_HOME": ""}
    data = bare.home / ("Library/Application Support" if sys.platform == "darwin" else ".local/share") / "roost"
    if xdg:
        variables["XDG_DATA_HOME"] = str(bare.home / "Application Support")
        data = bare.home / "Application Support" / "roost" if sys.platform != "darwin" else data
    done = bare.roost("up", cwd=bare.project("shop", "3", "shop-venv"), **variables)  # type: ignore[arg-type]
    assert done.returncode == 0, done.stderr
    prefix = data / "versions" / newest / "envs" / "shop-venv"
    assert_works(prefix)
    pip = bare.run([prefix / "bin" / "pip", "--version"])
    assert pip.returncode == 0, pip.stderr


def test_a_pyenv_command_without_versions_is_a_machine_with_pyenv(sandbox: Sandbox, tmp_path: Path) -> None:
    """V6: a fresh pyenv, nothing installed yet: what is missing is pyenv's to install."""
    sandbox.with_pyenv()
    sandbox.versions.rmdir()
    done = sandbox.roost("up", "--no-interpreter", cwd=sandbox.project("shop", "3.12.1", "shop-venv"))
    assert done.returncode == 5
    assert only_line(done).endswith("; type: roost up")
