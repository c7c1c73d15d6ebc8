"""An interpreter through the real ``pyenv install`` (V4, V5)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from roost.machine.layout import Layout
from roost.machine.systems import this_system
from roost.rules.build_failures import PAGE, RULES, help_for
from roost.rules.system_packages import LIBRARIES, how_to_install
from tests.support.definitions import copying, define, halting, prepared
from tests.support.look import assert_works, document, home_of, only_line
from tests.support.needs import program
from tests.support.sandbox import ROOST, Sandbox

pytestmark = pytest.mark.unmeasured

_VERSION = "3.13.990"  # a release that there will not be


@pytest.fixture
def machine(sandbox: Sandbox) -> Sandbox:
    """A sandbox with the real pyenv and no interpreter."""
    sandbox.with_pyenv()
    return sandbox


@pytest.fixture
def tree(machine: Sandbox, newest: str) -> Path:
    return prepared(machine, newest)


def _hidden(sandbox: Sandbox) -> list[str]:
    """What an installation left in versions/ beside its lock."""
    return sorted(path.name for path in sandbox.versions.iterdir() if path.name != f".{_VERSION}.lock")


def _log(sandbox: Sandbox) -> str:
    logs = list((sandbox.data / "logs").glob(f"install-{_VERSION}-*.log"))
    assert len(logs) == 1
    return logs[0].read_text()


@pytest.mark.parametrize("request_", [_VERSION, "3.13"], ids=["whole", "prefix"])
def test_up_installs_what_is_missing(machine: Sandbox, tree: Path, request_: str) -> None:
    """V4: the newest known match, with its steps on stderr and a log; then the env."""
    define(machine, _VERSION, copying(tree))
    project = machine.project("shop", request_, "shop-venv")
    dry = machine.roost("up", "--dry-run", cwd=project)
    assert dry.returncode == 10
    assert dry.stderr.splitlines() == [
        f"roost: would install Python {_VERSION} through pyenv",
        f"roost: would make the env {machine.env(_VERSION, 'shop-venv')}",
    ]
    assert list(machine.versions.iterdir()) == []
    done = machine.roost("up", cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert f"installing Python {_VERSION} through pyenv" in done.stderr
    assert f"roost: Installed Python-made-up to {machine.versions / _VERSION}" in done.stderr.splitlines()
    assert "Installed Python-made-up" in _log(machine)
    prefix = machine.env(_VERSION, "shop-venv")
    assert_works(prefix)
    assert home_of(prefix) == str(machine.versions / _VERSION / "bin")
    assert _hidden(machine) == [_VERSION, "shop-venv"]
    assert "built without" not in done.stderr
    again = machine.roost("up", cwd=project)
    assert "nothing to do" in only_line(again)


def test_json_names_both_actions(machine: Sandbox, tree: Path) -> None:
    """C, V4: one document; progress is not part of it."""
    define(machine, _VERSION, copying(tree))
    done = machine.roost("up", "--json", cwd=machine.project("shop", _VERSION, "shop-venv"))
    assert (done.returncode, done.stderr) == (0, "")
    assert document(done)["actions"] == [f"install Python {_VERSION} through pyenv", f"make the env {machine.env(_VERSION, 'shop-venv')}"]


@pytest.mark.parametrize("colour", [True, False])
def test_a_build_on_a_terminal_shows_its_last_line(machine: Sandbox, tree: Path, colour: bool) -> None:
    """C, V4: a line that moves, with the build's words as they are; NO_COLOR leaves the colours out; the steps stay."""
    define(machine, _VERSION, 'for n in 1 2 3; do echo "checking [red]part $n"; sleep 0.2; done\n' + copying(tree))
    project = machine.project("shop", _VERSION, "shop-venv")
    environ = {**machine.environ, "PWD": str(project), **({} if colour else {"NO_COLOR": "1"})}
    terminal = pexpect.spawn(str(ROOST), ["up"], cwd=str(project), env=environ, encoding="utf-8", codec_errors="backslashreplace", timeout=120)
    shown = terminal.read()
    terminal.close()
    assert terminal.exitstatus == 0, shown
    assert re.search(r"\d s +checking \[red\]part 3", shown), shown
    assert (re.search(r"\x1b\[[0-9;]*3[0-7]m", shown) is not None) == colour
    assert f"roost: Installed Python-made-up to {machine.versions / _VERSION}\r\n" in shown
    assert_works(machine.env(_VERSION, "shop-venv"))


