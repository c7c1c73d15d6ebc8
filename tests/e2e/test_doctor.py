"""``roost doctor``: each trouble is made real, is found, and is gone after the command that doctor prints (W)."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest

from roost.machine import hooks, rc_files
from tests.support.definitions import copying, define, prepared
from tests.support.envs import half_made, lock_of, noted_env, our_kernel
from tests.support.look import assert_works, document, only_line, photograph
from tests.support.sandbox import REPOSITORY, ROOST, Sandbox, real_versions
from tests.support.shells import OpenTerminal, Shell, every_shell, terminal  # noqa: F401
from tests.support.vectors import as_user

Found = dict[str, dict[str, Any]]


@pytest.fixture
def machine(sandbox: Sandbox) -> Sandbox:
    """A user of bash, called through the hook, with roost on PATH and the hook in the rc file."""
    tools = sandbox.root / "tools"
    tools.mkdir()
    (tools / "roost").symlink_to(ROOST)
    sandbox.path = f"{tools}:{sandbox.path}"
    sandbox.extra |= {"SHELL": "/bin/bash", "ROOST_HOOK": "bash", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    (sandbox.home / ".bash_profile").write_text(". ~/.bashrc\n")
    rc_files.apply(rc_files.insertion(sandbox.home / ".bashrc", hooks.block("bash")))
    return sandbox


def _all(machine: Sandbox, cwd: Path | None = None, **extra: str) -> list[dict[str, Any]]:
    done = machine.roost("doctor", "--json", cwd=cwd, timeout=120, **extra)
    assert done.stderr == ""
    found: list[dict[str, Any]] = document(done)["findings"]
    assert done.returncode == (10 if any(each["level"] == "problem" for each in found) else 0)
    assert all(each["message"] and each["why"] and each["hint"] for each in found)
    assert "check-failed" not in {each["code"] for each in found}, found
    return found


def _found(machine: Sandbox, cwd: Path | None = None, **extra: str) -> Found:
    """What doctor finds, by code."""
    return {each["code"]: each for each in _all(machine, cwd, **extra)}


def _after(machine: Sandbox, finding: dict[str, Any], cwd: Path | None = None, **extra: str) -> set[str]:
    """The codes that are left once the finding's command has been typed in a shell."""
    command = finding["command"]
    assert command, finding
    if "roost remove" in command:
        command += " --yes"  # it asks, and here is nobody
    done = machine.run(["bash", "-c", f"{{ {command}\n}} >&2 && roost doctor --json"], cwd, 120, **extra)
    assert done.stdout, (command, done.stderr)
    return {each["code"] for each in document(done)["findings"]}


def _corrected(machine: Sandbox, code: str, cwd: Path | None = None, level: str = "problem", **extra: str) -> dict[str, Any]:
    """The finding of that code, which is there and then, by its own command, is not."""
    found = _found(machine, cwd, **extra)
    assert code in found, found
    assert found[code]["level"] == level
    assert code not in _after(machine, found[code], cwd, **extra)
    return found[code]


# --- all of it --------------------------------------------------------------------------------------------------


def test_all_is_well(machine: Sandbox, newest: str) -> None:
    """W1: a project that is ready, in a shell with the hook: exit 0, and each area is named."""
    machine.install(newest)
    machine.with_pyenv()
    project = machine.project("shop", newest, "shop-venv")
    assert machine.roost("up", cwd=project).returncode == 0
    env = machine.env(newest, "shop-venv")
    active = {"VIRTUAL_ENV": str(env), "PATH": f"{env / 'bin'}:{machine.path}"}
    assert _problems(machine, project, **active) == []
    done = machine.roost("doctor", cwd=project, timeout=120, **active)
    assert done.returncode == 0, done.stdout
    assert [line.partition(":")[0] for line in done.stdout.splitlines() if not line.startswith(" ")][:4] == ["machine", "shell", "envs", "project"]
    assert re.search(r"^0 problems, \d+ notes?$", done.stdout, re.MULTILINE)


def _problems(machine: Sandbox, cwd: Path | None = None, **extra: str) -> list[dict[str, Any]]:
    return [each for each in _all(machine, cwd, **extra) if each["level"] == "problem"]


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
        _found(machine, project, ROOST_HOOK=shell, SHELL=f"/bin/{shell}")
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
    interpreter = machine.fake_interpreter("3.12.1")
    (interpreter / "bin" / "python").write_text("#!/bin/sh\nsleep 2\n")
    machine.fake_env("3.12.1", "shop")
    child = pexpect.spawn(str(ROOST), ["doctor"], env=machine.environ, cwd=str(machine.root), dimensions=(40, 100), encoding="utf-8", timeout=60)
    child.expect_exact("looking at Python 3.12.1")
    child.expect(r"\d+ problems?, \d+ notes?")
    child.expect(pexpect.EOF)
    child.close()


