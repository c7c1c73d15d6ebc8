"""What changes without a `cd` (H9), and that nothing below a project or env is run (H16)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell


def test_a_file_is_edited(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9: seen at the next prompt, also if size and time stay the same."""
    one, two = sandbox.fake_env("3.12.1", "shop-one"), sandbox.fake_env("3.12.1", "shop-two")
    project = sandbox.project("shop", "3.12.1", "shop-one")
    session = terminal(project)
    assert session.active == str(one)
    before = (project / ".python-virtualenv").stat()
    (project / ".python-virtualenv").write_text("shop-two\n")
    os.utime(project / ".python-virtualenv", ns=(before.st_atime_ns, before.st_mtime_ns))
    session.resume()
    assert session.active == str(two)
    session.run("echo shop-one >.python-virtualenv")
    assert session.active == str(one)


def test_the_version_is_edited(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9."""
    sandbox.fake_env("3.12.1", "dev")
    newer = sandbox.fake_env("3.13.2", "dev")
    project = sandbox.project("shop", "3.12.1", "dev")
    (project / "deep").mkdir()
    session = terminal(project / "deep")
    session.run("echo 3.13 >../.python-version")
    assert session.active == str(newer)


def test_a_file_is_replaced(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9: as `git checkout` does it."""
    sandbox.fake_env("3.12.1", "shop-one")
    two = sandbox.fake_env("3.12.1", "shop-two")
    project = sandbox.project("shop", "3.12.1", "shop-one")
    session = terminal(project)
    (project / "new").write_text("shop-two\n")
    (project / "new").rename(project / ".python-virtualenv")
    session.resume()
    assert session.active == str(two)


def test_files_come_and_go(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9: a project that begins, ends and begins again around the shell."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", None, None)
    session = terminal(project)
    assert session.active is None
    sandbox.project("shop", "3.12.1", "shop-venv")
    assert session.resume() == ""
    assert session.active == str(env)
    session.run("rm .python-virtualenv")
    assert session.active is None
    session.run("echo shop-venv >.python-virtualenv")
    assert session.active == str(env)
    assert "roost: " in session.run("rm .python-version")
    assert session.active is None


def test_files_come_and_go_above(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9: without a `cd`, in each directory between the shell's and the root, and only the ones that count (F11)."""
    outer, inner = sandbox.fake_env("3.12.1", "outer-venv"), sandbox.fake_env("3.13.2", "inner-venv")
    project = sandbox.project("shop", "3.12.1", "outer-venv")
    middle, deep = project / "a", project / "a" / "b" / "c"
    deep.mkdir(parents=True)
    session = terminal(deep)
    assert session.active == str(outer)
    (deep / ".python-version").write_text("3.13.2\n")  # below the name: does not count
    session.resume()
    assert session.active == str(outer)
    (middle / ".python-version").write_text("3.13.2\n")
    (middle / ".python-virtualenv").write_text("inner-venv\n")
    session.resume()
    assert session.active == str(inner)
    (deep.parent / ".python-virtualenv").touch()
    session.resume()
    assert session.active is None
    (deep.parent / ".python-virtualenv").unlink()
    (middle / ".python-version").unlink()  # the name is found, the version only further up
    (project / ".python-version").write_text("3.13.2\n")
    session.resume()
    assert session.active == str(inner)
    (middle / ".python-virtualenv").unlink()
    (project / ".python-version").write_text("3.12.1\n")
    session.resume()
    assert session.active == str(outer)
    (project / ".python-virtualenv").unlink()
    (project / ".python-version").unlink()
    (deep / ".python-version").unlink()
    session.resume()
    assert session.active is None
    (sandbox.root / ".python-version").write_text("3.13.2\n")
    (sandbox.root / ".python-virtualenv").write_text("inner-venv\n")
    session.resume()
    assert session.active == str(inner)


def test_files_come_above_a_link(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9, F11: without a `cd`, above a link on the way of $PWD and not above what it leads to; a name far above, its version further."""
    outer, inner = sandbox.fake_env("3.12.1", "outer-venv"), sandbox.fake_env("3.13.2", "inner-venv")
    elsewhere = sandbox.root / "else" / "where"
    (elsewhere / "b").mkdir(parents=True)
    project = sandbox.project("long-" * 20, "3.12.1", "outer-venv")
    (project / "a" / "link").parent.mkdir()
    (project / "a" / "link").symlink_to(elsewhere)
    session = terminal(project / "a" / "link" / "b", environ={"ROOST_AUTO_CREATE": "0", "ROOST_QUIET": "1"})
    assert session.active == str(outer)
    for directory in (elsewhere.parent, project / "a", elsewhere, project / "a" / "link" / "b"):
        (directory / ".python-version").write_text("3.13.2\n")
        (directory / ".python-virtualenv").write_text("inner-venv\n")
        session.resume()
        assert session.active == str(outer if directory == elsewhere.parent else inner), directory
        (directory / ".python-virtualenv").unlink()
        session.resume()
        assert session.active == str(outer), directory
    deep = project / "1" / "2" / "3" / "4" / "5" / "6" / "7"
    deep.mkdir(parents=True)
    (project / ".python-version").rename(sandbox.root / ".python-version")
    session.run(f"cd {deep}")
    assert session.active == str(outer)
    (project / ".python-version").write_text("3.13.2\n")
    (project / ".python-virtualenv").write_text("inner-venv\n")
    session.resume()
    assert session.active == str(inner)
    (project / ".python-version").unlink()
    (project / ".python-virtualenv").write_text("outer-venv\n")
    session.resume()
    assert session.active == str(outer)
    (project / ".python-version").write_text("3.13.2\n")
    session.resume()
    assert session.active is None


def test_files_come_far_above(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9, P: twenty levels deep, what comes within six is seen at the next prompt, the rest within a few or at a `cd`."""
    env = sandbox.fake_env("3.12.1", "shop-venv")
    levels = [sandbox.root / "a"]
    for _ in range(20):
        levels.append(levels[-1] / "d")
    levels[-1].mkdir(parents=True)
    session = terminal(levels[-1])
    outside = len(levels) + len(sandbox.root.parts)

    def put(directory: Path) -> None:
        (directory / ".python-version").write_text("3.12.1\n")
        (directory / ".python-virtualenv").write_text("shop-venv\n")

    def take(directory: Path) -> None:
        (directory / ".python-version").unlink()
        (directory / ".python-virtualenv").unlink()
        session.run("cd ..; cd d")
        assert session.active is None

    put(levels[-6])
    session.resume()
    assert session.active == str(env)
    take(levels[-6])
    for directory in (levels[-7], levels[4], levels[0]):
        put(directory)
        for _ in range(outside - 6):
            session.resume()
        assert session.active == str(env)
        take(directory)
    (levels[0] / ".python-version").write_text("3.12.1/envs/shop-venv\n")  # F13
    for _ in range(outside - 6):
        session.resume()
    assert session.active == str(env)
    put(levels[2])
    session.run("cd ..")
    assert session.active == str(env)
    (levels[2] / ".python-virtualenv").unlink()
    (levels[2] / ".python-version").unlink()
    (levels[0] / ".python-version").unlink()
    session.resume()
    assert session.active is None


def test_an_empty_name_far_above(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9, F9: deep inside a project, the subfolder that opts out is seen within a few prompts, and within six levels at once."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    levels = [project]
    for _ in range(30):
        levels.append(levels[-1] / "d")
    levels[-1].mkdir(parents=True)
    session = terminal(levels[-1])
    for directory, prompts in ((levels[-1], 1), (levels[-6], 1), (levels[-7], 26), (levels[1], 26)):
        assert session.active == str(env)
        (directory / ".python-virtualenv").touch()
        for _ in range(prompts):
            session.resume()
        assert session.active is None
        (directory / ".python-virtualenv").unlink()
        session.resume()


def test_a_file_becomes_something_else(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9, S: a FIFO or a directory in its place is no file: nothing waits for it, and the outer project is on."""
    outer, inner = sandbox.fake_env("3.12.1", "outer-venv"), sandbox.fake_env("3.13.2", "inner-venv")
    sandbox.project("shop", "3.12.1", "outer-venv")
    project = sandbox.project("shop/inner", "3.13.2", "inner-venv")
    session = terminal(project)
    for make in (os.mkfifo, os.mkdir):
        assert session.active == str(inner)
        (project / ".python-virtualenv").unlink()
        make(project / ".python-virtualenv")
        assert session.resume() == ""
        assert session.active == str(outer)
        (project / ".python-virtualenv").rename(sandbox.root / make.__name__)
        (project / ".python-virtualenv").write_text("inner-venv\n")
        session.resume()


def test_an_env_comes_and_goes(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9: created by somebody else, deleted, created again."""
    sandbox.fake_interpreter("3.12.1")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(project, environ={"ROOST_AUTO_CREATE": "0", "ROOST_QUIET": "1"})
    assert session.active is None
    env = sandbox.fake_env("3.12.1", "shop-venv")
    session.resume()
    assert session.active == str(env)
    shutil.rmtree(env)
    session.resume()
    assert session.active is None
    sandbox.fake_env("3.12.1", "shop-venv")
    session.resume()
    assert session.active == str(env)


def test_a_prefix_means_what_is_there_now(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """V3, H9: each time that the project is entered; for each PYENV_ROOT its own."""
    old, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12", "shop-venv")
    alias = sandbox.versions / "shop-venv"
    alias.symlink_to(old)
    session = terminal(project)

    def entered() -> str | None:
        session.run("cd ~")
        session.run(f"cd {project}")
        return session.active

    assert entered() == str(old)
    newer = sandbox.fake_env("3.12.8", "shop-venv")
    alias.unlink()
    alias.symlink_to(newer)
    assert entered() == str(newer)
    shutil.rmtree(newer)
    assert entered() == str(old)
    alias.unlink()
    newest = sandbox.fake_env("3.12.9", "shop-venv")
    assert entered() == str(newest)
    latest = sandbox.fake_env("3.12.10", "shop-venv")
    session.run("roost activate")
    assert session.active == str(latest)
    session.run(f"mkdir -p {sandbox.root}/other/versions")
    session.run(every_shell.assign("PYENV_ROOT", sandbox.root / "other"))
    assert session.active is None


def test_a_nul_byte_in_a_letter(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """F2, H9: bash reads past it; the file that had none is known, and is not taken for this one."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    (project / ".python-version").write_bytes(b"3.12.1\n# \xc3")
    session = terminal(project)
    assert session.active == str(env)
    session.run("cd ~")
    (project / ".python-version").write_bytes(b"3.12.1\n# \xc3\x00x\n")
    session.run(f"cd {project}")
    assert session.active is None


def test_what_a_prefix_came_to_is_no_code(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """S, H16: a PYENV_ROOT that looks like a line of what is remembered for another one."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12", "shop-venv")
    hostile = sandbox.versions / "3.12" / "shop-venv=3.12.1@a[$(touch canary)]"
    shutil.copytree(sandbox.versions / "3.12.1", hostile / "versions" / "3.12.1", symlinks=True)
    session = terminal(project)
    for root, expected in ((hostile, hostile / "versions" / "3.12.1" / "envs" / "shop-venv"), (sandbox.versions.parent, env)):
        session.run(every_shell.assign("PYENV_ROOT", f"'{root}'"))
        assert session.active == str(expected)
    assert not list(sandbox.root.rglob("canary"))


def test_an_env_that_is_half_made(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9, E5: the marker keeps every shell away, at the first look and later."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    (env / ".roost-building").touch()
    session = terminal(project, environ={"ROOST_AUTO_CREATE": "0", "ROOST_QUIET": "1"})
    assert session.active is None
    (env / ".roost-building").unlink()
    session.resume()
    assert session.active == str(env)
    (env / ".roost-building").touch()
    session.resume()
    assert session.active is None
    (env / ".roost-building").unlink()
    (env / "pyvenv.cfg").unlink()
    session.resume()
    assert session.active is None


def test_an_interpreter_that_was_upgraded_away(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9, E3: a dangling `bin/python` is broken: off, and one hint."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(project)
    assert session.active == str(env)
    (env / "bin" / "python").unlink()
    (env / "bin" / "python").symlink_to("/not/there/python")
    shown = session.resume()
    assert shown.count("\n") == 1
    assert "roost up --recreate" in shown
    assert session.active is None
    assert session.resume() == ""


def traps(directory: Path, canary: Path) -> None:
    """Everything that a careless tool would source or run."""
    (directory / "bin").mkdir(parents=True, exist_ok=True)
    script = f"#!/bin/sh\necho \"$0\" >>'{canary}'\n"
    for name in ("activate", "postactivate", "predeactivate", "id", "rm", "ls", "cat", "readlink", "git", "roost", "pyenv", "direnv"):
        for place in (directory, directory / "bin"):
            if not (place / name).exists():
                (place / name).write_text(script)
                (place / name).chmod(0o755)
    for name in (".envrc", ".env", ".zshrc", ".bashrc", ".autoenv.zsh", "sitecustomize.py", "usercustomize.py"):
        (directory / name).write_text(f"open({str(canary)!r}, 'a').write('python')\n" if name.endswith(".py") else script)


def test_no_file_of_project_or_env_is_run(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H16."""
    canary = sandbox.root / "canary"
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    (project / "deep").mkdir()
    for directory in (env, project, project / "deep", project / ".venv", project / "venv"):
        traps(directory, canary)
    (env / "bin" / "python").unlink()
    (env / "bin" / "python").write_text(f"#!/bin/sh\necho python >>'{canary}'\n")
    (env / "bin" / "python").chmod(0o755)
    session = terminal(sandbox.home)
    session.run(f"cd {project}")
    assert session.active == str(env)
    for line in ("cd deep", "cd ..", "", "deactivate", "roost activate", "cd ~", f"cd {project}", "cd ~"):
        session.run(line)
    assert session.active is None
    assert not canary.exists(), canary.read_text()
    session.run(f"{project}/bin/rm")
    assert canary.exists(), "the traps do work"
