"""``roost up -r``: every project below a directory, several at a time (C)."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.definitions import define
from tests.support.look import assert_works, document, only_line, photograph
from tests.support.sandbox import ROOST, Sandbox

# The env of each project, and where that is below work/.
PLACES = {"api": "api", "tools": "api/tools", "web": "web"}


@pytest.fixture
def envs(sandbox: Sandbox, newest: str) -> list[Path]:
    """Projects in work/, one of them inside another, and what is none of them; the envs that they ask for."""
    sandbox.install(newest)
    for name, place in PLACES.items():
        sandbox.project(f"work/{place}", newest, name)
    sandbox.project("work/web/out", newest, b"# no env here\n")
    sandbox.project("work/.hidden", newest, "hidden")
    sandbox.project("elsewhere", newest, "elsewhere")
    (sandbox.root / "work" / "link").symlink_to(sandbox.root / "elsewhere")
    prefix = sandbox.project("work/web/env", newest, "inside")
    (prefix / "pyvenv.cfg").write_text("")
    return [sandbox.env(newest, name) for name in PLACES]


def _names(envs: list[Path]) -> list[str]:
    return sorted(path.name for path in envs[0].parent.iterdir() if not path.name.startswith("."))


@pytest.mark.parametrize("jobs", [(), ("--jobs", "3")], ids=["one by one", "three at a time"])
def test_up_makes_the_env_of_every_project_below(sandbox: Sandbox, envs: list[Path], jobs: tuple[str, ...]) -> None:
    """C: no link is followed, no hidden directory and no env looked into; the second time there is nothing to do."""
    before = photograph(sandbox.root)
    planned = sandbox.roost("up", "-r", "work", "--dry-run", *jobs)
    assert planned.returncode == 10
    assert sorted(planned.stderr.splitlines()) == sorted(f"{PLACES[env.name]}: would make the env {env}" for env in envs)
    assert photograph(sandbox.root) == before
    done = sandbox.roost("up", "-r", "work", *jobs)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert _names(envs) == ["api", "tools", "web"]
    for env in envs:
        assert_works(env)
        assert f"{PLACES[env.name]}: {env.name} is ready ({env})" in done.stderr.splitlines()
    again = sandbox.roost("up", "-r", *jobs, cwd=sandbox.root / "work")
    assert again.returncode == 0
    assert sorted(line.split(": ")[:2] for line in again.stderr.splitlines()) == sorted([place, "nothing to do"] for place in PLACES.values())
    assert sandbox.roost("up", "-r", "-q", "work", "--dry-run", *jobs).stderr == ""


def test_one_that_fails_holds_up_no_other(sandbox: Sandbox, envs: list[Path]) -> None:
    """C: its line is said, and its exit code is the whole run's."""
    bad = sandbox.project("work/bad", ">=3.9", "bad")
    done = sandbox.roost("up", "-r", "work")
    assert done.returncode == 4
    refused = [line for line in done.stderr.splitlines() if str(bad / ".python-version") in line]
    assert len(refused) == 1
    assert refused[0].startswith("bad: '>=3.9' is not a version: ")
    for env in envs:
        assert_works(env)


def test_every_line_begins_with_its_directory(sandbox: Sandbox) -> None:
    """C: what another program said of a failure too, and DIR itself; a name cannot look like a line of its own."""
    sandbox.fake_interpreter("3.4.1")
    sandbox.with_pyenv()
    define(sandbox, "3.13.990", 'echo "no compiler" >&2\necho "no luck" >&2\nexit 1\n')
    sandbox.project("work", "3.4.1", "shop")
    sandbox.project("work/build", "3.13.990", "shop")
    sandbox.project("work/a\nb: c", ">=3.9", "shop")
    done = sandbox.roost("up", "-r", "work")
    assert done.returncode == 6
    places = [line.partition(": ")[0] for line in done.stderr.splitlines()]
    assert set(places) == {".", "build", r"a\nb"}
    assert places.count("build") > 3
    assert done.stderr.startswith(".: roost makes no env for Python 3.4.1")


def test_json_is_one_document_for_all(sandbox: Sandbox, envs: list[Path]) -> None:
    """C: what `up --json` says of each, in the order of their paths."""
    bad = sandbox.project("work/bad", ">=3.9", "bad")
    done = sandbox.roost("up", "-r", "--json", "--jobs", "2", "work")
    assert (done.returncode, done.stderr) == (4, "")
    answer = document(done)
    api, tools, broken, web = answer["projects"]
    assert [each["env"]["path"] for each in (api, tools, web)] == [str(env) for env in envs]
    assert all("schema" not in each for each in answer["projects"])
    assert broken["error"]["file"] == str(bad / ".python-version")


def test_no_project_below(sandbox: Sandbox) -> None:
    """C: exit 3."""
    (sandbox.root / "work").mkdir()
    done = sandbox.roost("up", "-r", "work")
    assert done.returncode == 3
    assert str(sandbox.root / "work") in only_line(done)


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_a_number_of_jobs_that_is_none(sandbox: Sandbox, jobs: str) -> None:
    """C: exit 2."""
    done = sandbox.roost("up", "-r", "--jobs", jobs)
    assert done.returncode == 2
    assert only_line(done).endswith("; type: roost up --help")


def test_nothing_of_a_project_is_run(sandbox: Sandbox, envs: list[Path]) -> None:
    """S: neither where roost is called nor where the projects are do modules count."""
    for directory in ("work", "work/api"):
        for name in ("roost", "virtualenv", "json"):
            (sandbox.root / directory / f"{name}.py").write_text(f"open({str(sandbox.root / 'reached')!r}, 'a').close()\n")
    done = sandbox.roost("up", "-r", cwd=sandbox.root / "work")
    assert done.returncode == 0, done.stderr
    assert not (sandbox.root / "reached").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("group", [True, False], ids=["to the group", "to roost alone"])
def test_stopped_it_stops_them_all(sandbox: Sandbox, number: signal.Signals, group: bool) -> None:
    """E5, C: exit 130, no process and no half-made thing left; what had not begun does not begin."""
    sandbox.with_pyenv()
    for version in ("3.13.990", "3.13.991", "3.13.992"):
        define(sandbox, version, f'mkdir -p "$PREFIX_PATH/bin"\n: >"{sandbox.root}/{version}"\nsleep 300\n')
        sandbox.project(f"work/{version}", version, "shop")
    process = subprocess.Popen(
        [ROOST, "up", "-r", "--jobs", "2", "work"],
        cwd=sandbox.root,
        env=sandbox.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not all((sandbox.root / version).exists() for version in ("3.13.990", "3.13.991")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.killpg(process.pid, number) if group else process.send_signal(number)
        process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert not [path.name for path in sandbox.versions.iterdir() if not path.name.endswith(".lock")]
    assert not (sandbox.root / "3.13.992").exists()
    listing = subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, check=True).stdout
    assert not [line for line in listing.splitlines() if str(sandbox.pyenv_root) in line or f"{sandbox.root}/work" in line]
