"""Entering and leaving a project (H2, H3, H18)."""

from __future__ import annotations

import pytest

from tests.support.sandbox import Sandbox
from tests.support.shells import Load, OpenTerminal, Shell


def on_path(value: str | None) -> list[str]:
    return (value or "").split(":")


@pytest.mark.parametrize("load", ["setup", "eval"])
def test_a_real_activation(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, load: Load) -> None:
    """H2: the variables of `activate`, exported, `bin` first and once, the prompt, a `deactivate`; in both ways of loading."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home, load=load)
    assert session.active is None
    assert session.run(f"cd {project}") == ""
    assert session.active == str(env)
    assert session.prefix == "(shop-venv) "
    assert session.exported("VIRTUAL_ENV") == str(env)
    assert session.exported("VIRTUAL_ENV_PROMPT") == "shop-venv"
    assert on_path(session.exported("PATH")) == [f"{env}/bin", *sandbox.path.split(":")]
    assert session.run("command -v python").strip() == f"{env}/bin/python"
    assert session.env("PYENV_VIRTUAL_ENV") is None
    assert "function" in session.run("type deactivate")


def test_a_clean_leave(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H3."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    prompt = session.env("PS1")
    session.run(f"cd {project}")
    assert session.run("cd ..") == ""
    assert session.active is None
    assert session.prefix == ""
    assert session.env("PS1") == prompt
    assert session.env("PATH") == sandbox.path
    for name in ("VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "ROOST_ENV", "UV_PROJECT_ENVIRONMENT"):
        assert session.exported(name) is None, name
    assert session.status("type deactivate >/dev/null 2>&1") != 0


def test_twenty_visits(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H2, H3: each visit is like the first, and nothing piles up."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    for _ in range(20):
        session.run(f"cd {project}")
        assert session.prefix == "(shop-venv) "
        session.run("cd ~")
        assert session.prefix == ""
    assert session.env("PATH") == sandbox.path
    session.run(f"cd {project}")
    assert session.active == str(env)


def test_what_the_user_did_to_path_meanwhile_stays(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H3: only roost's own entry goes; additions, empty fields and duplicates stay."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    session.run(f"cd {project}")
    session.run('PATH="/front:$PATH::/twice:/twice:/end:"')
    assert on_path(session.env("PATH"))[:2] == [f"{env}/bin", "/front"], "the env is first again at the prompt"
    session.run("cd ~")
    assert session.env("PATH") == f"/front:{sandbox.path}::/twice:/twice:/end:"


@pytest.mark.parametrize("path", ["", ":", ":/usr/bin", "/usr/bin:", "/usr/bin::/bin", "/usr/bin:/usr/bin"])
def test_any_path_comes_back_as_it_was(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, path: str) -> None:
    """H3."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    session.run(f"PATH='{path}'")
    session.run(f"cd {project}")
    assert session.env("PATH") == f"{env}/bin:{path}"
    session.run("cd ~")
    assert session.env("PATH") == path


