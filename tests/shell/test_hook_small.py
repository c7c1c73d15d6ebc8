"""What the hook does by itself and what it leaves to the program: two stores, one walk, one question (H9, H10, H12, H13, V3, V9)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell

QUIET = {"ROOST_AUTO_CREATE": "0", "ROOST_QUIET": "1"}


def own_env(sandbox: Sandbox, version: str, name: str) -> Path:
    """An env in roost's own store, made from pyenv's interpreter of that version."""
    env = sandbox.data / "versions" / version / "envs" / name
    env.parent.mkdir(parents=True, exist_ok=True)
    sandbox.fake_env(version, name).rename(env)
    return env


def stand_in(shell: Shell, sandbox: Sandbox, script: str) -> tuple[str, Path]:
    """The rc line that puts a stand-in for the program `roost` in place, and the list of its calls: words, and whether it may make an env."""
    program, calls = sandbox.root / "stand-in", sandbox.root / "calls"
    program.write_text(f"#!/bin/sh\necho \"$* [$ROOST_AUTO_CREATE]\" >>'{calls}'\n{script}\n")
    program.chmod(0o755)
    calls.touch()
    return shell.assign("_roost_cli", program), calls


# --- which env ---


@pytest.mark.parametrize("request_", ["3.12.1", "3.12", "3"])
def test_an_env_in_roosts_own_store(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, request_: str) -> None:
    """V9: where the user may not write to pyenv's store; one that an administrator makes there wins."""
    own = own_env(sandbox, "3.12.1", "shop-venv")
    project = sandbox.project("shop", request_, "shop-venv")
    session = terminal(sandbox.home, environ=QUIET)
    session.run(f"cd {project}")
    assert session.active == str(own)
    session.run("cd ~")
    assert session.active is None
    central = sandbox.fake_env("3.12.1", "shop-venv")
    session.run(f"cd {project}")
    assert session.active == str(central)
    (central / ".roost-building").touch()
    session.resume()
    assert session.active == str(own)
    (own / ".roost-building").touch()
    session.resume()
    assert session.active is None


