"""The missing env (H12) and what the hook says (H13)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.sandbox import Sandbox
from tests.support.shells import Load, OpenTerminal, Shell


def counted(shell: Shell, sandbox: Sandbox, script: str) -> tuple[str, Path]:
    """The rc line that puts a stand-in for the program `roost` in place, and the list of its calls."""
    program, calls = sandbox.root / "stand-in", sandbox.root / "calls"
    program.write_text(f"#!/bin/sh\necho \"$*\" >>'{calls}'\n{script}\n")
    program.chmod(0o755)
    return shell.assign("_roost_cli", program), calls


@pytest.mark.parametrize("load", ["setup", "eval"])
def test_the_first_cd_is_enough(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, newest: str, load: Load) -> None:
    """H12: the env is made and active; the second time nothing is made."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    session = terminal(sandbox.home, load=load)
    assert session.active is None
    shown = session.run(f"cd {project}")
    env = sandbox.env(newest, "shop-venv")
    assert session.active == str(env), shown
    assert session.prefix == "(shop-venv) "
    assert session.run("""python -c 'import sys; print(sys.prefix)'""") == f"{env}\n"
    assert not (env / ".roost-building").exists()
    session.run("cd ~")
    assert session.run(f"cd {project}") == ""


def test_a_terminal_opened_in_a_project_without_its_env(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, newest: str) -> None:
    """H12, H6: not before the first prompt; made before the second."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    session = terminal(project)
    assert session.opening == terminal(project, load="none").opening
    assert not sandbox.env(newest, "shop-venv").exists()
    session.resume()
    assert session.active == str(sandbox.env(newest, "shop-venv"))


def test_a_half_made_env_is_healed(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, newest: str) -> None:
    """E5, H12: what a kill left behind."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    env = sandbox.env(newest, "shop-venv")
    env.mkdir(parents=True)
    (env / ".roost-building").touch()
    session = terminal(sandbox.home)
    session.run(f"cd {project}")
    assert session.active == str(env)