def test_an_entry_that_was_on_path_before(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H2: the env's `bin` is on PATH once, also if the user had put it there."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home, before=f'PATH="/usr/bin:{env}/bin:/bin:{env}/bin"')
    session.run(f"cd {project}")
    assert session.env("PATH") == f"{env}/bin:/usr/bin:/bin"


def test_pythonhome_is_put_aside(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H2, H3."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home, environ={"PYTHONHOME": "/somewhere"})
    session.run(f"cd {project}")
    assert session.exported("PYTHONHOME") is None
    session.run("cd ~")
    assert session.exported("PYTHONHOME") == "/somewhere"


def test_pythonhome_goes_through_two_projects(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H2, H3: straight from one project to the next, and out."""
    sandbox.fake_env("3.12.1", "one")
    sandbox.fake_env("3.12.1", "two")
    one, two = sandbox.project("p1", "3.12.1", "one"), sandbox.project("p2", "3.12.1", "two")
    session = terminal(sandbox.home, environ={"PYTHONHOME": "/somewhere"})
    session.run(f"cd {one}")
    session.run(f"cd {two}")
    assert session.exported("PYTHONHOME") is None
    session.run("cd ~")
    assert session.exported("PYTHONHOME") == "/somewhere"


@pytest.mark.parametrize("switch", ["VIRTUAL_ENV_DISABLE_PROMPT", "PYENV_VIRTUALENV_DISABLE_PROMPT"])
def test_the_prompt_can_be_left_alone(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, switch: str) -> None:
    """H2."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home, environ={switch: "1"})
    prompt = session.env("PS1")
    session.run(f"cd {project}")
    assert session.active == str(env)
    assert (session.prefix, session.env("PS1")) == ("", prompt)
    session.run("cd ~")
    assert session.env("PS1") == prompt


def test_a_prompt_that_has_the_name_already(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H3: it is not put there twice, and what is the user's own is not taken out."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home, after='PS1="(shop-venv) $PS1"')
    for place in (project, sandbox.home):
        session.run(f"cd {place}")
        assert session.prefix == "(shop-venv) "


def test_a_prompt_that_the_user_changes_meanwhile(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H3: the new prompt stays, without the name of the env."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    plain = session.env("PS1")
    session.run(f"cd {project}")
    session.run('PS1="(new) $PS1"')
    session.run("cd ~")
    assert session.env("PS1") == f"(new) {plain}"


def test_commands_are_looked_up_anew(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H2: `hash -r`, so a remembered command does not hide the env's."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    tool = env / "bin" / "ls"
    tool.write_text("#!/bin/sh\necho of the env\n")
    tool.chmod(0o755)
    session = terminal(sandbox.home)
    session.run("ls >/dev/null")
    session.run(f"cd {project}")
    assert session.run("ls") == "of the env\n"
    session.run("cd ~")
    assert session.run("ls -d /etc/passwd") == "/etc/passwd\n"


def test_uv_is_pointed_at_the_env(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H18: while the env is active; what was set before comes back."""
    env, other = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.fake_env("3.12.1", "other")
    one, two = sandbox.project("p1", "3.12.1", "shop-venv"), sandbox.project("p2", "3.12.1", "other")
    session = terminal(sandbox.home, environ={"ROOST_UV": "1"})
    session.run(f"cd {one}")
    assert session.exported("UV_PROJECT_ENVIRONMENT") == str(env)
    session.run(f"cd {two}")
    assert session.exported("UV_PROJECT_ENVIRONMENT") == str(other)
    session.run("cd ~")
    assert session.exported("UV_PROJECT_ENVIRONMENT") is None
    session.run("export UV_PROJECT_ENVIRONMENT=mine")
    session.run(f"cd {one}")
    assert session.exported("UV_PROJECT_ENVIRONMENT") == str(env)
    session.run("cd ~")
    assert session.exported("UV_PROJECT_ENVIRONMENT") == "mine"


def test_what_uv_was_told_meanwhile_stays(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H3, H18: a value that is not ours is the user's own."""
    sandbox.fake_env("3.12.1", "shop-venv")
    session = terminal(sandbox.project("shop", "3.12.1", "shop-venv"), environ={"ROOST_UV": "1"})
    session.run("set -gx UV_PROJECT_ENVIRONMENT mine" if every_shell.kind == "fish" else "export UV_PROJECT_ENVIRONMENT=mine")
    session.run("cd ~")
    assert session.exported("UV_PROJECT_ENVIRONMENT") == "mine"


def test_uv_is_left_alone_otherwise(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H18."""
    sandbox.fake_env("3.12.1", "shop-venv")
    session = terminal(sandbox.project("shop", "3.12.1", "shop-venv"))
    assert session.env("UV_PROJECT_ENVIRONMENT") is None


def test_disabled(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H18: `ROOST_DISABLE=1` makes the hook do nothing, now or later in the session."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    broken = sandbox.project("broken", "3.12.1", "../evil")
    session = terminal(project, environ={"ROOST_DISABLE": "1"})
    assert session.active is None
    assert session.run(f"cd {broken}") == ""
    assert session.resume() == ""
    session.run("set -e ROOST_DISABLE" if every_shell.kind == "fish" else "unset ROOST_DISABLE")
    session.run(f"cd {project}")
    assert session.active == str(env)
    session.run(every_shell.assign("ROOST_DISABLE", 1))
    session.run("cd ~")
    assert session.env("VIRTUAL_ENV") == str(env), "nothing, so not even a leave"
