"""``roost up -r``: every project below a directory, several at a time (C)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pexpect
import pytest

from roost.jobs import up_below
from tests.support.definitions import copying, define, prepared
from tests.support.look import assert_works, document, only_line, photograph
from tests.support.needs import program
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


@pytest.mark.parametrize("jobs", [("--jobs", "1"), ("--jobs", "3")], ids=["one by one", "three at a time"])
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
    assert places.count("build") == 3
    assert any(line.startswith(".: roost cannot make an env for Python 3.4.1") for line in done.stderr.splitlines())


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


@pytest.mark.parametrize(("jobs", "together"), [((), True), (("--jobs", "2"), True), (("--jobs", "1"), False)], ids=str)
def test_as_many_at_a_time_as_there_are_cores(sandbox: Sandbox, jobs: tuple[str, ...], together: bool) -> None:
    """M1: two builds of which each waits for the other."""
    sandbox.with_pyenv()
    log = sandbox.root / "log"
    for version in ("3.13.990", "3.13.991"):
        wait = f'for n in {{1..{300 if together else 10}}}; do [ "$(grep -c began "{log}")" = 2 ] && break; sleep 0.1; done'
        define(sandbox, version, f'echo began >>"{log}"\n{wait}\necho ended >>"{log}"\nfalse\n')
        sandbox.project(f"work/{version}", version, "shop")
    assert sandbox.roost("up", "-r", *jobs, "work").returncode == 5
    assert log.read_text().split() == (["began", "began", "ended", "ended"] if together else ["began", "ended"] * 2)


def test_an_interpreter_that_several_need_is_installed_once(sandbox: Sandbox, newest: str) -> None:
    """M1: the others wait for it, and say that they have installed nothing."""
    sandbox.with_pyenv()
    count = sandbox.root / "count"
    define(sandbox, "3.13.990", f'echo installed >>"{count}"\nsleep 2\n' + copying(prepared(sandbox, newest)))
    for name in ("one", "two", "three"):
        sandbox.project(f"work/{name}", "3.13", name)
    done = sandbox.roost("up", "-r", "--json", "--jobs", "3", "work")
    assert (done.returncode, done.stderr) == (0, "")
    assert count.read_text() == "installed\n"
    actions = [action for each in document(done)["projects"] for action in each["actions"]]
    made = [f"make the env {sandbox.env('3.13.990', name)}" for name in ("one", "three", "two")]
    assert sorted(actions) == ["install Python 3.13.990 through pyenv", *made]
    for name in ("one", "two", "three"):
        assert_works(sandbox.env("3.13.990", name))


def _many(sandbox: Sandbox, version: str) -> None:
    """Fourteen projects below work/, all but one ready; and two that are refused."""
    sandbox.install(version)
    for number in range(14):
        sandbox.project(f"work/team-{number // 10}/shop-{number:02}", version, f"env-{number:02}")
        if number != 7:
            sandbox.fake_env(version, f"env-{number:02}")
    sandbox.project("work/a-bad", ">=3", "bad")
    sandbox.project("work/team-1/lost", "3.99", "lost")


def test_many_in_a_pipe(sandbox: Sandbox, newest: str) -> None:
    """M2, M3: a line for each, its directory first; the exit code is the first failure's in the order of paths."""
    _many(sandbox, newest)
    done = sandbox.roost("up", "-r", "work")
    assert (done.returncode, done.stdout) == (4, "")
    lines = dict(line.split(": ", 1) for line in done.stderr.splitlines())
    assert len(lines) == len(done.stderr.splitlines()) == 16
    assert lines["team-0/shop-07"] == f"env-07 is ready ({sandbox.env(newest, 'env-07')})"
    assert lines["team-1/shop-13"] == f"nothing to do: env-13 is ready ({sandbox.env(newest, 'env-13')})"
    assert "is not a version" in lines["a-bad"]
    assert lines["team-1/lost"].startswith("Python 3.99 is not installed")
    quiet = sandbox.roost("up", "-r", "-q", "work")
    assert sorted(line.partition(": ")[0] for line in quiet.stderr.splitlines()) == ["a-bad", "team-1/lost"]


@pytest.mark.parametrize("rows", [12, 30])
def test_many_on_a_terminal(sandbox: Sandbox, newest: str, rows: int) -> None:
    """M2, C: lines that move, then a table that is readable at 80 columns; what failed is last in it, each with its line below."""
    _many(sandbox, newest)
    environ = {**sandbox.environ, "PWD": str(sandbox.root), "NO_COLOR": "1"}
    terminal = pexpect.spawn(str(ROOST), ["up", "-r", "work"], cwd=str(sandbox.root), env=environ, encoding="utf-8", dimensions=(rows, 80), timeout=200)
    shown = terminal.read()
    terminal.close()
    assert terminal.exitstatus == 4
    moving, _, rest = shown.rpartition("16 of 16 done")
    assert re.search(rf"team-0/shop-07: \d s  making the env env-07 with Python {re.escape(newest)}", moving)
    assert ("team-1/shop-13: waiting" in moving) == (rows > 16)  # else the terminal has no room for all
    table = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", rest).splitlines() if line.strip()]
    assert max(map(len, table[:17])) <= 80
    cells = [line.split() for line in table[:17]]
    assert cells[0] == ["project", "version", "env", "done", "seconds"]
    assert [cell[0] for cell in cells[1:15]] == [f"team-{number // 10}/shop-{number:02}" for number in range(14)]
    assert cells[8][:-1] == ["team-0/shop-07", newest, "env-07", "make", "the", "env"]
    assert cells[9][:-1] == ["team-0/shop-08", newest, "env-08", "nothing", "to", "do"]
    assert [cell[:-1] for cell in cells[15:]] == [["a-bad", "failed"], ["team-1/lost", "failed"]]
    assert [line.partition(": ")[0] for line in table[17:]] == ["a-bad", "team-1/lost"]


def test_verbose_shows_each_step(sandbox: Sandbox, envs: list[Path], newest: str) -> None:
    """C: with its directory first; beside a document too, on stderr."""
    step = f"api: making the env api with Python {newest}"
    assert step in sandbox.roost("up", "-r", "-v", "work").stderr.splitlines()
    assert step not in sandbox.roost("up", "-r", "--recreate", "work").stderr.splitlines()
    done = sandbox.roost("up", "-r", "-v", "--json", "--recreate", "work")
    assert step in done.stderr.splitlines()
    assert [each["version"] for each in document(done)["projects"]] == [newest] * 3


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
    listing = subprocess.run([program("ps"), "-A", "-o", "args="], capture_output=True, text=True, check=True).stdout
    assert not [line for line in listing.splitlines() if str(sandbox.pyenv_root) in line or f"{sandbox.root}/work" in line]


@pytest.mark.parametrize("said", ["", '{"schema": 1, "proj'])
def test_a_roost_that_was_killed_while_it_answered(said: str) -> None:
    """M3: it stops no other."""
    document = up_below._document(Path("/shop"), said, "roost up")
    assert document["project"] == "/shop"
    assert (document["error"]["code"], document["error"]["command"]) == ("killed", "roost up")