def test_ctrl_c(machine: Sandbox) -> None:
    """C: one line, exit 130, and what was started has ended by then."""
    interpreter, begun, ended = machine.fake_interpreter("3.12.1"), machine.root / "begun", machine.root / "ended"
    (interpreter / "bin" / "python").write_text(f"#!/bin/sh\n: >'{begun}'\nsleep 2\n: >'{ended}'\n")
    machine.fake_env("3.12.1", "shop")
    process = machine.start("doctor")
    while not begun.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
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
    _found(machine, project, PATH=f"{machine.path}:.")
    assert not trap.exists()


def test_hostile_text_is_shown_escaped(machine: Sandbox) -> None:
    """S: what files and variables hold moves no cursor."""
    (machine.home / ".bashrc").write_text(". '/tmp/\x1b[31m/roost.bash'\n")
    done = machine.roost("doctor", VIRTUAL_ENV="/no\x1b[2Jwhere", PIP_USER="\x1b[1m")
    assert "\x1b" not in done.stdout + done.stderr
    assert done.returncode == 10


# --- the hook (W2) ----------------------------------------------------------------------------------------------


def test_not_loaded_in_this_shell(sandbox: Sandbox, every_shell: Shell, terminal: OpenTerminal) -> None:  # noqa: F811
    """W2: found in a shell without it, put there by the command, and gone in the next shell."""
    (sandbox.home / ".bash_profile").write_text(". ~/.bashrc\n")
    kind = every_shell.kind
    session = terminal(sandbox.home, load="none")
    shown = session.run(f"{ROOST} doctor")
    assert f"the hook is not loaded in {kind}\n" in shown
    assert f"-> type: roost setup {kind}\n" in shown
    session.run(f"{ROOST} setup {kind}")
    later = " ".join(session.run(f"{ROOST} doctor").split())
    assert f"the hook is not loaded in this {kind}, although" in later
    assert f"-> type: exec {kind} " in later
    session.run(f"exec {every_shell.path}")
    last = session.run("roost doctor")
    assert "shell: nothing found" in last, last


@pytest.mark.parametrize(
    ("shell", "file", "kind"),
    [("zsh", ".zprofile", "non-login"), ("zsh", ".zlogin", "non-login"), ("bash", ".bash_profile", "non-login"), ("bash", ".bashrc", "login")],
)
def test_in_a_file_that_another_kind_of_shell_skips(machine: Sandbox, shell: str, file: str, kind: str) -> None:
    """W2: put right by setup, for both kinds."""
    for name in (".bashrc", ".bash_profile"):
        (machine.home / name).write_text("# mine\n")
    rc_files.apply(rc_files.insertion(machine.home / file, hooks.block(shell)))
    finding = _corrected(machine, "hook-skipped", ROOST_HOOK=shell)
    assert f"a {kind} {shell} does not read" in finding["message"]
    assert finding["command"] == f"roost setup {shell}"
    words = {"login": ["-l"], "non-login": []}[kind]
    done = machine.run([shell, *words, "-i", "-c", "typeset -f _roost_look >/dev/null && echo loaded"])
    assert "loaded" in done.stdout


def test_no_login_file_at_all(machine: Sandbox) -> None:
    """W2: on Linux, where setup makes none, a note with the line that does."""
    (machine.home / ".bash_profile").unlink()
    if sys.platform == "linux":
        _corrected(machine, "hook-skipped", level="notice")


def test_the_directory_that_zsh_reads(machine: Sandbox) -> None:
    """W2, T4: a .zshenv moves it, unexported; the block in the home directory is read by nobody."""
    dots = machine.home / "dots"
    dots.mkdir()
    (machine.home / ".zshenv").write_text(f"ZDOTDIR={dots}\n")
    rc_files.apply(rc_files.insertion(machine.home / ".zshrc", hooks.block("zsh")))
    machine.extra |= {"SHELL": "/bin/zsh", "ROOST_HOOK": ""}
    found = machine.run(["zsh", "-f", "-c", "roost doctor --json; :"])
    finding = {each["code"]: each for each in document(found)["findings"]}["hook-missing"]
    assert f"it is in {machine.home / '.zshrc'}, which this zsh does not read" in finding["message"]
    assert "hook-missing" not in _after(machine, finding)


def test_loaded_twice(machine: Sandbox) -> None:
    """W2: the line beside the block goes."""
    with (machine.home / ".bashrc").open("a") as file:
        file.write(f'eval "$({ROOST} hook bash)"\n')
    finding = _corrected(machine, "hook-twice", level="notice")
    assert finding["file"] == str(machine.home / ".bashrc")
    assert rc_files.has_block(machine.home / ".bashrc")
    assert (machine.home / ".bashrc.bak").exists()


@pytest.mark.parametrize(("code", "there"), [("hook-gone", False), ("hook-other", True)])
def test_of_another_roost(machine: Sandbox, code: str, there: bool) -> None:
    """W2: roost has moved, or two are installed; setup writes the block again."""
    other = machine.root / "other" / "roost.bash"
    if there:
        shutil.copytree(REPOSITORY / "shell", other.parent)
        other.write_text("# an older one\n")
    rc = machine.home / ".bashrc"
    rc.write_bytes(rc.read_bytes().replace(os.fsencode(hooks.hook_file("bash")), os.fsencode(other)))
    assert _corrected(machine, code)["command"] == "roost setup bash"