def test_verbose_shows_every_line_of_a_build(machine: Sandbox, tree: Path) -> None:
    """C: also without a terminal; without it, just the steps."""
    define(machine, _VERSION, "echo 'checking for gcc'\n" + copying(tree))
    done = machine.roost("up", "-v", cwd=machine.project("shop", _VERSION, "shop-venv"))
    assert done.returncode == 0, done.stderr
    assert "roost: checking for gcc" in done.stderr.splitlines()
    define(machine, "3.13.991", "echo 'checking for gcc'\n" + copying(tree))
    assert "checking for gcc" not in machine.roost("up", cwd=machine.project("shop", "3.13.991", "shop-venv")).stderr


def test_an_installed_match_is_taken_and_nothing_is_installed(machine: Sandbox, newest: str) -> None:
    """V4: never a newer one while an installed one serves."""
    machine.install(newest)
    define(machine, _VERSION, "false\n")
    done = machine.roost("up", cwd=machine.project("shop", newest.rpartition(".")[0], "shop-venv"))
    assert done.returncode == 0, done.stderr
    assert_works(machine.env(newest, "shop-venv"))


@pytest.mark.parametrize("half", [False, True], ids=["at once", "with a half-made prefix"])
def test_a_build_that_fails(machine: Sandbox, tree: Path, half: bool) -> None:
    """V4, B1, C: exit 5, the end of the log and where it is; pyenv's page where the cause is unknown. Nothing half-installed stays."""
    copy = f'mkdir -p "$PREFIX_PATH"\ncp -R \'{tree}/bin\' "$PREFIX_PATH"\n' if half else ""
    define(machine, _VERSION, f"{copy}echo 'the real cause' >&2\nfalse\n")
    project = machine.project("shop", _VERSION, "shop-venv")
    done = machine.roost("up", cwd=project)
    assert done.returncode == 5
    assert "the real cause" in done.stderr
    assert "the real cause" in _log(machine)
    assert list(machine.tmp.glob("python-build.*.log")), "what pyenv leaves behind stays in the sandbox"
    log = next((machine.data / "logs").glob("*.log"))
    assert done.stderr.splitlines()[-1] == f"roost: pyenv could not install Python {_VERSION} ({log}); see {PAGE}"
    assert _hidden(machine) == []
    looked = machine.roost("status", "--json", cwd=project)
    assert (looked.returncode, document(looked)["state"]) == (5, "interpreter-missing")
    define(machine, _VERSION, copying(tree))
    assert machine.roost("up", cwd=project).returncode == 0
    assert_works(machine.env(_VERSION, "shop-venv"))


def _printing(log: str) -> str:
    """A definition whose build prints ``log`` where python-build's own builds print, and fails."""
    return f"cat >&4 <<'END'\n{log}\nEND\nfalse\n"


_CAUSES = {
    "no-compiler": "checking for gcc... no\nconfigure: error: no acceptable C compiler found in $PATH\nSee `config.log' for more details",
    "zlib": "zipimport.ZipImportError: can't decompress data; zlib not available\nmake: *** [Makefile:1122: install] Error 1",
    "disk-full": "tar: Python-3.13.990/README.rst: Cannot write: No space left on device\ntar: Exiting with failure status due to previous errors",
}


@pytest.mark.parametrize("cause", _CAUSES)
def test_a_build_that_fails_for_a_known_reason(machine: Sandbox, cause: str) -> None:
    """B1, C: one hint, with the command for this system, the log's path and its last lines; the same in --json."""
    define(machine, _VERSION, _printing("checking MACHDEP... made-up\n" * 100 + _CAUSES[cause]))
    project = machine.project("shop", _VERSION, "shop-venv")
    done = machine.roost("up", cwd=project)
    assert (done.returncode, done.stdout) == (5, "")
    log = next((machine.data / "logs").glob("*.log"))
    rule = next(rule for rule in RULES if rule.slug == cause)
    command, advice = help_for(rule, this_system(Layout.from_environ(machine.environ, machine.root)), "")
    hint = ", ".join(filter(None, [command, advice]))
    assert done.stderr.splitlines()[-1] == f"roost: pyenv could not install Python {_VERSION}: {rule.cause} ({log}); {'type: ' if command else ''}{hint}"
    assert _CAUSES[cause].splitlines()[-1] in done.stderr.splitlines()
    assert _CAUSES[cause] in log.read_text()
    assert _hidden(machine) == []
    error = document(machine.roost("up", "--json", cwd=project))["error"]
    assert (error["code"], error["hint"]) == ("install-failed", hint)
    assert rule.cause in error["message"]
    assert _CAUSES[cause].splitlines()[-1] in error["detail"].splitlines()


