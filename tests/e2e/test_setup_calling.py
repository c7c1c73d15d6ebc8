"""``roost setup`` without a word: the shell that it is typed in (C, T9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.support.fish import FishSession
from tests.support.look import only_line
from tests.support.needs import program
from tests.support.sandbox import BIN, ROOST, Sandbox
from tests.support.shells import PROMPTS, Load, ShellSession, find_shell

_OTHER = {"zsh": "bash", "bash": "fish", "fish": "zsh"}
Open = Callable[[str, str, Load], ShellSession]


@pytest.fixture
def open_shell(sandbox: Sandbox) -> Iterator[Open]:
    """Opens a terminal of the named shell, with $SHELL and the way in which the hook is loaded."""
    with ExitStack() as stack:

        def opened(name: str, shell_variable: str, load: Load = "none") -> ShellSession:
            kind = FishSession if name == "fish" else ShellSession
            return stack.enter_context(kind(find_shell(name), sandbox, sandbox.home, load=load, environ={"SHELL": shell_variable}))

        yield opened


def _set_up(sandbox: Sandbox) -> set[str]:
    """The shells whose rc file has the block."""
    files = {"zsh": ".zshrc", "bash": ".bashrc", "fish": ".config/fish/conf.d/roost.fish"}
    return {shell for shell, name in files.items() if (sandbox.home / name).exists() and "# >>> roost >>>" in (sandbox.home / name).read_text()}


@pytest.mark.parametrize("shell", _OTHER)
def test_the_shell_that_one_is_in(sandbox: Sandbox, open_shell: Open, shell: str) -> None:
    """T9: not the one that $SHELL names; that the two differ is said."""
    other = _OTHER[shell]
    shown = open_shell(shell, f"/usr/bin/{other}", "none").run(f"{ROOST} setup")
    assert shown.startswith(f"roost: this is {shell}, while $SHELL is /usr/bin/{other}; for {other}, type: roost setup {other}\n")
    assert _set_up(sandbox) == {shell}


@pytest.mark.parametrize("shell", _OTHER)
def test_through_the_function_of_the_hook(sandbox: Sandbox, open_shell: Open, shell: str) -> None:
    """T9: the hook tells which shell it is."""
    shown = open_shell(shell, f"/usr/bin/{_OTHER[shell]}", "setup").run("roost setup")
    assert "roost: nothing to do: the hook is in " in shown
    assert _set_up(sandbox) == {shell}


@pytest.mark.parametrize("shell", ["zsh", "bash"])
def test_the_same_shell_says_nothing_of_it(sandbox: Sandbox, open_shell: Open, shell: str) -> None:
    """T9."""
    shown = open_shell(shell, f"/opt/homebrew/bin/{shell}", "none").run(f"{ROOST} setup")
    assert shown.startswith("roost: put the hook into ")
    assert _set_up(sandbox) == {shell}


def test_a_login_shell(sandbox: Sandbox, open_shell: Open) -> None:
    """T9: `-zsh`, as a terminal on macOS starts it, where $SHELL names another."""
    session = open_shell("zsh", "/bin/bash", "none")
    session.run("exec -a -zsh zsh")
    session.run(f"{ROOST} setup")
    assert _set_up(sandbox) == {"zsh"}


def test_a_shell_in_a_shell(sandbox: Sandbox, open_shell: Open) -> None:
    """T9: the inner one."""
    session = open_shell("zsh", "/bin/zsh", "none")
    (sandbox.home / ".bashrc").write_text(f"PS1='{PROMPTS['bash']}'\n")
    session.run("bash")
    session.run(f"{ROOST} setup")
    assert _set_up(sandbox) == {"bash"}


_THROUGH = {
    "script": ("./onboard", "zsh"),
    "lines piped into bash": ("cat onboard | bash", "zsh"),
    "uv run": (f"{BIN}/uv run --no-project --offline {ROOST} setup", "zsh"),
    "a program": (f"{BIN}/python -c \"import subprocess; subprocess.run(['{ROOST}', 'setup'])\"", "zsh"),
    "zsh -c in bash": (f"zsh -c '{ROOST} setup; :'", "zsh"),
    "make, which starts sh": ("make --silent setup", "bash"),
}


@pytest.mark.parametrize("way", _THROUGH)
def test_typed_in_zsh_through_something_else(sandbox: Sandbox, open_shell: Open, way: str) -> None:
    """T9: a script's shell is not the user's, and a plain sh says nothing of it: then $SHELL decides."""
    line, expected = _THROUGH[way]
    program("zsh")
    (sandbox.home / "onboard").write_text(f"#!/usr/bin/env bash\n{ROOST} setup\ntrue\n")
    (sandbox.home / "onboard").chmod(0o755)
    (sandbox.home / "Makefile").write_text(f"setup:\n\t{ROOST} setup; true\n")
    open_shell("bash" if way == "zsh -c in bash" else "zsh", "/bin/bash", "none").run(line)
    assert _set_up(sandbox) == {expected}


def test_sh_leaves_it_to_the_variable(sandbox: Sandbox) -> None:
    """T9."""
    assert sandbox.run(["sh", "-c", f"{ROOST} setup; :"], SHELL="/opt/homebrew/bin/zsh").returncode == 0
    assert _set_up(sandbox) == {"zsh"}


def test_cron(sandbox: Sandbox) -> None:
    """T9: neither says anything; exit 2 and what to type, and nothing is changed."""
    done = sandbox.run(["sh", "-c", f"{ROOST} setup; exit $?"], SHELL="/bin/sh")
    assert done.returncode == 2
    assert only_line(done).endswith("$SHELL is '/bin/sh'; type: roost setup zsh, or bash, or fish")
    assert list(sandbox.home.iterdir()) == []


_BARE = {"zsh": {}, "fish": {}, "bash": {}, "bash -l": {".bash_profile": ""}}
_SOURCED = {"bash -l": {".bash_profile": ". ~/.bashrc\n"}}
_STOPS = {"bash -l": {".bash_profile": "", ".bashrc": "return\n"}, "bash": {".bash_profile": "", ".bashrc": "return\n"}}


@pytest.mark.parametrize(("kind", "files"), [(kind, files) for each in (_BARE, _SOURCED, _STOPS) for kind, files in each.items()])
def test_what_to_type_next(sandbox: Sandbox, open_shell: Open, kind: str, files: dict[str, str]) -> None:
    """C, T5: the first run prints one line that puts the hook into the shell that one is in; a second run has no more to say."""
    shell, *login = kind.split()
    session = open_shell(shell, f"/bin/{shell}", "none")
    for name, text in files.items():
        (sandbox.home / name).write_text(f"PS1='{PROMPTS[shell]}'\n{text}")
    if login:
        session.run(f"exec {kind}")
    told = [line for line in _lines(session.run(f"{ROOST} setup")) if "type: exec " in line]
    assert len(told) == 1, told
    session.run(told[0].rpartition("type: ")[2])
    again = _lines(session.run("roost setup"))
    assert [line for line in again if "nothing to do" in line]
    assert not [line for line in again if "type: exec " in line]


def _lines(shown: str) -> list[str]:
    """What was printed, without what was drawn while it took its time."""
    return [line.rstrip() for text in shown.split("\n") if (line := text[text.find("roost: ") :]).startswith("roost: ")]
