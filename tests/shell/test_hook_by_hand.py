"""What the user does by hand wins (H10, H17)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell


@pytest.fixture
def hand(sandbox: Sandbox) -> Path:
    """An env that has nothing to do with roost, with its own `activate`."""
    path = sandbox.root / "hand"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", path], check=True, stdin=subprocess.DEVNULL)
    return path


def activate(shell: Shell, env: Path) -> str:
    """The script to source."""
    return f"{env}/bin/activate" + (".fish" if shell.kind == "fish" else "")


def test_a_hand_activated_env_stays(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, hand: Path) -> None:
    """H10: through directories without a project, untouched; its own `deactivate` works."""
    session = terminal(sandbox.home)
    session.run(f". {activate(every_shell, hand)}")
    for place in ("/", sandbox.root, "/tmp", "~"):
        session.run(f"cd {place}")
        assert session.active == str(hand)
        assert session.prefix == "(hand) "
    session.run("deactivate")
    assert session.active is None
    assert session.prefix == ""
    assert session.env("PATH") == sandbox.path


def test_entering_a_project_takes_over(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, hand: Path) -> None:
    """H10: one env, no trace of the other; leaving brings nothing back."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home, environ={"PYTHONHOME": "/somewhere"})
    prompt = session.env("PS1")
    session.run(f". {activate(every_shell, hand)}")
    session.run(every_shell.assign("PATH", '"$PATH:/mine"'))
    session.run(f"cd {project}")
    assert session.active == str(env)
    assert session.prefix == "(shop-venv) "
    assert session.env("PATH") == f"{env}/bin:{sandbox.path}:/mine"
    assert session.run("cd ~") == ""
    assert session.active is None
    assert session.env("PATH") == f"{sandbox.path}:/mine"
    assert session.env("PS1") == prompt
    assert session.exported("PYTHONHOME") == "/somewhere"
    for name in ("_OLD_VIRTUAL_PATH", "_OLD_VIRTUAL_PS1", "_OLD_VIRTUAL_PYTHONHOME"):
        assert session.env(name) is None


def test_activated_by_hand_inside_a_project(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, hand: Path) -> None:
    """H10: it holds in the project, below it and outside, until another project is entered."""
    sandbox.fake_env("3.12.1", "shop-venv")
    other = sandbox.fake_env("3.12.1", "other-venv")
    project, second = sandbox.project("shop", "3.12.1", "shop-venv"), sandbox.project("second", "3.12.1", "other-venv")
    (project / "deep").mkdir()
    session = terminal(project)
    session.run(f". {activate(every_shell, hand)}")
    for place in ("deep", "..", "~"):
        session.run(f"cd {place}")
        assert session.env("VIRTUAL_ENV") == str(hand)
        assert (session.env("PATH") or "").split(":")[0] == f"{hand}/bin"
    session.run(f"cd {second}")
    assert session.active == str(other)