def test_an_own_env_without_its_interpreter(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """V3, V9: on a machine with pyenv, an env serves the interpreters that pyenv has, whatever lies in roost's own store."""
    older, newer = own_env(sandbox, "3.12.1", "shop-venv"), own_env(sandbox, "3.12.8", "shop-venv")
    project = sandbox.project("shop", "3.12", "shop-venv")
    session = terminal(sandbox.home, environ=QUIET)
    session.run(f"cd {project}")
    assert session.active == str(newer)
    session.run("cd ~")
    (newer / "bin" / "python").unlink()
    (newer / "bin" / "python").symlink_to("/bin/sh")
    shutil.rmtree(sandbox.versions / "3.12.8")
    session.run(f"cd {project}")
    assert session.active == str(older)
    (project / ".python-version").write_text("3.12.8\n")
    session.resume()
    assert session.active is None


@pytest.mark.parametrize("half", [".roost-building", "bin/python", "pyvenv.cfg"])
def test_a_half_made_env_does_not_hide_a_ready_one(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, half: str) -> None:
    """V3, E3: what a kill left under a newer version holds no version."""
    ready, newer = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.fake_env("3.12.8", "shop-venv")
    if half == ".roost-building":
        (newer / half).touch()
    else:
        (newer / half).unlink()
    assert terminal(sandbox.project("shop", "3.12", "shop-venv")).active == str(ready)


# --- the walk ---


def test_a_file_ten_levels_up(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9: whatever comes or goes, in whichever directory on the way up, is seen at the very next prompt."""
    one, two = sandbox.fake_env("3.12.1", "one"), sandbox.fake_env("3.13.2", "two")
    levels = [sandbox.root / "top"]
    for _ in range(10):
        levels.append(levels[-1] / "d")
    levels[-1].mkdir(parents=True)
    session = terminal(levels[-1], environ=QUIET)
    assert session.active is None
    for directory in (levels[0], levels[4], levels[9]):
        (directory / ".python-version").write_text("3.12.1\n")
        (directory / ".python-virtualenv").write_text("one\n")
        session.resume()
        assert session.active == str(one), directory
        (levels[9] / ".python-virtualenv").write_text("# none here\n")
        session.resume()
        assert session.active is None, directory
        (levels[9] / ".python-virtualenv").write_text("two\n")
        (levels[9] / ".python-version").write_text("3.13.2\n")
        session.resume()
        assert session.active == str(two), directory
        for name in (".python-version", ".python-virtualenv"):
            (levels[9] / name).unlink()
            (directory / name).unlink(missing_ok=True)
        session.resume()
        assert session.active is None, directory
    (levels[0] / ".python-version").write_text("3.12.1/envs/one\n")  # F13
    session.resume()
    assert session.active == str(one)


@pytest.mark.parametrize("word", ["shop-venv", "3.12.1/envs/shop-venv"])
def test_an_env_that_a_lone_version_file_names_is_made_later(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, word: str) -> None:
    """F13, F15, H9: until then it is no project and nothing is said; at the very next prompt it is one."""
    project = sandbox.project("shop", word, None)
    session = terminal(project)
    assert session.resume() == ""
    env = sandbox.fake_env("3.12.1", "shop-venv")
    if "/" not in word:
        (sandbox.versions / word).symlink_to(env)
    assert session.resume() == ""
    assert session.active == str(env)
    shutil.rmtree(env)
    assert session.resume() == ""
    assert session.active is None


@pytest.mark.parametrize("name", [".python-version", ".python-virtualenv"])
def test_only_the_beginning_of_a_file_is_read(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, name: str) -> None:
    """F2, S: a file of many gigabytes is as soon refused as one of five thousand bytes."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    with (project / name).open("ab") as file:
        file.truncate(64 << 30)  # NUL bytes, which take no room on the disk
    session = terminal(sandbox.home, environ=QUIET)
    assert session.run(f"cd {project}") == ""
    assert session.active is None


def test_an_alias_of_an_env_on_another_disk(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """F13: a version whose `envs` is a link: the env's path is the one below versions/, as pyenv has it."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "shop-venv", None)
    (sandbox.root / "disk").mkdir()
    env.parent.rename(sandbox.root / "disk" / "envs")
    env.parent.symlink_to(sandbox.root / "disk" / "envs")
    (sandbox.versions / "shop-venv").symlink_to(env)
    assert terminal(project).active == str(env)


# --- what the user did by hand ---


@pytest.mark.parametrize("way", ["roost deactivate", "variables"])
def test_a_hold_ends_with_the_project_though_its_env_is_missing(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, way: str) -> None:
    """H10: something done by hand, the project left, entered again: an env that is made by then is on."""
    sandbox.fake_interpreter("3.12.1")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home, environ=QUIET)
    session.run(f"cd {project}")
    if way == "variables":
        session.run("set -gx VIRTUAL_ENV /hand" if every_shell.kind == "fish" else "export VIRTUAL_ENV=/hand")
        session.run("set -e VIRTUAL_ENV" if every_shell.kind == "fish" else "unset VIRTUAL_ENV")
    else:
        session.run(way)
    session.run("cd ~")
    session.run(f"cd {project}")
    env = sandbox.fake_env("3.12.1", "shop-venv")
    session.resume()
    assert session.active == str(env)


@pytest.mark.parametrize("way", ["variables", "roost activate"])
def test_nothing_of_ours_shows_under_an_env_by_hand(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, way: str) -> None:
    """H3, H10: our entry on PATH and our name before the prompt go when another env takes the place of ours; it is put back when ours is on again."""
    env, hand = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.fake_env("3.13.2", "hand")
    (sandbox.versions / "hand").symlink_to(hand)
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    (project / "deep").mkdir()
    session = terminal(project)
    assert session.prefix == "(shop-venv) "
    if way == "roost activate":
        session.run("roost activate hand")
    else:
        for name, value in (("PATH", f'{hand}/bin:"$PATH"'), ("VIRTUAL_ENV", hand)):
            session.run(f"set -gx {name} {value}" if every_shell.kind == "fish" else f"export {name}={value}")
    for line in ("", "cd deep", "cd ~"):
        session.run(line)
        assert session.env("VIRTUAL_ENV") == str(hand)
        assert session.env("PATH") == f"{hand}/bin:{sandbox.path}"
        assert session.prefix == ("(hand) " if way == "roost activate" else "")
    session.run(f"cd {project}")
    assert session.active == str(env)
    assert session.prefix == "(shop-venv) "
    assert session.env("PATH") == f"{env}/bin:{sandbox.path}"


# --- what is asked ---


def test_an_env_that_is_gone_is_said_once(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H13: also one that the program made in this shell, at the first `cd`: it is not made again."""
    sandbox.fake_interpreter("3.12.1")
    env, other = sandbox.env("3.12.1", "shop-venv"), sandbox.fake_env("3.12.1", "other")
    prepared = sandbox.fake_env("3.12.1", "prepared")
    project, second = sandbox.project("shop", "3.12.1", "shop-venv"), sandbox.project("second", "3.12.1", "other")
    line, calls = stand_in(every_shell, sandbox, f'[ "$ROOST_AUTO_CREATE" = 0 ] || exec mv {prepared} {env}\necho it is gone >&2\nexit 10')
    session = terminal(sandbox.home, after=line)
    assert session.run(f"cd {project}") == ""
    assert session.active == str(env)
    for place, gone in ((project, env), (second, other)):
        session.run(f"cd {place}")
        calls.write_text("")
        assert session.run(f"/bin/rm -r {gone}") == "it is gone\n"
        for again in ("", "cd ~", f"cd {place}", ""):
            assert session.run(again) == ""
        assert calls.read_text() == "up --from-hook [0]\n"
        assert session.active is None


def test_a_question_for_each_content(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H12, H13: once for each content of the two files in this shell; the user's own `ROOST_AUTO_CREATE` is passed on."""
    sandbox.fake_interpreter("3.12.1")
    project = sandbox.project("shop", "3.12.1", "one")
    line, calls = stand_in(every_shell, sandbox, "echo no >&2\nexit 6")
    session = terminal(sandbox.home, after=line)
    shown = [session.run(typed) for typed in (f"cd {project}", "", "echo two >.python-virtualenv", "", "echo one >.python-virtualenv", "")]
    assert shown == ["no\n", "", "no\n", "", "", ""]
    session.run("set -gx ROOST_AUTO_CREATE 0" if every_shell.kind == "fish" else "export ROOST_AUTO_CREATE=0")
    assert session.run("echo 3.99 >.python-version") == "no\n"
    assert calls.read_text() == "up --from-hook []\n" * 2 + "up --from-hook [0]\n"


def test_settings_that_are_not_exported(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H12, H13: as somebody writes them into an rc file; they count in the program too."""
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    line, calls = stand_in(every_shell, sandbox, f'echo "[$ROOST_QUIET]" >>{sandbox.root}/calls')
    settings = [every_shell.assign(name, value) for name, value in (("ROOST_AUTO_CREATE", 0), ("ROOST_QUIET", 1))]
    session = terminal(sandbox.home, before="\n".join(settings), after=line)
    session.run(f"cd {project}")
    assert calls.read_text() == "up --from-hook [0]\n[1]\n"


def test_what_the_program_is_started_with(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """V7, V8: no other Python's home, and at a prompt no other packages; what it prints goes to stderr, and it has no input."""
    sandbox.fake_interpreter("3.12.1")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    line, _calls = stand_in(
        every_shell,
        sandbox,
        f'echo "$1 $PWD [$PYTHONHOME$__PYVENV_LAUNCHER__] [$PYTHONPATH] [$ROOST_HOOK]" >>{sandbox.root}/seen; [ "$1" = up ] || exit 3; cat',
    )
    theirs = {"PYTHONHOME": "/home", "PYTHONPATH": "/packages", "__PYVENV_LAUNCHER__": "/launcher"}
    session = terminal(sandbox.home, after=line, environ=theirs)
    session.run(f"cd {project}")
    session.run("roost status")
    session.run("roost activate")
    session.run("roost activate name")
    seen = (sandbox.root / "seen").read_text().splitlines()
    assert seen[0] == f"up {project} [] [] []"
    assert seen[1] == f"status {project} [] [/packages] [{every_shell.kind}]"
    assert seen[2] == seen[0]
    assert seen[3].startswith(f"which {project} [] ")
    assert {name: session.exported(name) for name in theirs} == theirs


def test_roost_activate_asks_at_once(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H17: typed, it asks again about a project whose env is not ready, and its answer is the program's; outside, that there is no project."""
    sandbox.fake_interpreter("3.12.1")
    project, prepared = sandbox.project("shop", "3.12.1", "shop-venv"), sandbox.fake_env("3.12.1", "prepared")
    line, calls = stand_in(every_shell, sandbox, f"[ ! -e {sandbox.root}/now ] || exec mv {prepared} {sandbox.env('3.12.1', 'shop-venv')}\necho no >&2\nexit 5")
    session = terminal(sandbox.home, after=line)
    assert session.run(f"cd {project}") == "no\n"
    assert session.run("roost activate") == "no\n"
    assert session.status("roost activate") == 5
    (sandbox.root / "now").touch()
    assert session.status("roost activate") == 0
    assert session.active == str(sandbox.env("3.12.1", "shop-venv"))
    assert calls.read_text() == "up --from-hook []\n" * 4
    outside = terminal(sandbox.home)
    assert outside.run("roost activate").startswith("roost: no .python-virtualenv ")
    assert outside.status("roost activate") == 3


def test_roost_activate_asks_the_program_for_a_name(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H17: which env a name means, and what is wrong with it, is the program's to say; its exit code is passed on."""
    env = sandbox.fake_env("3.12.1", "shop venv's")
    line, calls = stand_in(every_shell, sandbox, f'[ "$3" != two ] || {{ echo several >&2; exit 2; }}\necho "{env}"')
    session = terminal(sandbox.home, after=line)
    assert session.run("roost activate two") == "several\n"
    assert session.status("roost activate two") == 2
    assert session.active is None
    assert session.run("roost activate any") == ""
    assert session.active == str(env)
    assert calls.read_text() == "which --env two []\n" * 2 + "which --env any []\n"


@pytest.mark.parametrize("quiet", ["", "1"])
def test_the_program_is_gone(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, quiet: str) -> None:
    """H13, H15: at a prompt one line, once, and none with `ROOST_QUIET`; typed, it is said each time."""
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    gone = f"{every_shell.assign('_roost_cli', '/not/there/roost')}; {every_shell.assign('_roost_here', '/not/there')}"
    session = terminal(sandbox.home, after=gone, environ={"ROOST_QUIET": quiet})
    shown = session.run(f"cd {project}")
    assert shown.count("\n") == (0 if quiet else 1)
    assert session.resume() == ""
    for line in ("roost status", "roost activate name"):
        assert "type: pipx install pyenv-roost" in session.run(line)
        assert session.status(line) == 127