@pytest.mark.parametrize("words", [["up"], ["up", "-v"], ["up", "--json"]], ids=" ".join)
def test_a_hostile_build_steers_no_terminal(machine: Sandbox, words: list[str]) -> None:
    """B1, S: escape codes, bytes that are no text, a right-to-left mark; the cause is found all the same."""
    hostile = r"\033]0;owned\007\033[2J\377\342\200\256\033[31mcurl: (6) Could not resolve host: \033[0mwww.python.org\n"
    define(machine, _VERSION, f"printf '{hostile}' >&4\nfalse\n")
    project = machine.project("shop", _VERSION, "shop-venv")
    environ = {**machine.environ, "PWD": str(project)}
    terminal = pexpect.spawn(str(ROOST), words, cwd=str(project), env=environ, encoding="utf-8", codec_errors="backslashreplace", timeout=120)
    shown = terminal.read()
    terminal.close()
    assert terminal.exitstatus == 5, shown
    assert "\x1b]0;" not in shown
    assert "\x1b[2J" not in shown
    assert "\u202e" not in shown
    assert "does not answer" in shown


def test_the_tools_of_a_build_speak_english(machine: Sandbox) -> None:
    """B1: by their words a cause is recognized; the user's encoding stays."""
    define(machine, _VERSION, 'echo "LANGUAGE=$LANGUAGE LC_ALL=$LC_ALL" >&2\nfalse\n')
    machine.extra = {"LANGUAGE": "de:fr", "LC_ALL": "C.UTF-8"}
    machine.roost("up", cwd=machine.project("shop", _VERSION, "shop-venv"))
    assert "LANGUAGE=en LC_ALL=C.UTF-8" in _log(machine).splitlines()


def test_a_build_that_says_yes_and_leaves_no_python(machine: Sandbox) -> None:
    """V5: what pyenv says is looked at."""
    define(machine, _VERSION, 'mkdir -p "$PREFIX_PATH/lib"\n')
    done = machine.roost("up", cwd=machine.project("shop", _VERSION, "shop-venv"))
    assert done.returncode == 5
    assert "bin/python does not exist" in done.stderr
    assert _hidden(machine) == []


def test_a_build_whose_python_does_not_run(machine: Sandbox) -> None:
    """V5."""
    define(machine, _VERSION, 'mkdir -p "$PREFIX_PATH/bin"\nprintf "#!/bin/sh\\nexit 127\\n" >"$PREFIX_PATH/bin/python"\nchmod +x "$PREFIX_PATH/bin/python"\n')
    done = machine.roost("up", cwd=machine.project("shop", _VERSION, "shop-venv"))
    assert done.returncode == 5
    assert f"{machine.versions / _VERSION}/bin/python does not run" in done.stderr
    assert not machine.env(_VERSION, "shop-venv").exists()


