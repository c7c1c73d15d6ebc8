"""``roost doctor``: what it says, how it looks, and what it leaves alone (W1)."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect

from tests.support.checkup import look, problems
from tests.support.envs import half_made, noted_env
from tests.support.look import document, only_line, photograph
from tests.support.sandbox import REPOSITORY, ROOST, Sandbox


def test_all_is_well(machine: Sandbox, newest: str) -> None:
    """W1: a project that is ready, in a shell with the hook: exit 0, and each area is named."""
    machine.install(newest)
    machine.with_pyenv()
    project = machine.project("shop", newest, "shop-venv")
    assert machine.roost("up", cwd=project).returncode == 0
    env = machine.env(newest, "shop-venv")
    active = {"VIRTUAL_ENV": str(env), "PATH": f"{env / 'bin'}:{machine.path}"}
    assert problems(machine, project, **active) == []
    done = machine.roost("doctor", cwd=project, timeout=120, **active)
    assert done.returncode == 0, done.stdout
    assert [line.partition(":")[0] for line in done.stdout.splitlines() if not line.startswith(" ")][:4] == ["machine", "shell", "envs", "project"]
    assert re.search(r"^0 problems, \d+ notes?$", done.stdout, re.MULTILINE)


def test_outside_of_projects_and_in_an_empty_place(sandbox: Sandbox) -> None:
    """W1: no project, no pyenv, no shell that roost knows: nothing has to be put right."""
    sandbox.versions.rmdir()
    sandbox.pyenv_root.rmdir()
    found = [each["code"] for each in document(sandbox.run([ROOST, "doctor", "--json"], ROOST_HOOK="tcsh"))["findings"]]
    assert [code for code in found if not code.startswith("hook")] == ["pyenv-missing"]


def test_nothing_is_changed(machine: Sandbox, newest: str) -> None:
    """W1: with a trouble of each kind, no file, no directory and no mode is another afterwards; the shells keep no history."""
    machine.install(newest)
    machine.with_pyenv()
    project = machine.project("shop", newest, "shop-venv")
    noted_env(machine, "3.12.1", "shop-venv", project)
    half_made(machine.env("3.12.1", "half"))
    (machine.home / ".zshrc").write_text('eval "$(pyenv virtualenv-init -)"\n')
    subprocess.run(["git", "init", "-q", project], check=True)
    for shell in ("zsh", "bash", "fish"):
        before = photograph(machine.root)
        look(machine, project, ROOST_HOOK=shell, SHELL=f"/bin/{shell}")
        assert photograph(machine.root) == before
        assert list(machine.tmp.iterdir()) == []


def test_eighty_columns_and_words(machine: Sandbox) -> None:
    """C: nothing but a command, which is there to be copied, is longer than a line; each finding begins with its word."""
    (machine.home / ".bashrc").unlink()
    done = machine.roost("doctor", ROOST_HOOK="", PIP_USER="1", PYTHONPATH="/x", SHELL="/bin/bash")
    lines = done.stdout.splitlines()
    assert all(len(line) <= 80 for line in lines if "->" not in line and "/" not in line)
    assert "\x1b" not in done.stdout
    assert any(line.startswith("  problem  PIP_USER is set") for line in lines)
    assert any(line.startswith("  note     PYTHONPATH is set") for line in lines)
    assert any(line == "           -> type: unset PIP_USER" for line in lines)


def test_a_check_that_fails_keeps_no_other(machine: Sandbox, tmp_path: Path) -> None:
    """W1: it is a note; the others are made."""
    patch = tmp_path / "patched.py"
    patch.write_text(
        "import sys, roost.machine.build_tools as b\n"
        "def fail(*_): raise RecursionError('too deep')\n"
        "b.missing_programs = fail\nfrom roost.__main__ import main\nsys.exit(main())\n",
        encoding="ascii",
    )
    machine.with_pyenv()
    done = machine.run([sys.executable, patch, "doctor", "--json"], PIP_USER="1")
    found = {each["code"]: each for each in document(done)["findings"]}
    assert found["check-failed"]["level"] == "notice"
    assert "RecursionError: too deep" in found["check-failed"]["message"]
    assert "variable-set" in found
    assert done.returncode == 10


def test_an_option_that_it_does_not_know(machine: Sandbox) -> None:
    """C: exit 2 and one line."""
    done = machine.roost("doctor", "--fix")
    assert done.returncode == 2
    assert "roost doctor --help" in only_line(done)


def test_without_a_home(machine: Sandbox) -> None:
    """C: HOME unset, as in some services: the user's own directory is known all the same."""
    environ = {name: value for name, value in machine.environ.items() if name != "HOME"}
    done = subprocess.run([ROOST, "doctor", "--json"], env=environ, cwd=machine.root, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 10}
    assert "check-failed" not in {each["code"] for each in document(done)["findings"]}