def test_deactivate_holds_until_the_project_is_left(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H10: at prompts, below the project, when the file is edited; entering again turns it on."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    (project / "deep").mkdir()
    session = terminal(project)
    assert session.run("deactivate") == ""
    for line in ("", "cd deep", "cd ..", "touch .python-version", "echo '# new' >>.python-virtualenv"):
        assert session.run(line) == ""
        assert session.active is None, line
        assert session.prefix == ""
    assert session.run("cd ~") == ""
    assert session.run(f"cd {project}") == ""
    assert session.active == str(env)


def test_deactivate_and_the_next_project(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H10: the hold is the project's, not the shell's; also of a project inside."""
    outer_env, inner_env = sandbox.fake_env("3.12.1", "outer-venv"), sandbox.fake_env("3.12.1", "inner-venv")
    outer, inner = sandbox.project("outer", "3.12.1", "outer-venv"), sandbox.project("outer/inner", "3.12.1", "inner-venv")
    session = terminal(outer)
    session.run("deactivate")
    session.run(f"cd {inner}")
    assert session.active == str(inner_env)
    session.run(f"cd {outer}")
    assert session.active == str(outer_env), "it was left"


def test_deactivate_outside_of_any_project(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H10: gone with the env, so nothing calls it by mistake."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    session.run(f"cd {project}")
    session.run("cd ~")
    assert session.status("type deactivate >/dev/null 2>&1") != 0


# A listing of directories that has nothing in it is an error, or there is none at all.
GLOB_OFF = {"bash": "set -f; shopt -s failglob", "zsh": "setopt no_glob"}


def test_roost_activate_undoes_deactivate(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H17."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(project)
    for off in ("deactivate", "roost deactivate"):
        assert session.status(off) == 0
        session.resume()
        assert session.active is None
        assert session.status("roost activate") == 0
        assert session.active == str(env)
        assert session.prefix == "(shop-venv) "
    session.run("cd ~")
    assert session.active is None


def test_roost_activate_by_name_from_anywhere(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H17: stays as one activated by hand (H10), until a project is entered."""
    env, project_env = sandbox.fake_env("3.12.1", "tools"), sandbox.fake_env("3.12.1", "shop-venv")
    (sandbox.versions / "tools").symlink_to(env)
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    for name in ("tools", "3.12.1/envs/tools"):
        assert session.status(f"roost activate {name}") == 0
        for place in ("/", "~"):
            session.run(f"cd {place}")
            assert session.active == str(env)
            assert session.prefix == "(tools) "
        assert session.status("roost deactivate") == 0
        assert session.active is None
        assert session.prefix == ""
    session.run("roost activate tools")
    session.run(f"cd {project}")
    assert session.active == str(project_env)
    session.run("roost activate tools")
    session.resume()
    assert session.active == str(env), "by hand wins inside the project too"
    session.run("deactivate")
    assert session.active is None


def test_roost_activate_is_not_pyenv_s(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H2: no variable of pyenv-virtualenv's, which would take the env for its own."""
    sandbox.fake_env("3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    session.run("roost activate 3.12.1/envs/shop-venv")
    assert session.prefix == "(shop-venv) "
    assert session.env("PYENV_VIRTUAL_ENV") is None
    session.run(f"cd {sandbox.project('shop', '3.12.1', 'shop-venv')}")
    assert session.env("PYENV_VIRTUAL_ENV") is None


def test_roost_activate_by_a_name_that_has_no_alias(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H17, V6, E9: where only one version has it, in roost's own store too; of several, the whole name says which."""
    older, newer = sandbox.fake_env("3.9.18", "tools"), sandbox.fake_env("3.12.1", "tools")
    (sandbox.fake_env("3.13.0", "tools") / ".roost-building").touch()
    own = sandbox.data / "versions" / "3.11.2" / "envs" / "own"
    own.parent.mkdir(parents=True)
    sandbox.fake_env("3.9.18", "moved").rename(own)
    session = terminal(sandbox.home, after=GLOB_OFF.get(every_shell.kind, ""))
    for name, env in (("own", own), ("3.11.2/envs/own", own), ("3.12.1/envs/tools", newer), ("3.9.18/envs/tools", older)):
        assert session.run(f"roost activate {name}") == ""
        assert session.active == str(env)
    assert "3.12.1/envs/tools" in session.run("roost activate tools")
    assert session.status("roost activate tools") == 2
    assert session.status("roost activate 3.13.0/envs/tools") == 6
    assert session.active == str(older)


@pytest.mark.parametrize("name", ["nothing", "../evil", "", "3.12.1", "a/envs/b", "$(id)"])
def test_roost_activate_of_no_env(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, name: str) -> None:
    """H17: one line, an exit code, and what is active stays."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    outside = terminal(sandbox.home)
    assert "roost: " in outside.run(f"roost activate '{name}'")
    assert outside.status(f"roost activate '{name}'") != 0
    assert outside.active is None
    if name:
        session = terminal(project)
        assert session.status(f"roost activate '{name}'") != 0
        assert session.active == str(env)
        assert session.run("cd ..") == ""
        assert session.active is None


def test_roost_passes_everything_else_on(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H17: words, exit code and both streams of the program `roost`."""
    program = sandbox.root / "roost"
    program.write_text('#!/bin/sh\nfor word; do echo "<$word>"; done\necho err >&2\nexit 7\n')
    program.chmod(0o755)
    session = terminal(sandbox.home, after=every_shell.assign("_roost_cli", program))
    assert session.run("roost status 'a  b' '*' ''") == "<status>\n<a  b>\n<*>\n<>\nerr\n"
    assert session.status("roost status") == 7
    assert session.run("roost activate --help 2>/dev/null") == "<activate>\n<--help>\n"


def test_roost_starts_whatever_pythonhome_says(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """V7: with another Python's home in it, roost's own Python would not get as far as its first line. The user's stays (H14)."""
    session = terminal(sandbox.home, environ={"PYTHONHOME": "/nowhere"})
    assert session.status("roost status") == 3
    assert session.exported("PYTHONHOME") == "/nowhere"


def test_other_tools_keep_what_they_set(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H10: conda, direnv and mise."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    theirs = {"CONDA_PREFIX": "/opt/conda", "CONDA_DEFAULT_ENV": "base", "DIRENV_DIFF": "x", "DIRENV_DIR": "-/p", "MISE_SHELL": "zsh"}
    path = f"/opt/conda/bin:/mise/shims:{sandbox.path}"
    session = terminal(sandbox.home, environ={**theirs, "PATH": path})
    session.run(f"cd {project}")
    assert {name: session.exported(name) for name in theirs} == theirs
    session.run("cd ~")
    assert {name: session.exported(name) for name in theirs} == theirs
    assert session.env("PATH") == path


def test_what_an_activate_script_set_beside_goes_too(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H3, H10: virtualenv's own: its `deactivate` would give these back, so entering a project does."""
    hand = sandbox.root / "hand"
    subprocess.run([sys.executable, "-m", "virtualenv", "-q", "--no-seed", hand], check=True, stdin=subprocess.DEVNULL, env=sandbox.environ)
    sandbox.fake_env("3.12.1", "shop-venv")
    session = terminal(sandbox.home, environ={"PKG_CONFIG_PATH": "/mine", "TCL_LIBRARY": "/tcl"})
    session.run(f". {activate(every_shell, hand)}")
    assert session.exported("PKG_CONFIG_PATH") == f"{hand}/lib/pkgconfig:/mine"
    session.run(f"cd {sandbox.project('shop', '3.12.1', 'shop-venv')}")
    assert session.exported("PKG_CONFIG_PATH") == "/mine"
    assert session.exported("TCL_LIBRARY") == "/tcl"
    assert session.run("type pydoc 2>/dev/null | head -n 1") in {"", "pydoc not found\n"}
    for name in ("VIRTUAL_TCL_LIBRARY", "VIRTUAL_PSVAR", "PKG_CONFIG_PATH", "VIRTUAL_PATH"):
        assert session.env(f"_OLD_{name}") is None, name


def test_its_deactivate_outside_brings_none_of_ours_back(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, hand: Path) -> None:
    """H3, H10: the `deactivate` of an env turned on over ours restores a PATH and a prompt with ours in them."""
    sandbox.fake_env("3.12.1", "shop-venv")
    session = terminal(sandbox.project("shop", "3.12.1", "shop-venv"))
    for typed in (f". {activate(every_shell, hand)}", "cd ~", "deactivate"):
        session.run(typed)
    assert session.active is None
    assert session.prefix == ""
    assert session.env("PATH") == sandbox.path


def test_an_rc_file_that_is_sourced_again_forgets_nothing(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H10, H13: what the user turned off stays off, what the user turned on stays on, and no hint comes twice."""
    sandbox.fake_env("3.12.1", "shop-venv")
    tools = sandbox.fake_env("3.13.2", "tools")
    project, broken = sandbox.project("shop", "3.12.1", "shop-venv"), sandbox.project("broken", "3.12.1", "../shop")
    again = f". {sandbox.home}/{every_shell.rc_name}"
    session = terminal(project)
    session.run("deactivate")
    session.run(again)
    assert session.active is None
    session.run("roost activate tools")
    session.run(again)
    assert session.env("VIRTUAL_ENV") == str(tools)
    assert "names no valid env" in session.run(f"cd {broken}")
    assert session.run(again) == ""
    assert session.run("") == ""
    session.run("roost deactivate")
    session.run("cd ~")
    assert session.prefix == ""
    assert session.env("PATH") == sandbox.path


def test_an_env_of_pyenv_activate_goes_as_a_whole(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H10: else pyenv's shims would go on to choose it, with no env to be seen. What `pyenv activate` sets, by hand."""
    sandbox.fake_env("3.12.1", "shop-venv")
    tools = sandbox.fake_env("3.13.2", "tools")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    for name, value in (("VIRTUAL_ENV", tools), ("PYENV_VIRTUAL_ENV", tools), ("PYENV_VERSION", "tools"), ("PYENV_ACTIVATE_SHELL", "1")):
        session.run(f"set -gx {name} {value}" if every_shell.kind == "fish" else f"export {name}={value}")
    session.run(f"cd {project}")
    session.run("cd ~")
    for name in ("VIRTUAL_ENV", "PYENV_VIRTUAL_ENV", "PYENV_VERSION", "PYENV_ACTIVATE_SHELL"):
        assert session.env(name) is None, name
