"""The hook: not loaded, loaded twice or by another roost, or in a file that cannot be read (W2)."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from roost.machine import hooks, rc_files
from tests.support.checkup import Found, codes_after, corrected, look
from tests.support.look import document
from tests.support.sandbox import BIN, REPOSITORY, ROOST, Sandbox
from tests.support.shells import PROMPTS, OpenTerminal, Shell
from tests.support.vectors import as_user
from tests.support.wheels import write_wheel


def test_not_loaded_in_this_shell(sandbox: Sandbox, every_shell: Shell, terminal: OpenTerminal) -> None:
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
    assert "shell: nothing to report" in last, last


@pytest.mark.parametrize(
    ("shell", "file", "kind"),
    [("zsh", ".zprofile", "non-login"), ("zsh", ".zlogin", "non-login"), ("bash", ".bash_profile", "non-login"), ("bash", ".bashrc", "login")],
)
def test_in_a_file_that_another_kind_of_shell_skips(machine: Sandbox, shell: str, file: str, kind: str) -> None:
    """W2: put right by setup, for both kinds."""
    for name in (".bashrc", ".bash_profile"):
        (machine.home / name).write_text("# mine\n")
    rc_files.apply(rc_files.insertion(machine.home / file, hooks.block(shell)))
    finding = corrected(machine, "hook-skipped", ROOST_HOOK=shell)
    assert f"a {kind} {shell} does not read" in finding["message"]
    assert finding["command"] == f"roost setup {shell}"
    words = {"login": ["-l"], "non-login": []}[kind]
    done = machine.run([shell, *words, "-i", "-c", "typeset -f _roost_look >/dev/null && echo loaded"])
    assert "loaded" in done.stdout


def test_no_login_file_at_all(machine: Sandbox) -> None:
    """W2: on Linux, where setup makes none, a note with the line that does."""
    (machine.home / ".bash_profile").unlink()
    if sys.platform == "linux":
        corrected(machine, "hook-skipped", level="notice")


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
    assert "hook-missing" not in codes_after(machine, finding)


def test_loaded_twice(machine: Sandbox) -> None:
    """W2: the line beside the block goes."""
    with (machine.home / ".bashrc").open("a") as file:
        file.write(f'eval "$({ROOST} hook bash)"\n')
    finding = corrected(machine, "hook-twice", level="notice")
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
    assert corrected(machine, code)["command"] == "roost setup bash"


def test_a_copy_of_the_same_hook_is_the_same(machine: Sandbox) -> None:
    """W2: as a plugin manager has it."""
    shutil.copytree(REPOSITORY / "shell", machine.root / "plugin")
    (machine.home / ".bashrc").write_text(f". {machine.root}/plugin/roost.bash\n")
    assert [code for code in look(machine) if code.startswith("hook")] == []


def test_it_may_end_before_the_block(machine: Sandbox) -> None:
    """W2: which line that is."""
    rc = machine.home / ".bashrc"
    rc.write_bytes(b"true && return\n" + rc.read_bytes())
    found = {each["code"]: each for each in document(machine.run(["bash", "--norc", "-c", "roost doctor --json; :"], ROOST_HOOK=""))["findings"]}
    assert f"line 1 of {rc}" in found["hook-not-reached"]["message"]
    rc.write_bytes(rc.read_bytes().partition(b"\n")[2])
    found = {each["code"]: each for each in document(machine.run(["bash", "--norc", "-c", "roost doctor --json; :"], ROOST_HOOK=""))["findings"]}
    assert "hook-not-reached" not in found


def test_moved_up_as_it_says(sandbox: Sandbox, every_shell: Shell, terminal: OpenTerminal) -> None:
    """W2: the file ends before the block; what doctor advises is done, and the shell that it tells to type has the hook."""
    session, kind = terminal(sandbox.home), every_shell.kind
    rc = sandbox.home / every_shell.rc_name
    block = rc.read_bytes()
    prompt = b"" if kind == "fish" else b"PS1='" + PROMPTS[kind].encode() + b"'\n"
    (sandbox.home / ".bash_profile").write_text(". ~/.bashrc\n")
    lines = prompt + b"true && return\n"
    rc.write_bytes(lines + block)
    session.run(f"exec {every_shell.path}")
    shown = " ".join(session.run(f"{ROOST} doctor").split())
    assert f"the hook is not loaded in this {kind}: it may stop at line {len(lines.splitlines())} of {rc}" in shown
    assert f"-> move the hook's block up, before that, then type: exec {kind} " in shown
    rc.write_bytes(block + b"true && return\n")
    session.run(f"exec {every_shell.path}")
    assert "shell: nothing to report" in session.run("roost doctor")


def test_zsh_is_asked_once(machine: Sandbox) -> None:
    """W2: where it reads its files; a .zshenv may take its time."""
    (machine.home / ".zshenv").write_text("echo asked >>~/asked\n")
    rc_files.apply(rc_files.insertion(machine.home / ".zshrc", hooks.block("zsh")))
    assert [code for code in look(machine, ROOST_HOOK="zsh", SHELL="/bin/zsh") if code.startswith("hook")] == []
    assert (machine.home / "asked").read_text() == "asked\n"


def test_another_roost_on_path(machine: Sandbox) -> None:
    """W2: nobody knows what installed it."""
    other = machine.root / "elsewhere" / "roost"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    found = look(machine, PATH=f"{other.parent}:{machine.path}")
    assert found["roost-elsewhere"]["file"] == str(other)
    assert found["roost-elsewhere"]["command"] == ""
    other.unlink()
    assert "roost-elsewhere" not in look(machine, PATH=f"{other.parent}:{machine.path}")


@pytest.mark.parametrize("way", ["uv tool", "pipx"])
def test_another_roost_is_uninstalled(machine: Sandbox, newest: str, way: str) -> None:
    """W2: by what installed it."""
    points = "[console_scripts]\nroost = pyenv_roost:main\n"
    files = {"pyenv_roost.py": "def main(): pass\n", "pyenv_roost-0.0.1.dist-info/entry_points.txt": points}
    wheel = write_wheel(machine.root / "wheels", "pyenv_roost", "0.0.1", files=files)
    bin_directory, python = machine.root / "bin", machine.install(newest) / "bin" / "python"
    for name in ("uv", "pipx"):
        (machine.root / "tools" / name).symlink_to(BIN / name)
    machine.extra |= {"UV_TOOL_DIR": str(machine.root / "uv"), "UV_TOOL_BIN_DIR": str(bin_directory), "UV_OFFLINE": "1"}
    machine.extra |= {"PIPX_HOME": str(machine.root / "pipx"), "PIPX_BIN_DIR": str(bin_directory), "PIP_NO_INDEX": "1"}
    make = {
        "uv tool": f"uv tool install -q --python {python} {wheel}",
        "pipx": f"pipx install -q --python {python} {wheel}",
    }
    done = machine.run(["bash", "-c", make[way]])
    assert (bin_directory / "roost").exists(), done.stderr
    finding = look(machine, PATH=f"{bin_directory}:{machine.path}")["roost-elsewhere"]
    assert finding["file"] == str(bin_directory / "roost")
    # As somebody who is asked types it.
    done = machine.run(["bash", "-c", f"yes | {finding['command']}"])
    assert "roost-elsewhere" not in look(machine, PATH=f"{bin_directory}:{machine.path}"), (finding["command"], done.stderr)
    assert not (bin_directory / "roost").exists()


def test_switched_off(machine: Sandbox) -> None:
    """W2."""
    corrected(machine, "hook-disabled", level="notice", ROOST_DISABLE="1")


def test_a_dangling_rc_file(machine: Sandbox) -> None:
    """W2, T10."""
    (machine.home / ".bashrc").unlink()
    (machine.home / ".bashrc").symlink_to("/not/mounted/bashrc")
    finding = corrected(machine, "rc-dangling")
    assert "/not/mounted/bashrc, which does not exist" in finding["message"]
    assert machine.roost("setup", "bash").returncode == 0


def _look_as_user(machine: Sandbox, line: str, **extra: str) -> Found:
    done = machine.run(as_user(["bash", "--norc", "-c", line]), None, 120, **extra)
    return {each["code"]: each for each in document(done)["findings"]}


def test_an_rc_file_that_cannot_be_read(machine: Sandbox) -> None:
    """W2: found, and the other checks go on."""
    (machine.home / ".bashrc").chmod(0)
    found = _look_as_user(machine, "roost doctor --json", PIP_USER="1")
    assert {"rc-unreadable", "variable-set"} <= found.keys()
    assert "check-failed" not in found
    assert "rc-unreadable" not in _look_as_user(machine, f"{found['rc-unreadable']['command']} && roost doctor --json")


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
        look(machine, ROOST_HOOK=shell)
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
        found = _look_as_user(machine, "roost doctor --json")
        assert str(store) in found["rc-locked"]["message"]
        assert "rc-locked" not in _look_as_user(machine, f"{found['rc-locked']['command']} && roost doctor --json")
    finally:
        store.chmod(0o755)