def test_a_copy_of_the_same_hook_is_the_same(machine: Sandbox) -> None:
    """W2: as a plugin manager has it."""
    shutil.copytree(REPOSITORY / "shell", machine.root / "plugin")
    (machine.home / ".bashrc").write_text(f". {machine.root}/plugin/roost.bash\n")
    assert [code for code in _found(machine) if code.startswith("hook")] == []


def test_it_may_end_before_the_block(machine: Sandbox) -> None:
    """W2: which line that is."""
    rc = machine.home / ".bashrc"
    rc.write_bytes(b"true && return\n" + rc.read_bytes())
    found = {each["code"]: each for each in document(machine.run(["bash", "--norc", "-c", "roost doctor --json; :"], ROOST_HOOK=""))["findings"]}
    assert f"line 1 of {rc}" in found["hook-not-reached"]["message"]
    rc.write_bytes(rc.read_bytes().partition(b"\n")[2])
    found = {each["code"]: each for each in document(machine.run(["bash", "--norc", "-c", "roost doctor --json; :"], ROOST_HOOK=""))["findings"]}
    assert "hook-not-reached" not in found


def test_another_roost_on_path(machine: Sandbox) -> None:
    """W2."""
    other = machine.root / "elsewhere" / "roost"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    found = _found(machine, PATH=f"{other.parent}:{machine.path}")
    assert found["roost-elsewhere"]["file"] == str(other)
    other.unlink()
    assert "roost-elsewhere" not in _found(machine, PATH=f"{other.parent}:{machine.path}")


def test_switched_off(machine: Sandbox) -> None:
    """W2."""
    _corrected(machine, "hook-disabled", level="notice", ROOST_DISABLE="1")


def test_a_dangling_rc_file(machine: Sandbox) -> None:
    """W2, T10."""
    (machine.home / ".bashrc").unlink()
    (machine.home / ".bashrc").symlink_to("/not/mounted/bashrc")
    finding = _corrected(machine, "rc-dangling")
    assert "/not/mounted/bashrc, which leads nowhere" in finding["message"]
    assert machine.roost("setup", "bash").returncode == 0


def _as_user(machine: Sandbox, line: str, **extra: str) -> Found:
    done = machine.run(as_user(["bash", "--norc", "-c", line]), None, 120, **extra)
    return {each["code"]: each for each in document(done)["findings"]}


def test_an_rc_file_that_cannot_be_read(machine: Sandbox) -> None:
    """W2: found, and the other checks go on."""
    (machine.home / ".bashrc").chmod(0)
    found = _as_user(machine, "roost doctor --json", PIP_USER="1")
    assert {"rc-unreadable", "variable-set"} <= found.keys()
    assert "check-failed" not in found
    assert "rc-unreadable" not in _as_user(machine, f"{found['rc-unreadable']['command']} && roost doctor --json")


@pytest.mark.parametrize("shell", ["zsh", "bash", "fish"])
def test_what_is_no_file(machine: Sandbox, shell: str) -> None:
    """W1, F1: a FIFO, a directory, a loop of links and a file that is no text, instead of start-up files: doctor ends, and says something."""
    rc = machine.home / {"zsh": ".zshrc", "bash": ".bashrc", "fish": ".config/fish/conf.d/roost.fish"}[shell]
    rc.parent.mkdir(parents=True, exist_ok=True)

    def fifo() -> None:
        os.mkfifo(rc)

    def loop() -> None:
        rc.symlink_to(rc)

    def noise() -> None:
        rc.write_bytes(bytes(range(256)) * 4000)

    for make in (fifo, rc.mkdir, loop, noise):
        rc.unlink(missing_ok=True)
        make()
        _found(machine, ROOST_HOOK=shell)
        if rc.is_dir():
            rc.rmdir()


def test_an_rc_file_that_cannot_be_changed(machine: Sandbox) -> None:
    """W2, T15: a link into a store that is read-only."""
    store = machine.root / "store"
    store.mkdir()
    (machine.home / ".bashrc").rename(store / "bashrc")
    (machine.home / ".bashrc").symlink_to(store / "bashrc")
    store.chmod(0o555)
    try:
        found = _as_user(machine, "roost doctor --json")
        assert str(store) in found["rc-locked"]["message"]
        assert "rc-locked" not in _as_user(machine, f"{found['rc-locked']['command']} && roost doctor --json")
    finally:
        store.chmod(0o755)


# --- what works against it (W3) ---------------------------------------------------------------------------------