def test_missing_modules_are_named_with_their_packages(machine: Sandbox, tree: Path) -> None:
    """V5: built without ssl, readline and bz2; the env is made all the same."""
    for module in ("_ssl", "readline", "_bz2"):
        found = list(tree.glob(f"lib/python3.*/lib-dynload/{module}.*.so"))
        assert len(found) == 1
        found[0].unlink()
    define(machine, _VERSION, copying(tree))
    done = machine.roost("up", cwd=machine.project("shop", _VERSION, "shop-venv"))
    assert done.returncode == 0, done.stderr
    system = this_system(Layout.from_environ(machine.environ, machine.root))
    assert [line for line in done.stderr.splitlines() if "built without" in line] == [
        f"roost: Python {_VERSION} was built without {module}; for the next build: {''.join(how_to_install(LIBRARIES[module], system))}"
        for module in ("ssl", "bz2", "readline")
    ]
    assert_works(machine.env(_VERSION, "shop-venv"))


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def building(machine: Sandbox, tree: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A ``roost up`` whose build has put ``bin/python`` in place and goes on; and the project."""
    reached = machine.root / "reached"
    define(machine, _VERSION, halting(tree, reached))
    project = machine.project("shop", _VERSION, "shop-venv")
    process = subprocess.Popen(
        [ROOST, "up"],
        cwd=project,
        env=machine.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _until(reached.exists)
    yield process, project
    process.kill()
    process.communicate()


def _processes_of(machine: Sandbox) -> list[str]:
    """What still runs with this machine's pyenv in its words, or sleeps below it."""
    listing = subprocess.run([program("ps"), "-A", "-o", "args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listing.splitlines() if str(machine.pyenv_root) in line and "pytest" not in line.split()[0]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("group", [True, False], ids=["to the group", "to roost alone"])
def test_an_interrupted_build_leaves_nothing(
    machine: Sandbox, tree: Path, building: tuple[subprocess.Popen[str], Path], number: signal.Signals, group: bool
) -> None:
    """V4, E5, C: Ctrl-C, a closed terminal, a polite kill: exit 130, no prefix, no process; the next up heals."""
    process, project = building
    if group:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert _hidden(machine) == []
    assert _processes_of(machine) == []
    assert machine.roost("status", cwd=project).returncode == 5
    define(machine, _VERSION, copying(tree))
    assert machine.roost("up", cwd=project).returncode == 0
    assert_works(machine.env(_VERSION, "shop-venv"))


def test_a_killed_build_does_not_count_as_installed(machine: Sandbox, tree: Path, building: tuple[subprocess.Popen[str], Path]) -> None:
    """V4, E5: kill -9 with bin/python in place. Neither status nor the hook's call takes it; the next up installs anew."""
    process, project = building
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert os.access(machine.versions / _VERSION / "bin" / "python", os.X_OK)
    looked = machine.roost("status", "--json", cwd=project)
    assert (looked.returncode, document(looked)["state"]) == (5, "interpreter-missing")
    hooked = machine.roost("up", "--from-hook", cwd=project)
    assert hooked.returncode == 5
    assert not machine.env(_VERSION, "shop-venv").exists()
    define(machine, _VERSION, copying(tree))
    done = machine.roost("up", cwd=project)
    assert done.returncode == 0, done.stderr
    assert_works(machine.env(_VERSION, "shop-venv"))
    assert _hidden(machine) == [_VERSION, "shop-venv"]
    assert _processes_of(machine) == []


def test_envs_in_a_prefix_survive_a_failed_installation(machine: Sandbox, tree: Path) -> None:
    """E5: an interpreter that went away left its envs; a build that fails must not take them along."""
    work = machine.env(_VERSION, "other")
    work.mkdir(parents=True)
    (work / "pyvenv.cfg").write_text("home = /nowhere\n")
    define(machine, _VERSION, f"cp -R '{tree}/bin' \"$PREFIX_PATH\"\nfalse\n")
    project = machine.project("shop", _VERSION, "shop-venv")
    assert machine.roost("up", cwd=project).returncode == 5
    assert (work / "pyvenv.cfg").exists()
    assert machine.roost("status", cwd=project).returncode == 5
    define(machine, _VERSION, copying(tree))
    assert machine.roost("up", cwd=project).returncode == 0
    assert (work / "pyvenv.cfg").exists()
    assert_works(machine.env(_VERSION, "shop-venv"))


def test_two_ups_install_once(machine: Sandbox, tree: Path) -> None:
    """E4 for interpreters, C: the second says that it waits, and takes what the first has made."""
    count = machine.root / "count"
    define(machine, _VERSION, f"echo >>'{count}'\nsleep 1\n" + copying(tree))
    project = machine.project("shop", _VERSION, "shop-venv")
    both = [
        subprocess.Popen([ROOST, "up"], cwd=project, env=machine.environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = ""
    for process in both:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        said += errors
    assert said.count(f"roost: another roost is installing Python {_VERSION}; waiting for it\n") == 1
    assert count.read_text() == "\n"
    assert_works(machine.env(_VERSION, "shop-venv"))
