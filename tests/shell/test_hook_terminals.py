"""Terminals that come with an env: tmux, an editor, a login shell that orders PATH anew (H6, H7, H8)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell, ShellSession
from tests.support.tmux import Tmux

# Put before the words of a shell, it makes a login shell.
LOGIN = ("/bin/sh", "-c", 'exec "$@" -l', "sh")
PATH_HELPER = """#!/bin/sh
new=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
IFS=:
for dir in $PATH; do
  case :$new: in *":$dir:"*) ;; *) new=$new:$dir ;; esac
done
printf 'PATH="%s"; export PATH;\\n' "$new"
"""


@pytest.fixture
def project(sandbox: Sandbox) -> Path:
    """A project whose env is there."""
    sandbox.fake_env("3.12.1", "shop-venv")
    return sandbox.project("shop", "3.12.1", "shop-venv")


@pytest.fixture
def path_helper(every_shell: Shell, sandbox: Sandbox) -> str:
    """Files of a login shell that do what macOS does: the system's directories first, the rest behind. For fish, a line for its configuration."""
    helper = sandbox.root / "path_helper"
    helper.write_text(PATH_HELPER)
    helper.chmod(0o755)
    line = f'eval "$({helper} -s)"\n'
    (sandbox.home / ".zprofile").write_text(line)
    (sandbox.home / ".bash_profile").write_text(f"{line}. ~/.bashrc\n")
    if every_shell.kind != "fish":
        return ""
    return f"status is-login; and set -gx PATH (string match -r '\"(.*)\"' -- ({helper} -s))[2]"


@pytest.fixture
def login_path(sandbox: Sandbox, terminal: OpenTerminal, path_helper: str) -> str:
    """What such a login shell makes of PATH by itself; the machine's own /etc/profile has its say too."""
    return terminal(sandbox.home, before=path_helper, load="none", wrapper=LOGIN).env("PATH") or ""


def test_tmux(every_shell: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal, path_helper: str, login_path: str) -> None:
    """H6, H7: a server that was started in a project: its windows are on in the project, at their first prompt, and off outside."""
    env = sandbox.env("3.12.1", "shop-venv")
    session = terminal(project, before=path_helper)
    assert session.active == str(env)
    with Tmux(every_shell) as tmux:
        assert session.run(tmux.start) == ""
        pane = tmux.window(project)
        assert tmux.ask(pane, 'echo "$VIRTUAL_ENV $PATH"') == f"{env} {env}/bin:{login_path}\n"
        assert "(shop-venv) roost-prompt> " in tmux.screen(pane)
        assert tmux.ask(pane, "deactivate") == ""
        assert tmux.ask(pane, 'echo "$VIRTUAL_ENV $PATH"') == f" {login_path}\n"
        pane = tmux.window(sandbox.home)
        assert tmux.ask(pane, 'echo "$VIRTUAL_ENV$ROOST_ENV $PATH"') == f" {login_path}\n"
        assert "(shop-venv)" not in tmux.screen(pane)


@pytest.mark.parametrize("where", ["project", "home"])
def test_a_login_shell_that_orders_path_anew(
    every_shell: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal, path_helper: str, login_path: str, where: str
) -> None:
    """H7: `exec zsh -l` and `bash -l` in the project and outside, with macOS's path_helper: first and once, or gone."""
    env = sandbox.env("3.12.1", "shop-venv")
    session = terminal(project, before=path_helper)
    for line in (f"exec {every_shell.command} -l", f"{every_shell.command} -l"):
        session.run(f"cd {project}")
        assert session.active == str(env)
        session.run(f"cd {sandbox.root}/{'shop' if where == 'project' else where}; {line}")
        if where == "project":
            assert session.env("PATH") == f"{env}/bin:{login_path}"
            assert session.prefix == "(shop-venv) "
            session.run("deactivate")
        assert session.active is None
        assert session.prefix == ""
        assert session.env("PATH") == login_path
        session.run("cd ~")


@pytest.mark.parametrize("login", [False, True], ids=["plain", "login"])
@pytest.mark.parametrize("of", ["shop-venv", "other-venv"])
def test_an_editor_that_activated(
    every_shell: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal, path_helper: str, login_path: str, of: str, login: bool
) -> None:
    """H7: VS Code sets VIRTUAL_ENV and PATH, not ROOST_ENV: the project's env is on, alone and once, and it is ours to turn off."""
    env, other = sandbox.env("3.12.1", "shop-venv"), sandbox.fake_env("3.12.1", "other-venv")
    theirs = env if of == "shop-venv" else other
    environ = {"VIRTUAL_ENV": str(theirs), "VIRTUAL_ENV_PROMPT": f"({of}) ", "PATH": f"{theirs}/bin:{sandbox.path}"}
    path = login_path if login else sandbox.path

    def opened() -> ShellSession:
        return terminal(project, environ=environ, before=path_helper, wrapper=LOGIN if login else ())

    for off in ("deactivate", "cd ~"):
        session = opened()
        assert session.env("PATH") == f"{env}/bin:{path}"
        assert session.active == str(env)
        assert session.prefix == "(shop-venv) "
        assert session.run(off) == ""
        assert session.active is None
        assert session.prefix == ""
        assert session.env("PATH") == path


def test_an_editor_that_types_activate(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H7, H10: VS Code types `source …/activate` of the env that is on already: on PATH and in the prompt once, and `deactivate` ends it."""
    env, project = sandbox.env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    sandbox.fake_interpreter("3.12.1")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", env], check=True, stdin=subprocess.DEVNULL)
    session = terminal(project)
    mine = session.env("PS1")
    for _ in range(2):
        assert session.run(f"source {env}/bin/activate{'.fish' if every_shell.kind == 'fish' else ''}") == ""
        assert session.env("PATH") == f"{env}/bin:{sandbox.path}"
        assert session.active == str(env)
        assert session.prefix == "(shop-venv) "
    assert session.env("PS1") == mine
    assert session.run("deactivate") == ""
    assert session.active is None
    assert session.prefix == ""
    assert session.env("PATH") == sandbox.path
    session.run("cd ~")
    session.run(f"cd {project}")
    assert session.active == str(env)


def test_a_dumb_terminal(shell: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal) -> None:
    """H6: the shell of an editor, without a line editor of its own: on at the first prompt, not a byte before it."""
    environ = {"TERM": "dumb", "INSIDE_EMACS": "29.1,comint"}
    plain, session = terminal(project, environ=environ, load="none"), terminal(project, environ=environ)
    assert session.opening == plain.opening
    assert session.prefix == "(shop-venv) "
    session.run("cd ~")
    assert session.prefix == ""