_ARTICLE = (REPOSITORY / "benchmarks" / "article.sh").read_text()
_ACTIVATORS = {
    "virtualenv-init": ("bash", 'eval "$(pyenv virtualenv-init -)"\n', "pyenv virtualenv-init"),
    "virtualenv-init on one line": (
        "zsh",
        'if which pyenv-virtualenv-init > /dev/null; then eval "$(pyenv virtualenv-init -)"; fi\n',
        "pyenv virtualenv-init",
    ),
    "virtualenv-init in a block": (
        "zsh",
        'if command -v pyenv >/dev/null; then\n  eval "$(pyenv virtualenv-init - zsh)"  # slow\nfi\n',
        "pyenv virtualenv-init",
    ),
    "virtualenv-init in fish": ("fish", "status is-interactive; and pyenv virtualenv-init - | source\n", "pyenv virtualenv-init"),
    "autoswitch by antigen": ("zsh", "antigen() { :; }\nantigen bundle MichaelAquilina/zsh-autoswitch-virtualenv\n", "zsh-autoswitch-virtualenv"),
    "autoswitch in a list": ("zsh", "plugins=(git autoswitch_virtualenv docker)\n", "zsh-autoswitch-virtualenv"),
    "autoswitch in a long list": ("zsh", "plugins=(\n  git\n  autoswitch_virtualenv\n)\n", "zsh-autoswitch-virtualenv"),
    "autoenv": ("bash", "[ -r ~/.autoenv/activate.sh ] && source ~/.autoenv/activate.sh\n", "autoenv"),
    "oh-my-zsh": ("zsh", "export PYTHON_AUTO_VRUN=true\n", "python plugin"),
    "the article's script": ("bash", _ARTICLE, "a function cd that turns envs on"),
    "the article's script in zsh": ("zsh", _ARTICLE, "a function cd that turns envs on"),
    "an alias": ("bash", 'go() { builtin cd "$@"; pyenv versions; }\nalias cd=go\n', "an alias cd that turns envs on"),
    "cd in fish": ("fish", "function cd\n  builtin cd $argv; and pyenv versions\nend\n", "a function cd that turns envs on"),
}


@pytest.mark.parametrize("name", _ACTIVATORS)
def test_a_second_activator(machine: Sandbox, name: str) -> None:
    """W3: which line it is; the command takes it out, keeps the file beside it, and leaves one that the shell can read."""
    shell, text, what = _ACTIVATORS[name]
    rc = machine.home / {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}[shell]
    rc.parent.mkdir(parents=True, exist_ok=True)
    rc.write_text(f"# mine\n{text}echo mine\n")
    rc_files.apply(rc_files.insertion(rc, hooks.block(shell)))
    before = rc.read_bytes()
    finding = _corrected(machine, "second-activator", ROOST_HOOK=shell, SHELL=f"/bin/{shell}")
    assert what in finding["message"]
    assert finding["file"] == str(rc)
    assert rc.with_name(f"{rc.name}.bak").read_bytes() == before
    assert machine.run([shell, "-n", rc]).returncode == 0
    assert "mine" in machine.run([shell, rc]).stdout


def test_a_second_activator_behind_a_link_and_a_source_line(machine: Sandbox) -> None:
    """W3: in a file that the rc file sources, which is a link into a repository of dotfiles; the link stays."""
    dotfiles = machine.root / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "python.sh").write_text('eval "$(pyenv virtualenv-init -)"\n')
    (machine.home / ".python.sh").symlink_to(dotfiles / "python.sh")
    with (machine.home / ".bashrc").open("a") as file:
        file.write('[ -f "$HOME/.python.sh" ] && . "$HOME/.python.sh"\n')
    assert _corrected(machine, "second-activator")["file"] == str(dotfiles / "python.sh")
    assert (machine.home / ".python.sh").is_symlink()


@pytest.mark.parametrize(
    "text",
    [
        '# eval "$(pyenv virtualenv-init -)"\n',
        "alias cdp='cd ~/projects'\n",
        'cd() { builtin cd "$@" && ls; }\n',
        "alias py='pyenv versions'\n",
        'eval "$(direnv hook bash)"\n',
        'eval "$(pyenv init -)"\n',
        ". ~/.bashrc\n",  # itself
    ],
)
def test_what_is_no_second_activator(machine: Sandbox, text: str) -> None:
    """W3."""
    with (machine.home / ".bashrc").open("a") as file:
        file.write(text)
    assert "second-activator" not in _found(machine)


def test_an_activator_that_only_this_shell_knows_of(machine: Sandbox) -> None:
    """W3: pyenv-virtualenv's own variable tells it; a file that the rc file names in its own way is not found."""
    found = _found(machine, PYENV_VIRTUALENV_INIT="1")
    assert "pyenv virtualenv-init was started" in found["second-activator-here"]["message"]
    assert found["second-activator-here"]["level"] == "notice"