def test_on_a_terminal_that_waits(machine: Sandbox) -> None:
    """C: what takes longer shows what it is looking at; the report comes after it, whole."""
    interpreter, shown = machine.fake_interpreter("3.12.1"), machine.root / "shown"
    (interpreter / "bin" / "python").write_text(f"#!/bin/sh\nuntil [ -e '{shown}' ]; do sleep 0.05; done\n")
    machine.fake_env("3.12.1", "shop")
    child = pexpect.spawn(str(ROOST), ["doctor"], env=machine.environ, cwd=str(machine.root), dimensions=(40, 100), encoding="utf-8", timeout=60)
    child.expect_exact("looking at Python 3.12.1")
    shown.touch()
    child.expect(r"\d+ problems?, \d+ notes?")
    child.expect(pexpect.EOF)
    child.close()


def test_ctrl_c(machine: Sandbox) -> None:
    """C: one line, exit 130, and what was started has ended by then."""
    interpreter, begun, typed, ended = machine.fake_interpreter("3.12.1"), *(machine.root / name for name in ("begun", "typed", "ended"))
    (interpreter / "bin" / "python").write_text(f"#!/bin/sh\n: >'{begun}'\nuntil [ -e '{typed}' ]; do sleep 0.05; done\n: >'{ended}'\n")
    machine.fake_env("3.12.1", "shop")
    process = machine.start("doctor")
    while not begun.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    typed.touch()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "roost: stopped; type: roost doctor\n")
    assert ended.exists()


def test_no_code_of_a_project_is_run(machine: Sandbox) -> None:
    """W1, S: not its .envrc, not what its git configuration names, not what lies where Python would import it."""
    trap = machine.root / "sprung"
    script = machine.root / "trap"
    script.write_text(f"#!/bin/sh\ntouch '{trap}'\n")
    script.chmod(0o755)
    project = machine.project("shop", "3.12.1", "shop-venv")
    noted_env(machine, "3.12.1", "shop-venv", project)
    subprocess.run(["git", "init", "-q", project], check=True)
    for setting in ("core.fsmonitor", "core.hooksPath", "core.pager", "core.editor", "diff.external"):
        subprocess.run(["git", "-C", project, "config", setting, str(script)], check=True)
    (project / ".envrc").write_text(f"touch '{trap}'\nlayout python\n")
    (project / "sitecustomize.py").write_text(f"open({str(trap)!r}, 'w')\n")
    for name in ("git", "python", "python3", "direnv", "roost"):
        (project / name).symlink_to(script)
    look(machine, project, PATH=f"{machine.path}:.")
    assert not trap.exists()


def test_hostile_text_is_shown_escaped(machine: Sandbox) -> None:
    """S: what files and variables hold moves no cursor."""
    (machine.home / ".bashrc").write_text(". '/tmp/\x1b[31m/roost.bash'\n")
    done = machine.roost("doctor", VIRTUAL_ENV="/no\x1b[2Jwhere", PIP_USER="\x1b[1m")
    assert "\x1b" not in done.stdout + done.stderr
    assert done.returncode == 10


def test_each_code_is_documented() -> None:
    """C."""
    text = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "src" / "roost" / "rules").glob("*findings.py"))
    codes = set(
        re.findall(r'"((?:pyenv|hook|rc|path|env|rosetta|second|modules|interpreter|build|command|file|editable|variable|virtual|roost|check)-[a-z-]+)"', text)
    )
    documented = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8").partition("\n## `roost doctor`\n")[2].partition("\n## ")[0]
    assert len(codes) > 25
    of_status = {"pyenv-version-set"}
    assert {code for code in codes if f"`{code}`" not in documented} == of_status