def test_only_at_a_prompt(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H12: never in a subshell, nor between two commands of one line."""
    sandbox.fake_interpreter("3.12.1")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    line, calls = counted(every_shell, sandbox, "exit 6")
    session = terminal(sandbox.home, after=line)
    if every_shell.kind != "fish":  # which has no subshells
        assert session.run(f'x=$(cd {project} && pwd); echo "$x"') == f"{project}\n"
        session.run(f"(cd {project})")
    session.run(f"cd {project} && cd ~")
    session.run(f"{every_shell.path} -c 'cd {project}'")
    assert not calls.exists()
    session.run(f"cd {project} && test ! -e {calls} && echo quiet")
    assert calls.read_text() == "up --from-hook\n"


def test_a_failed_creation_is_not_tried_again(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H13: not at the next prompt, not below, not on the next visit."""
    sandbox.fake_interpreter("3.12.1")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    (project / "deep").mkdir()
    line, calls = counted(every_shell, sandbox, "echo it failed >&2; exit 6")
    session = terminal(sandbox.home, after=line)
    assert "it failed" in session.run(f"cd {project}")
    hints = "".join(session.run(line) for line in ("", "cd deep", "cd ..", "cd ~", f"cd {project}", ""))
    assert calls.read_text() == "up --from-hook\n"
    assert hints == "", "roost has said why; another line would be the second about one trouble"
    assert session.active is None


def test_a_real_failed_creation(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H12, H13: an interpreter that does not run: roost says so once, the shell goes on."""
    sandbox.fake_interpreter("3.12.1")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    assert session.run(f"cd {project}").strip() != ""
    session.run("cd ~")
    session.resume()
    assert session.run(f"cd {project}; cd ~") == ""
    assert session.active is None


def test_an_interrupted_creation_is_not_tried_again(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H13: Ctrl-C gives a prompt and a usable shell, and a hint how to go on."""
    sandbox.fake_interpreter("3.12.1")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    other, second = sandbox.fake_env("3.12.1", "other"), sandbox.project("second", "3.12.1", "other")
    line, calls = counted(every_shell, sandbox, "echo making; exec sleep 600")
    session = terminal(sandbox.home, after=line)
    session.enter(f"cd {project}")
    session.wait_for("making\r\n")
    session.interrupt()
    session.resume()
    assert session.resume() == ""
    assert calls.read_text() == "up --from-hook\n"
    session.run(f"cd {second}")
    assert session.active == str(other)
    session.run("cd ~")
    assert session.active is None


def test_an_env_that_the_user_removed_is_not_made_again(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9, H13: `rm -r` at a prompt is a wish; the hint says how to have it back."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(project)
    shown = session.run(f"/bin/rm -r {env}")
    assert not env.exists()
    assert "roost up" in shown
    assert session.active is None


def test_auto_create_off(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H12: `ROOST_AUTO_CREATE=0` turns creation into one hint."""
    sandbox.fake_interpreter("3.12.1")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home, environ={"ROOST_AUTO_CREATE": "0"})
    shown = session.run(f"cd {project}")
    assert shown.count("\n") == 1
    assert "shop-venv" in shown
    assert "type: roost up" in shown
    assert session.resume() == ""
    assert not sandbox.env("3.12.1", "shop-venv").exists()


HINTS = {
    "interpreter-missing": ("3.99.1", "shop-venv", "3.99.1", "install pyenv: "),
    "invalid name": ("3.12.1", "../c", ".python-virtualenv", "type: roost status"),
    "invalid version": (">=3.9", "shop-venv", ".python-version", "type: roost status"),
    "no release": ("shop", "shop-venv", ".python-version", "type: roost status"),
    "no version": (None, "shop-venv", "To use .python-virtualenv you need a .python-version", "type: roost init "),
    "broken": ("3.12.1", "broken-venv", "broken-venv", "type: roost up --recreate"),
}


@pytest.mark.parametrize("trouble", HINTS)
def test_one_line_that_says_what_to_type(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, trouble: str) -> None:
    """H12, H13, F12: once per shell and project, nothing is started; `ROOST_QUIET=1` silences it."""
    version, name, said, helps = HINTS[trouble]
    sandbox.fake_env("3.12.1", "shop-venv")
    broken = sandbox.fake_env("3.12.1", "broken-venv")
    (broken / "bin" / "python").unlink()
    (broken / "bin" / "python").symlink_to("/not/there")
    project = sandbox.project("shop", version, name)
    (project / "deep").mkdir()
    session = terminal(sandbox.home)
    shown = session.run(f"cd {project}")
    assert shown.count("\n") == 1, shown
    assert shown.startswith("roost: ")
    assert said in shown
    assert f"; {helps}" in shown
    for again in ("", "cd deep", "cd ..", "cd ~", f"cd {project}", f"cd {project}/deep"):
        assert session.run(again) == ""
    assert session.active is None
    quiet = terminal(project, environ={"ROOST_QUIET": "1"})
    assert quiet.resume() == ""
    assert quiet.run("cd ~") == ""


def test_two_projects_two_hints(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H13: once for each project."""
    one, two = sandbox.project("p1", "3.99", "venv"), sandbox.project("p2", "3.99", "venv")
    session = terminal(sandbox.home)
    assert session.run(f"cd {one}").count("roost: ") == 1
    assert session.run(f"cd {two}").count("roost: ") == 1
    assert session.run(f"cd {one}") == ""


def test_no_move_writes_to_stdout(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H11, H13: in, deeper, over, by hand, into each trouble, out: a file that stdout goes to stays empty."""
    sandbox.fake_env("3.12.1", "shop-venv")
    sandbox.fake_env("3.12.1", "other")
    broken = sandbox.fake_env("3.12.1", "broken-venv")
    (broken / "bin" / "python").unlink()
    (broken / "bin" / "python").symlink_to("/not/there")
    project, second = sandbox.project("shop", "3.12.1", "shop-venv"), sandbox.project("second", "3.12.1", "other")
    (project / "deep").mkdir()
    troubles = [sandbox.project(f"trouble{number}", version, name) for number, (version, name, _, _) in enumerate(HINTS.values())]
    session = terminal(sandbox.home)
    session.run(f"exec >{sandbox.root}/stdout")
    for line in (f"cd {project}", "", "cd deep", f"cd {second}", "deactivate", "roost activate", "roost activate 3.12.1/envs/shop-venv", "roost deactivate"):
        session.run(line)
    said = "".join(session.run(f"cd {trouble}") for trouble in troubles)
    session.run("cd ~")
    assert said.count("roost: ") == len(troubles)
    assert (sandbox.root / "stdout").read_text() == ""


def test_hints_go_to_stderr(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H13: the words of creation too."""
    sandbox.fake_interpreter("3.12.1")
    project, broken = sandbox.project("shop", "3.12.1", "shop-venv"), sandbox.project("broken", "3.99", "venv")
    session = terminal(sandbox.home)
    session.run(f"exec >{sandbox.root}/stdout")
    assert "roost: " in session.run(f"cd {broken}")
    assert "does not run" in session.run(f"cd {project}")
    assert (sandbox.root / "stdout").read_text() == ""


def test_hints_of_fish_go_to_stderr(fish: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H13: in a shell whose stderr is a file; fish cannot send its own stdout elsewhere."""
    sandbox.fake_interpreter("3.12.1")
    project, broken = sandbox.project("shop", "3.12.1", "shop-venv"), sandbox.project("broken", "3.99", "venv")
    session = terminal(sandbox.home, wrapper=["/bin/sh", "-c", f'exec "$@" 2>{sandbox.root}/stderr', "sh"])
    for place in (broken, project):
        assert session.run(f"cd {place}") == ""
    said = (sandbox.root / "stderr").read_text()
    assert "roost: Python 3.99" in said
    assert "does not run" in said


def test_creation_does_not_eat_what_is_typed_ahead(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H12: the program that makes the env has no input, so the next line is the shell's."""
    sandbox.fake_interpreter("3.12.1")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    line, calls = counted(every_shell, sandbox, "echo making; cat; exit 6")
    session = terminal(sandbox.home, after=line)
    session.enter(f"cd {project}")
    session.enter("echo ty''ped")
    session.wait_for("typed\r\n")
    assert calls.read_text() == "up --from-hook\n"


def test_no_code_of_the_project_while_creating(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, newest: str) -> None:
    """H12, H16, S: no module, command or configuration of the project is used."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    canary = sandbox.root / "canary"
    for name in ("sitecustomize.py", "usercustomize.py", "virtualenv.py", "roost.py", "typer.py", "platformdirs.py", "os.py", "encodings.py"):
        (project / name).write_text(f"open({str(canary)!r}, 'a').write(__name__)\nraise SystemExit(3)\n")
    for name in ("python", "python3", "roost", "virtualenv", "uname", "gcc", "id", "env"):
        (project / name).write_text(f"#!/bin/sh\necho $0 >>'{canary}'\n")
        (project / name).chmod(0o755)
    (project / "virtualenv.ini").write_text("[virtualenv]\ndest = /not/there\n")
    environ = {"PATH": f":.:{sandbox.path}:", "PYTHONPATH": ".", "PYTHONSTARTUP": "sitecustomize.py"}
    session = terminal(sandbox.home, environ=environ)
    shown = session.run(f"cd {project}")
    assert not canary.exists(), canary.read_text()
    assert session.env("VIRTUAL_ENV") == str(sandbox.env(newest, "shop-venv")), shown


def test_creation_in_the_store_of_roost(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, newest: str) -> None:
    """V6: a machine with a python3 and nothing else; found again by the next shell without a process."""
    tree = sandbox.install(newest)
    elsewhere = sandbox.root / "opt"
    shutil.move(tree, elsewhere)
    shutil.rmtree(sandbox.pyenv_root)
    sandbox.path = f"{elsewhere}/bin:/usr/bin:/bin"
    project = sandbox.project("shop", newest, "shop-venv")
    session = terminal(sandbox.home)
    shown = session.run(f"cd {project}")
    env = sandbox.data / "versions" / newest / "envs" / "shop-venv"
    assert session.active == str(env), shown
    assert terminal(project, after=every_shell.assign("_roost_cli", "/not/there")).active == str(env)


def test_a_clone_of_pyenv_virtualenvs_is_on_after_what_roost_says_to_type(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, newest: str) -> None:
    """F15, I3, H9: from a directory below; the hook takes what `roost init` wrote and made at the very next prompt."""
    sandbox.install(newest)
    project = sandbox.project("clone", f"shop-{newest}", None)
    (project / "src").mkdir()
    session = terminal(project / "src")
    assert session.active is None
    said = session.run("roost up")
    assert "; type: roost init" in said
    session.run(said.rpartition("type: ")[2].strip())
    assert session.active == str(sandbox.env(newest, f"shop-{newest}"))