def test_direnv_in_the_project(machine: Sandbox) -> None:
    """W3: found only where there is a direnv; its line goes."""
    project = machine.project("shop", "3.12.1", "shop-venv")
    (project / "src").mkdir()
    (project / ".envrc").write_text("export A=1\nlayout python3\n")
    _stand_in(machine, "direnv", "")
    finding = _corrected(machine, "second-activator", cwd=project / "src")
    assert finding["area"] == "project"
    assert (project / ".envrc").read_text() == "export A=1\n: # layout python3\n"
    assert "direnv allow" not in str(finding)  # the rest may be a stranger's


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [("PIP_USER", "1", "problem"), ("PIP_TARGET", "/x", "problem"), ("PYTHONPATH", "/x", "notice"), ("PIP_REQUIRE_VIRTUALENV", "true", "notice")],
)
def test_a_variable(machine: Sandbox, name: str, value: str, level: str) -> None:
    """W3: in this shell alone, and set by an rc file."""
    assert _corrected(machine, "variable-set", None, level, **{name: value})["command"] == f"unset {name}"
    with (machine.home / ".bashrc").open("a") as file:
        file.write(f"export {name}={value}\n")
    finding = _corrected(machine, "variable-set", None, level, **{name: value})
    assert finding["file"] == str(machine.home / ".bashrc")
    fish = _found(machine, None, ROOST_HOOK="fish", **{name: value})["variable-set"]
    assert fish["command"] == f"set -e {name}"


def test_pythonhome(machine: Sandbox) -> None:
    """W3: the hook's function keeps it from roost, so it is read out of the rc file."""
    with (machine.home / ".bashrc").open("a") as file:
        file.write("export PYTHONHOME=/usr/lib/python3\n")
    assert "PYTHONHOME is set by line" in _corrected(machine, "variable-set", PYTHONHOME="")["message"]


@pytest.mark.parametrize("value", ["0", "false", "no", ""])
def test_a_variable_that_is_off(machine: Sandbox, value: str) -> None:
    """W3: to pip, these are no."""
    assert "variable-set" not in _found(machine, PIP_USER=value, PIP_REQUIRE_VIRTUALENV=value)


@pytest.mark.parametrize("loaded", [True, False])
def test_shims_before_the_env(machine: Sandbox, loaded: bool) -> None:
    """W3: which directory it is; another one that has no Python does not matter."""
    env = machine.fake_env("3.12.1", "shop")
    shims = machine.pyenv_root / "shims"
    shims.mkdir()
    (shims / "python").write_text("#!/bin/sh\n")
    (shims / "python").chmod(0o755)
    empty = machine.root / "empty"
    empty.mkdir()
    path = f"{empty}:{shims}:{env / 'bin'}:{machine.path}"
    found = _found(machine, PATH=path, VIRTUAL_ENV=str(env), ROOST_HOOK="bash" if loaded else "")
    assert "pyenv's shims stand before the active env" in found["path-order"]["message"]
    assert found["path-order"]["file"] == str(shims)
    if loaded:
        assert found["path-order"]["command"] == "roost activate"
    else:
        assert "path-order" not in _after(machine, found["path-order"], PATH=path, VIRTUAL_ENV=str(env))
    assert "path-order" not in _found(machine, PATH=f"{empty}:{env / 'bin'}:{shims}:{machine.path}", VIRTUAL_ENV=str(env))


def test_shims_before_the_env_in_a_shell(sandbox: Sandbox, every_shell: Shell, terminal: OpenTerminal, newest: str) -> None:  # noqa: F811
    """W3, H8: in one line, before the hook's next turn; `roost activate` puts it right."""
    sandbox.fake_env("3.12.1", "shop")
    project = sandbox.project("shop", "3.12.1", "shop")
    shims = sandbox.pyenv_root / "shims"
    shims.mkdir()
    (shims / "python3").symlink_to("/bin/sh")
    session = terminal(project)
    first = f"set -gx PATH {shims} $PATH" if every_shell.kind == "fish" else f"PATH={shims}:$PATH"
    assert "pyenv's shims stand before the active env" in session.run(f"{first}; roost doctor")
    assert "pyenv's shims" not in session.run(f"{first}; roost activate; roost doctor")


def test_an_env_that_is_gone_is_active(machine: Sandbox) -> None:
    """W3."""
    _corrected(machine, "virtual-env-gone", VIRTUAL_ENV=str(machine.root / "gone"))


# --- the machine (W4) -------------------------------------------------------------------------------------------


def test_a_pyenv_lock(machine: Sandbox) -> None:
    """W4: an old one; a pyenv that is at work now has one too."""
    lock = machine.pyenv_root / "shims" / ".pyenv-shim"
    lock.parent.mkdir()
    lock.touch()
    assert "pyenv-lock" not in _found(machine)
    os.utime(lock, (time.time() - 100, time.time() - 100))
    assert _corrected(machine, "pyenv-lock")["file"] == str(lock)


def test_no_pyenv(machine: Sandbox) -> None:
    """W4: a note; with Homebrew its command, without a directory of that name git's."""
    machine.versions.rmdir()
    machine.pyenv_root.rmdir()
    found = _found(machine)
    assert found["pyenv-missing"]["command"] == f"git clone https://github.com/pyenv/pyenv {machine.pyenv_root}"
    assert found["pyenv-missing"]["level"] == "notice"
    machine.pyenv_root.mkdir()
    machine.with_pyenv()
    assert "pyenv-missing" not in _found(machine)


def test_pyenv_that_is_a_function(machine: Sandbox) -> None:
    """W4: lazily loaded, it is not on PATH."""
    path = machine.path
    machine.with_pyenv()
    machine.path = path
    _corrected(machine, "pyenv-not-on-path", level="notice")


