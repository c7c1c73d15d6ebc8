"""``roost up --deps``: what the project's files say it needs, in its env (D)."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pexpect
import pytest

from roost.machine.packages import installed
from tests.support.look import assert_works, document, only_line, photograph
from tests.support.sandbox import ROOST, Sandbox
from tests.support.tools import package_index, toolbox


class Shop(NamedTuple):
    """A project and the place of its env."""

    sandbox: Sandbox
    root: Path
    env: Path

    def up(self, *words: str, code: int = 0) -> str:
        """What ``roost up`` says."""
        done = self.sandbox.roost("up", *words, cwd=self.root)
        assert done.returncode == code, done.stderr
        return done.stderr

    def packages(self) -> set[str]:
        return set(installed(self.env)) - {"pip", "setuptools", "wheel"}

    def provide(self, *programs: str) -> None:
        """Puts tools on PATH."""
        directory = self.sandbox.root / "tools"
        directory.mkdir(exist_ok=True)
        for program in programs:
            (directory / program).symlink_to(toolbox() / program)
        self.sandbox.path = f"{directory}:{self.sandbox.path}"

    def status(self) -> dict[str, object]:
        return document(self.sandbox.roost("status", "--json", cwd=self.root))


@pytest.fixture(scope="module")
def index() -> Iterator[str]:
    with package_index() as address:
        yield address


@pytest.fixture
def shop(sandbox: Sandbox, newest: str, index: str) -> Shop:
    sandbox.install(newest)
    sandbox.extra |= {"PIP_INDEX_URL": index, "UV_DEFAULT_INDEX": index}
    return Shop(sandbox, sandbox.project("shop", newest, "shop-env"), sandbox.env(newest, "shop-env"))


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_once_and_not_again(shop: Shop, installer: str) -> None:
    """D2, D3: nested files count; an unchanged input is not installed again, and nothing in the env is touched."""
    (shop.root / "requirements.txt").write_text("-r more.txt\nsix\n")
    (shop.root / "more.txt").write_text("-c limits.txt\nidna\n")
    (shop.root / "limits.txt").write_text("idna<4\n")
    if installer == "uv":
        shop.provide("uv")
    said = shop.up("--deps")
    assert f"installing from requirements.txt into {shop.env} with {installer}\n" in said
    assert shop.packages() == {"six", "idna"}
    assert_works(shop.env)
    before = photograph(shop.env)
    assert "nothing to do" in shop.up("--deps")
    assert photograph(shop.env) == before
    assert shop.status()["dependencies"] == {"source": "requirements.txt", "tool": installer, "state": "ok"}
    (shop.root / "limits.txt").write_text("idna==3.10\n")
    assert shop.status()["dependencies"] == {"source": "requirements.txt", "tool": installer, "state": "stale"}
    assert "packages requirements.txt  stale" in shop.sandbox.roost("status", cwd=shop.root).stdout
    assert "nothing to do" in shop.up()  # nobody asked
    assert shop.up("--deps", "--dry-run", code=10) == f"roost: would install from requirements.txt into {shop.env}\n"
    assert "installing from requirements.txt" in shop.up("--deps")
    assert "nothing to do" in shop.up("--deps")


def test_the_other_installer(shop: Shop) -> None:
    """D2: --installer decides; what it installed is not installed again by the one that would be chosen."""
    shop.provide("uv")
    (shop.root / "requirements.txt").write_text("six\n")
    assert "with pip\n" in shop.up("--deps", "--installer", "pip")
    assert "nothing to do" in shop.up("--deps")
    assert "with uv\n" in shop.up("--deps", "--installer", "uv")
    assert "conda" in shop.up("--deps", "--installer", "conda", code=2)


def test_no_uv_to_install_with(shop: Shop) -> None:
    """D2, D4: said in one line, exit 9; the env is ready all the same."""
    (shop.root / "requirements.txt").write_text("six\n")
    assert "there is no uv on PATH" in shop.up("--deps", "--installer", "uv", code=9).splitlines()[-1]
    assert_works(shop.env)


def test_recreate_installs_again(shop: Shop) -> None:
    """D3."""
    (shop.root / "requirements.txt").write_text("six\n")
    shop.up("--deps")
    shop.up("--recreate")
    assert shop.packages() == set()
    assert shop.status()["dependencies"] is None  # nobody asked for any
    shop.up("--recreate", "--deps")
    assert shop.packages() == {"six"}


def test_for_a_team(shop: Shop) -> None:
    """D: [tool.roost] deps, as a list; --no-deps leaves it out, and so does the hook, always."""
    project = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "shop"\nversion = "1"\n'
    parts = '[project.optional-dependencies]\ndev = ["toml"]\n[dependency-groups]\ntest = ["idna"]\n[tool.setuptools]\npy-modules = ["shop"]\n'
    settings = '[tool.roost]\ndeps = ["requirements-dev.txt", "-e .[dev]", "group:test"]\n'
    (shop.root / "pyproject.toml").write_text(project + parts + settings)
    (shop.root / "requirements-dev.txt").write_text("six\n")
    (shop.root / "shop.py").write_text("here = True\n")
    assert shop.sandbox.roost("up", "--from-hook", cwd=shop.root).returncode == 0
    assert shop.packages() == set()
    assert "nothing to do" in shop.up("--no-deps")
    assert shop.status()["dependencies"] == {"source": "requirements-dev.txt, -e .[dev], the group test", "tool": None, "state": "missing"}
    assert "-e .[dev], the group test" in shop.up()
    assert shop.packages() == {"shop", "six", "toml", "idna"}
    assert shop.sandbox.run([shop.env / "bin" / "python", "-I", "-c", "import shop; print(shop.here)"]).stdout == "True\n"
    assert "nothing to do" in shop.up()


@pytest.mark.parametrize(
    ("deps", "code", "part"),
    [
        ("3", 4, "deps is neither true, false nor a list of strings; write deps = true"),
        ("[" * 100_000, 4, "it is nested too deeply"),
        ('["-r x"]', 4, "not something to install from"),
        ('["absent.txt"]', 9, "there is no file absent.txt in"),
        ('["group:none"]', 9, "[dependency-groups] has no group 'none'"),
    ],
)
def test_settings_that_cannot_be_used(shop: Shop, deps: str, code: int, part: str) -> None:
    """C, D: one line with the file; it is said before anything is made."""
    (shop.root / "pyproject.toml").write_text(f"[tool.roost]\ndeps = {deps}\n")
    done = shop.sandbox.roost("up", cwd=shop.root)
    assert done.returncode == code
    assert part in only_line(done)
    assert not shop.env.exists()


def test_nothing_to_install_from(shop: Shop) -> None:
    """D1: asked for, and there is nothing: the env is made, and it is said."""
    assert "no dependencies are installed" in shop.up("--deps")
    assert "nothing to do" in shop.up("--deps").splitlines()[-1]
    assert_works(shop.env)


@pytest.mark.parametrize("deps", ["[]", '["group:test"]'])
def test_a_list_that_names_nothing(sandbox: Sandbox, deps: str) -> None:
    """D1: what is said of it is true, whatever files there are."""
    sandbox.fake_env("3.12.1", "shop-env")
    project = sandbox.project("shop", "3.12.1", "shop-env")
    (project / "pyproject.toml").write_text(f"[dependency-groups]\ntest = []\n[tool.roost]\ndeps = {deps}\n")
    (project / "requirements.txt").write_text("six\n")
    done = sandbox.roost("up", cwd=project)
    assert done.returncode == 0
    assert done.stderr.splitlines()[0] == "roost: no dependencies are installed: deps in the settings lists nothing to install"


@pytest.mark.parametrize("make", [os.mkdir, lambda path: os.symlink("/nowhere/at/all", path)])
def test_a_requirements_file_that_is_none(sandbox: Sandbox, make: Callable[[Path], None]) -> None:
    """D1: exit 9 and one line, before anything is made."""
    sandbox.fake_interpreter("3.12.1")
    project = sandbox.project("shop", "3.12.1", "shop-env")
    make(project / "requirements.txt")
    done = sandbox.roost("up", "--deps", cwd=project)
    assert done.returncode == 9
    assert only_line(done).startswith(f"roost: {project / 'requirements.txt'} is ")
    assert only_line(done).endswith("; put a file in its place, or skip the dependencies with --no-deps")
    assert not sandbox.env("3.12.1", "shop-env").exists()


def test_what_fails_leaves_the_rest(shop: Shop) -> None:
    """D4: exit 9 with the last lines and the log; what was installed before stays, and the next run tries again."""
    (shop.root / "requirements.txt").write_text("six\n")
    shop.up("--deps")
    (shop.root / "requirements.txt").write_text("six\nno-such-package-at-all\n")
    said = shop.up("--deps", code=9).splitlines()
    assert any("no-such-package-at-all" in line for line in said[:-1])
    log = Path(said[-1].rpartition("less ")[2])
    assert "no-such-package-at-all" in log.read_text()
    assert shop.packages() == {"six"}
    assert_works(shop.env)
    error = document(shop.sandbox.roost("up", "--deps", "--json", cwd=shop.root))["error"]
    assert (error["code"], error["command"].split()[0]) == ("dependencies-failed", "less")
    (shop.root / "requirements.txt").write_text("six\n")  # what is there now was installed once, but something else was tried since
    assert "installing from" in shop.up("--deps")
    assert "nothing to do" in shop.up("--deps")


@pytest.mark.parametrize(("lock", "tool"), [("uv.lock", "uv"), ("poetry.lock", "poetry"), ("pdm.lock", "pdm"), ("Pipfile.lock", "pipenv")])
def test_a_lock_without_its_tool(shop: Shop, lock: str, tool: str) -> None:
    """D1: exit 9 and the line that gets the tool; nothing else is installed instead."""
    (shop.root / lock).touch()
    (shop.root / "requirements.txt").write_text("six\n")
    line = shop.up("--deps", code=9).splitlines()[-1]
    assert line.startswith(f"roost: {lock} needs {tool}, which is not on PATH ({shop.root / lock})")
    assert line.endswith(f"type: python3 -m pip install --user {tool}")
    assert shop.packages() == set()


@pytest.mark.parametrize("tool", ["uv", "poetry", "pdm"])
def test_a_lock_and_its_tool(shop: Shop, index: str, tool: str) -> None:
    """D1: through the real tool, into the named env; a changed manifest makes it stale."""
    shop.provide("uv", tool) if tool != "uv" else shop.provide("uv")
    sources = {
        "uv": "",
        "poetry": f'[[tool.poetry.source]]\nname = "index"\nurl = "{index}"\n',
        "pdm": f'[[tool.pdm.source]]\nname = "pypi"\nurl = "{index}"\nverify_ssl = false\n',
    }
    build = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[tool.setuptools]\npackages = ["shop"]\n'
    manifest = f'[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["six==1.16.0"]\n{build}{sources[tool]}'
    (shop.root / "pyproject.toml").write_text(manifest)
    (shop.root / "shop").mkdir()
    (shop.root / "shop" / "__init__.py").touch()
    shop.up("--no-deps")
    python = str(shop.env / "bin" / "python")
    locked = shop.sandbox.run([toolbox() / tool, "lock"], cwd=shop.root, UV_PYTHON=python, PDM_PYTHON=python, VIRTUAL_ENV=str(shop.env))
    assert locked.returncode == 0, locked.stderr
    said = shop.up("--deps")
    assert f"installing from {tool}.lock into {shop.env} with {tool}" in said
    assert installed(shop.env)["six"] == "1.16.0"
    assert_works(shop.env)
    assert not (shop.root / ".venv").exists()
    assert "nothing to do" in shop.up("--deps")
    (shop.root / "pyproject.toml").write_text(manifest + "\n# changed\n")
    assert shop.status()["dependencies"] == {"source": f"{tool}.lock", "tool": tool, "state": "stale"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopped_while_it_installs(shop: Shop, number: int) -> None:
    """D4, E5: the env stays ready, and the next run installs, for half of it may be missing."""
    (shop.root / "requirements.txt").write_text("six\n")
    shop.up("--deps")
    (shop.root / "pyproject.toml").write_text(SLOW)
    (shop.root / "setup.py").write_text("import time, pathlib\npathlib.Path('begun').touch()\nif not pathlib.Path('go').exists(): time.sleep(60)\n")
    (shop.root / "requirements.txt").write_text("./\n")
    process = shop.sandbox.start("up", "--deps", cwd=shop.root)
    deadline = time.monotonic() + 60
    while not (shop.root / "begun").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(process.pid, number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == (-number if number == signal.SIGKILL else 130), said
    assert_works(shop.env)
    assert shop.packages() == {"six"}
    (shop.root / "requirements.txt").write_text("six\n")
    assert "installing from" in shop.up("--deps")
    assert "nothing to do" in shop.up("--deps")


SLOW = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
"""