def test_pyenv_root_that_is_a_file(machine: Sandbox) -> None:
    """W4: one line about it, and the rest is looked at."""
    place = machine.root / "file"
    place.touch()
    (machine.home / ".pyenv").mkdir()
    finding = _corrected(machine, "pyenv-root-invalid", PYENV_ROOT=str(place))
    assert finding["file"] == str(place)
    done = machine.roost("doctor", PYENV_ROOT="relative")
    assert done.returncode == 2
    assert "unset PYENV_ROOT" in only_line(done)


@pytest.mark.parametrize("place", ["pyenv", "elsewhere"])
def test_a_pyenv_that_is_too_old(machine: Sandbox, place: str) -> None:
    """W4: for the version that is asked; where it was cloned to, which need not be PYENV_ROOT, it is pulled."""
    machine.with_pyenv()
    upstream, clone = machine.root / "upstream", machine.root / place
    git = ("git", "-c", "user.name=x", "-c", "user.email=x@x", "-C", upstream)
    machine.pyenv_root.rename(upstream)
    shutil.rmtree(upstream / "versions")
    subprocess.run(["git", "init", "-q", upstream], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "last year"], check=True)
    subprocess.run(["git", "clone", "-q", upstream, clone], check=True)
    machine.versions.mkdir(parents=True)
    machine.path = f"{clone / 'bin'}:{machine.path}"
    (upstream / "plugins" / "python-build" / "share" / "python-build" / "3.99.1").write_text("false\n")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "this year"], check=True)
    project = machine.project("shop", "3.99", "shop-venv")
    finding = _corrected(machine, "version-unknown", cwd=project)
    assert finding["message"] == "pyenv knows no Python 3.99"
    assert finding["command"] == f"git -C {clone} pull"
    assert _found(machine, project)["interpreter-missing"]["command"] == "roost up"


def _stand_in(machine: Sandbox, name: str, script: str) -> None:
    """A program of that name, first on PATH."""
    (machine.root / "tools" / name).write_text(f"#!/bin/sh\n{script}\n")
    (machine.root / "tools" / name).chmod(0o755)


def test_modules_that_are_missing(machine: Sandbox, newest: str) -> None:
    """W4: a build without OpenSSL and SQLite; after the packages it is built again."""
    tree = prepared(machine, newest)
    machine.with_pyenv()
    define(machine, newest, f'rm -rf "$PREFIX_PATH/bin" "$PREFIX_PATH/lib" "$PREFIX_PATH/include" "$PREFIX_PATH/share"\n{copying(tree)}')
    prefix = machine.install(newest)
    for part in prefix.glob("lib/python*/lib-dynload/_s[sq]*l*"):
        part.unlink()
    project = machine.project("shop", newest, "shop-venv")
    assert machine.roost("up", cwd=project).returncode == 0
    manager, packages = ("brew", ["openssl@3", "sqlite"]) if sys.platform == "darwin" else ("apt-get", ["libssl-dev", "libsqlite3-dev"])
    _stand_in(machine, manager, f'echo "$@" >"{machine.root}/installed"')
    _stand_in(machine, "sudo", 'exec "$@"')
    finding = _corrected(machine, "modules-missing")
    assert f"Python {newest} has no ssl, sqlite3" in finding["message"]
    assert (machine.root / "installed").read_text().split() == ["install", *packages]
    assert_works(machine.env(newest, "shop-venv"))


def test_an_old_python_is_whole(machine: Sandbox) -> None:
    """W4: the oldest that this machine has; a 2.7 never had an lzma."""
    oldest = real_versions()[0]
    machine.install(oldest)
    machine.fake_env(oldest, "old")
    assert _problems(machine) == []


def test_an_interpreter_that_does_not_run(machine: Sandbox, newest: str) -> None:
    """W4: only one that has an env, or that the project uses, is started."""
    machine.fake_interpreter("3.12.99")
    assert "interpreter-broken" not in _found(machine)
    machine.fake_env("3.12.99", "shop")
    finding = _found(machine)["interpreter-broken"]
    assert finding["command"] == "pyenv install --force 3.12.99"
    machine.with_pyenv()
    define(machine, "3.12.99", copying(prepared(machine, newest)))
    assert "interpreter-broken" not in _after(machine, finding)


def test_what_a_build_would_lack(machine: Sandbox) -> None:
    """W4: by the names of this system's packages, in one command; here on a PATH that has no compiler and no make."""
    machine.with_pyenv()
    for name in ("apt-get", "tar", "xz", "bzip2", "patch"):
        _stand_in(machine, name, "")
    path = f"{machine.pyenv_root / 'bin'}:{machine.root / 'tools'}"
    found = _found(machine, PATH=path)
    if sys.platform == "darwin":
        assert found["command-line-tools"]["command"] == "xcode-select --install"
        return
    assert found["build-prerequisites"]["level"] == "notice"
    assert "apt-get install build-essential make" in found["build-prerequisites"]["command"]
    for name in ("cc", "make"):
        _stand_in(machine, name, "")
    assert "build-essential" not in str(_found(machine, PATH=path).get("build-prerequisites"))


# --- envs (W5) --------------------------------------------------------------------------------------------------


@pytest.fixture
def made(machine: Sandbox, newest: str) -> Path:
    """A project whose env is made; its interpreter is real."""
    machine.install(newest)
    project = machine.project("shop", newest, "shop-venv")
    assert machine.roost("up", cwd=project).returncode == 0
    assert [code for code in _found(machine) if code.startswith("env")] == []
    return project


def test_an_env_that_is_broken(machine: Sandbox, made: Path, newest: str) -> None:
    """W5: its Python is gone; with its project, from wherever doctor is typed."""
    python = machine.env(newest, "shop-venv") / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    finding = _corrected(machine, "env-broken")
    assert finding["command"] == f"roost up --recreate {made}"
    assert_works(machine.env(newest, "shop-venv"))


def test_an_env_that_is_broken_and_nobodys(machine: Sandbox, newest: str) -> None:
    """W5: without a project it can only go, and doctor says what else one could do."""
    prefix = machine.fake_env(newest, "theirs")
    (prefix / "bin" / "python").unlink()
    (prefix / "bin" / "python").symlink_to("/nowhere/python")
    finding = _corrected(machine, "env-broken")
    assert finding["command"] == f"roost remove --force {prefix}"
    assert "roost up --recreate" in finding["advice"]


def test_an_env_that_was_moved(machine: Sandbox, made: Path, newest: str) -> None:
    """W5: with the whole PYENV_ROOT, as when a home directory is renamed."""
    moved = machine.root / "moved"
    machine.pyenv_root.rename(moved)
    machine.pyenv_root, machine.versions = moved, moved / "versions"
    finding = _corrected(machine, "env-broken", PYENV_ROOT=str(moved))
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
        "venv": [interpreter, "-m", "venv", original],
        "uv": [Path(sys.executable).with_name("uv"), "venv", "-q", "--python", interpreter, original],
    }
    assert machine.run(make[maker], project).returncode == 0
    assert "env-moved" not in _found(machine)
    shutil.copytree(original, copy, symlinks=True)
    assert f"written for {original}" in _corrected(machine, "env-moved")["message"]


def test_two_spellings_of_one_place_are_no_move(machine: Sandbox, made: Path) -> None:
    """W5: PYENV_ROOT through a link."""
    link = machine.root / "link"
    link.symlink_to(machine.pyenv_root)
    assert "env-moved" not in _found(machine, PYENV_ROOT=str(link))


def test_an_env_of_another_interpreter(machine: Sandbox, newest: str, second: str) -> None:
    """W5: another version than its directory says."""
    machine.install(newest)
    other = machine.install(second)
    project = machine.project("shop", newest, "shop-venv")
    prefix = machine.env(newest, "shop-venv")
    assert machine.run([other / "bin" / "python", "-m", "venv", prefix]).returncode == 0
    finding = _corrected(machine, "env-other-interpreter", cwd=project)
    assert f"its Python is {second}" in finding["message"]
    assert f"version = {newest}" in (prefix / "pyvenv.cfg").read_text()


def test_an_env_of_the_same_version_from_elsewhere(machine: Sandbox, newest: str) -> None:
    """W5: as from Homebrew's or the system's, which goes away with an upgrade."""
    machine.install(newest)
    elsewhere = prepared(machine, newest)
    project = machine.project("shop", newest, "shop-venv")
    assert machine.run([elsewhere / "bin" / "python", "-m", "venv", machine.env(newest, "shop-venv")]).returncode == 0
    assert str(elsewhere) in _corrected(machine, "env-other-interpreter", cwd=project)["message"]


def test_an_env_that_is_half_made(machine: Sandbox) -> None:
    """W5: one that nobody is making."""
    from filelock import FileLock

    half = half_made(machine.env("3.12.1", "half"))
    with FileLock(lock_of(half)):
        assert "env-incomplete" not in _found(machine)
    _corrected(machine, "env-incomplete")
    assert not half.exists()


def test_two_projects_on_one_env(machine: Sandbox, made: Path, newest: str) -> None:
    """W5: the second gets its own; the first keeps it."""
    other = machine.project("zoo", newest, "shop-venv")
    assert machine.roost("up", cwd=other).returncode == 0
    finding = _corrected(machine, "env-shared", level="notice")
    assert str(made) in finding["message"]
    assert (other / ".python-virtualenv").read_text() == "zoo\n"
    assert_works(machine.env(newest, "zoo"))
    assert (made / ".python-virtualenv").read_text() == "shop-venv\n"


def test_two_names_of_one_project(machine: Sandbox, made: Path) -> None:
    """W5: a link to the project makes no second one."""
    link = machine.root / "link"
    link.symlink_to(made)
    assert machine.roost("up", cwd=link).returncode == 0
    assert "env-shared" not in _found(machine, link)


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
    assert "editable-elsewhere" not in _found(machine, made)
    assert machine.roost("up", cwd=feature).returncode == 0
    finding = _corrected(machine, "editable-elsewhere", cwd=feature)
    assert f"shop is imported from another worktree: {made}" in finding["message"]
    assert (feature / ".python-virtualenv").read_text() == "feature\n"