def test_two_at_once(shop: Shop) -> None:
    """E4: one installs, the other waits and finds it done."""
    (shop.root / "requirements.txt").write_text("six\nidna\ntoml\n")
    both = [shop.sandbox.start("up", "--deps", cwd=shop.root) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum(text.count("installing from") for text in said) == 1
    assert shop.packages() == {"six", "idna", "toml"}


def test_an_env_of_another_tool(shop: Shop, newest: str) -> None:
    """D3, R1: packages go into it, and it is still not roost's to remove."""
    made = shop.sandbox.run([shop.sandbox.versions / newest / "bin" / "python", "-m", "venv", shop.env])
    assert made.returncode == 0, made.stderr
    (shop.root / "requirements.txt").write_text("six\n")
    shop.up("--deps")
    assert "nothing to do" in shop.up("--deps")
    assert document(shop.sandbox.roost("status", "--json", cwd=shop.root))["env"]["made_by"] == "other"
    assert shop.sandbox.roost("remove", "--yes", cwd=shop.root).returncode == 2
    assert shop.packages() == {"six"}


def test_many_projects(shop: Shop) -> None:
    """M, D: `up -r --deps`; one that fails stops no other."""
    (shop.root / "requirements.txt").write_text("six\n")
    blog = shop.sandbox.project("blog", (shop.root / ".python-version").read_bytes(), "blog-env")
    (blog / "requirements.txt").write_text("no-such-package-at-all\n")
    done = shop.sandbox.roost("up", "-r", "--deps", "--json", cwd=shop.sandbox.root)
    assert done.returncode == 9
    answers = {Path(each["project"]).name: each for each in document(done)["projects"]}
    assert answers["blog"]["error"]["code"] == "dependencies-failed"
    assert answers["shop"]["env"]["state"] == "ready"
    assert shop.packages() == {"six"}


def test_two_envs_of_one_name(shop: Shop, second: str) -> None:
    """M, D4: filled in the same second, each has a log of its own."""
    shop.sandbox.install(second)
    blog = shop.sandbox.project("blog", second, "shop-env")
    for root in (shop.root, blog):
        assert shop.sandbox.roost("up", cwd=root).returncode == 0
        (root / "requirements.txt").write_text("no-such-package-at-all\n")
    done = shop.sandbox.roost("up", "-r", "--deps", "--json", cwd=shop.sandbox.root)
    logs = {Path(each["error"]["file"]) for each in document(done)["projects"]}
    assert len(logs) == 2
    assert all(log.is_file() for log in logs)


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_on_a_terminal_a_line_moves(shop: Shop, installer: str) -> None:
    """Looks: what the installer is at and for how long; gone in the end."""
    if installer == "uv":
        shop.provide("uv")
    (shop.root / "requirements.txt").write_text("six\nidna\n")
    environ = {**shop.sandbox.environ, "PWD": str(shop.root)}
    terminal = pexpect.spawn(str(ROOST), ["up", "--deps"], cwd=str(shop.root), env=environ, encoding="utf-8", dimensions=(24, 80), timeout=100)
    shown = terminal.read()
    terminal.close()
    assert terminal.exitstatus == 0, shown
    assert re.search(rf"\d s  {installer} looks for what is needed", shown), shown
    assert "\x1b[2Kroost: shop-env is ready" in shown  # the moving line is wiped