def test_kernels_that_cannot_start(machine: Sandbox) -> None:
    """W5: ours by a problem, somebody else's by a note; each goes by its command."""
    machine.extra["JUPYTER_DATA_DIR"] = str(machine.root / "jupyter")
    kernels = machine.root / "jupyter" / "kernels"
    machine.fake_interpreter("3.12.1")
    our_kernel(kernels, "gone", machine.env("3.12.1", "gone"))
    assert "roost kernel prune --yes" in _corrected(machine, "kernel-stale")["command"]
    foreign = kernels / "theirs"
    foreign.mkdir()
    (foreign / "kernel.json").write_text(json.dumps({"argv": ["/gone/away/bin/python"], "display_name": "x"}))
    _corrected(machine, "kernel-stale", level="notice")
    foreign.mkdir()
    (foreign / "kernel.json").write_text("{")
    _corrected(machine, "kernel-broken", level="notice")


def test_a_kernel_of_a_disk_that_is_not_mounted(machine: Sandbox) -> None:
    """W5, J53: a note, and nothing to remove it with."""
    machine.extra["JUPYTER_DATA_DIR"] = str(machine.root / "jupyter")
    our_kernel(machine.root / "jupyter" / "kernels", "away", Path("/not/mounted/versions/3.12.1/envs/away"))
    found = _found(machine)["kernel-stale"]
    assert (found["level"], found["command"]) == ("notice", "")


# --- the project (W7) -------------------------------------------------------------------------------------------


def test_an_env_that_is_missing(machine: Sandbox, newest: str) -> None:
    """W7: the words and the command of ``roost status``."""
    machine.install(newest)
    project = machine.project("shop", newest, "shop-venv")
    finding = _corrected(machine, "env-missing", cwd=project)
    assert finding["message"] == "the env shop-venv is not there yet"
    assert (finding["area"], finding["command"]) == ("project", "roost up")


def test_a_file_that_is_invalid(machine: Sandbox) -> None:
    """W7."""
    project = machine.project("shop", ">=3", "shop-venv")
    assert {each["area"] for each in _problems(machine, project)} == {"project"}


_IGNORING: dict[str, Callable[[Path], object]] = {
    "the project's .gitignore": lambda project: (project / ".gitignore").write_text(".python-version"),
    "a pattern": lambda project: (project / ".gitignore").write_text(".python-*\n"),
    "the repository's own list": lambda project: (project / ".git" / "info" / "exclude").write_text(".python-version\n"),
}


@pytest.mark.parametrize("name", _IGNORING)
def test_a_file_that_git_ignores(machine: Sandbox, newest: str, name: str) -> None:
    """W7: the rule's place, and a line that keeps the file in."""
    project = machine.project("shop", newest, "shop-venv")
    subprocess.run(["git", "init", "-q", project], check=True)
    _IGNORING[name](project)
    while "file-ignored" in (found := _found(machine, project)):
        finding = found["file-ignored"]
        before = {each["file"] for each in _all(machine, project) if each["code"] == "file-ignored"}
        _after(machine, finding, project)
        after = {each["file"] for each in _all(machine, project) if each["code"] == "file-ignored"}
        assert after == before - {finding["file"]}
    assert machine.run(["git", "-C", project, "add", ".python-version", ".python-virtualenv"]).returncode == 0


def test_a_version_file_above_the_project(machine: Sandbox) -> None:
    """W7, F11: at the top of the repository it counts, above the repository it does not."""
    package = machine.project("mono/shop", None, "shop-venv")
    top = machine.project("mono", "3.12.1", None)
    (machine.root / ".python-version").write_text("3.12.1\n")
    for place in (machine.root, top):
        subprocess.run(["git", "init", "-q", place], check=True)
        (place / ".gitignore").write_text(".python-version\n")
    assert _corrected(machine, "file-ignored", cwd=package)["file"] == str(top / ".python-version")
    (top / ".python-version").unlink()
    assert "file-ignored" not in _found(machine, package)


def test_what_git_ignores_on_purpose(machine: Sandbox, newest: str) -> None:
    """W7: a whole directory; a file that is tracked all the same; no git at all."""
    project = machine.project("shop", newest, "shop-venv")
    subprocess.run(["git", "init", "-q", machine.root], check=True)
    (machine.root / ".gitignore").write_text("/shop/\n")
    assert "file-ignored" not in _found(machine, project)
    (machine.root / ".gitignore").write_text(".python-version\n.python-virtualenv\n")
    assert "file-ignored" in _found(machine, project)
    subprocess.run(["git", "-C", machine.root, "add", "-f", project / ".python-version", project / ".python-virtualenv"], check=True)
    assert "file-ignored" not in _found(machine, project)
    assert "file-ignored" not in _found(machine, project, PATH=str(machine.root / "tools"))


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
