"""How a shell starts: in a project, as a child, with other tools in its rc file (H6, H7, H8, H11, H15)."""

from __future__ import annotations

import os

import pytest

from roost.machine.hooks import hook_file, quote
from tests.support.sandbox import ROOST, Sandbox
from tests.support.shells import PROMPTS, Load, OpenTerminal, Shell


@pytest.mark.parametrize("load", ["setup", "eval"])
def test_a_terminal_opened_in_a_project(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, load: Load) -> None:
    """H6: active at the first prompt, not a byte before it, and `deactivate` works."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    plain = terminal(project, load="none")
    session = terminal(project, load=load)
    assert session.opening == plain.opening
    assert session.prefix == "(shop-venv) "
    assert session.active == str(env)
    session.run("deactivate")
    assert session.active is None


TROUBLE = {
    "missing env": ("3.12.1", "missing"),
    "missing interpreter": ("3.99", "shop-venv"),
    "invalid name": ("3.12.1", "../evil"),
    "invalid version": (">=3.9", "shop-venv"),
    "no version": (None, "shop-venv"),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_nothing_is_said_before_the_first_prompt(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, trouble: str) -> None:
    """H6, H13: 0 bytes before the first prompt; the hint comes before the second, once."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", *TROUBLE[trouble])
    plain = terminal(project, load="none")
    session = terminal(project, environ={"ROOST_AUTO_CREATE": "0"})
    assert session.opening == plain.opening
    assert session.resume().count("roost: ") == 1
    assert session.resume() == ""


def test_rc_lines_after_ours_do_not_matter(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H6, H8: a PATH that is set anew after the hook was loaded, shims in front."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    shims = sandbox.pyenv_root / "shims"
    session = terminal(project, after=every_shell.assign("PATH", f"{shims}:/usr/bin:/bin"))
    assert session.active == str(env)
    session.run(every_shell.assign("PATH", f'"{shims}:$PATH"'))
    assert session.env("PATH") == f"{env}/bin:{shims}:{shims}:/usr/bin:/bin"


@pytest.mark.parametrize("where", ["before", "after", "lazily"])
def test_pyenv_init(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, where: str) -> None:
    """H8: the real `pyenv init`, wherever it stands: the env's bin is before the shims."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    sandbox.with_pyenv()
    line = "pyenv init - fish | source" if every_shell.kind == "fish" else f'eval "$(pyenv init - {every_shell.kind})"'
    session = terminal(project, before=line if where == "before" else "", after=line if where == "after" else "")
    if where == "lazily":
        session.run(line)
    assert session.active == str(env)
    path = (session.env("PATH") or "").split(":")
    assert path.index(f"{env}/bin") < path.index(str(sandbox.pyenv_root / "shims"))
    session.run("cd ~")
    assert str(sandbox.pyenv_root / "shims") in (session.env("PATH") or "").split(":")
    assert session.active is None


def test_exec_and_child_in_the_project(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H7: variables without functions come in; the shell repairs itself."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(project)
    for line in (f"exec {every_shell.command}", every_shell.command):
        session.run(line)
        assert session.active == str(env)
        assert session.prefix == "(shop-venv) "
        assert session.status("deactivate") == 0
        assert session.active is None
        assert session.status("roost activate") == 0
        assert session.active == str(env)
    session.run("cd ~")
    assert session.active is None
    assert session.env("PATH") == sandbox.path
    session.run("exit")
    assert session.active == str(env), "the parent is still in the project"


def test_exec_and_child_outside(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H7: off at the first prompt, without an error."""
    env = sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(project)
    assert session.run(f"cd ~; exec {every_shell.command}").replace("\x1b[?1034h", "") == ""  # readline of bash 3.2
    assert session.active is None
    inherited = {"VIRTUAL_ENV": str(env), "VIRTUAL_ENV_PROMPT": "shop-venv", "ROOST_ENV": str(env), "PATH": f"{env}/bin:/usr/bin:/bin"}
    session = terminal(sandbox.home, environ=inherited)
    assert session.active is None
    assert session.env("PATH") == "/usr/bin:/bin"
    assert session.env("ROOST_ENV") is None
    assert session.opening == terminal(sandbox.home, load="none").opening


def test_a_prompt_that_came_in_with_a_name(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H7: an exported PS1 that an env was on in shows no name in a child where none is."""
    env = sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    prompt = terminal(project).env("PS1")
    environ = {"VIRTUAL_ENV": str(env), "ROOST_ENV": str(env), "PATH": f"{env}/bin:/usr/bin:/bin"}
    session = terminal(sandbox.home, before=f"PS1={quote(prompt or '', shell.kind)}", environ=environ)
    assert session.active is None
    assert session.prefix == ""
    session.run(f"cd {project}")
    assert session.prefix == "(shop-venv) "


def test_what_uv_was_told_goes_in_a_child_too(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H7, H18: else `uv sync` of another project would fill the env that was left."""
    sandbox.fake_env("3.12.1", "shop-venv")
    session = terminal(sandbox.project("shop", "3.12.1", "shop-venv"), environ={"ROOST_UV": "1"})
    session.run(every_shell.command)
    session.run("cd ~")
    assert session.active is None
    assert session.exported("UV_PROJECT_ENVIRONMENT") is None


@pytest.mark.parametrize("order", ["{env}:/usr/bin:/bin", "/usr/bin:/bin:{env}", "/usr/bin:{env}:/bin:{env}", "/usr/bin:/bin"])
def test_reordered_path(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, order: str) -> None:
    """H7: macOS's path_helper moves the system's directories to the front: once on PATH and first, in the project; gone outside."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    inherited = {"VIRTUAL_ENV": str(env), "ROOST_ENV": str(env), "PATH": order.format(env=env / "bin")}
    session = terminal(project, environ=inherited)
    assert session.env("PATH") == f"{env}/bin:/usr/bin:/bin"
    session.run("deactivate")
    assert session.env("PATH") == "/usr/bin:/bin"
    session = terminal(sandbox.home, environ=inherited)
    assert session.env("PATH") == "/usr/bin:/bin"


def test_inherited_from_another_project(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H7: an editor started in one project opens a terminal in another."""
    one, two = sandbox.fake_env("3.12.1", "one"), sandbox.fake_env("3.12.1", "two")
    project = sandbox.project("second", "3.12.1", "two")
    inherited = {"VIRTUAL_ENV": str(one), "VIRTUAL_ENV_PROMPT": "one", "ROOST_ENV": str(one), "PATH": f"{one}/bin:/usr/bin:/bin"}
    session = terminal(project, environ=inherited)
    assert session.active == str(two)
    assert session.env("PATH") == f"{two}/bin:/usr/bin:/bin"
    session.run("cd ~")
    assert session.env("PATH") == "/usr/bin:/bin"


def test_inherited_by_hand(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H10: `poetry shell` and the like, outside of any project: theirs, so it stays."""
    hand = sandbox.root / "hand"
    session = terminal(sandbox.home, environ={"VIRTUAL_ENV": str(hand), "PATH": f"{hand}/bin:/usr/bin:/bin"})
    session.resume()
    assert session.exported("VIRTUAL_ENV") == str(hand)
    assert session.env("PATH") == f"{hand}/bin:/usr/bin:/bin"


def test_captured_output_is_clean(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H11: in a subshell nothing is printed, on neither stream, and the parent does not change."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    broken = sandbox.project("broken", ">=3.9", "shop-venv")
    missing = sandbox.project("missing", "3.12.1", "not-there")
    session = terminal(sandbox.home, environ={"ROOST_AUTO_CREATE": "0"})
    for directory in (project, broken, missing):
        assert session.run(f'x=$(cd {directory} && pwd); echo "[$x]"') == f"[{directory}]\n"
        assert session.run(f'x=$( (cd {directory} && pwd) 2>&1 ); echo "[$x]"') == f"[{directory}]\n"
        assert session.run(f"(cd {directory} && pwd)") == f"{directory}\n"
        assert session.run(f"cd {directory} | cat") == ""
        session.run("cd ~")
        assert session.active is None


def test_no_hook_in_scripts(shell: Shell, sandbox: Sandbox) -> None:
    """H11: `zsh -c`, a script, a cron job and a remote command see no activation and print nothing of ours."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    hook = hook_file(shell.kind)
    for rc in (".zshenv", ".zshrc", ".bashrc", ".bash_profile"):
        (sandbox.home / rc).write_text(f". {hook}\n")
    script = sandbox.root / "script"
    script.write_text(f'. {hook}\ncd {project} && echo "${{VIRTUAL_ENV-off}} $PWD"\n')
    expected = f"off {project}\n"
    for words in ([shell.path, "-c", f'cd {project} && echo "${{VIRTUAL_ENV-off}} $PWD"'], [shell.path, str(script)]):
        done = sandbox.run(words, BASH_ENV=str(hook), SSH_CLIENT="1 2 3", SHLVL="0")
        assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")


def test_no_hook_in_a_subshell_with_stdin_as_script(shell: Shell, sandbox: Sandbox) -> None:
    """H11: lines piped into the shell are a script."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    hook = hook_file(shell.kind)
    done = sandbox.run(["/bin/sh", "-c", f"printf '. {hook}\\ncd {project}\\necho ${{VIRTUAL_ENV-off}}\\n' | {shell.path}"])
    assert (done.stdout, done.stderr) == ("off\n", "")


def test_uninstalled_with_the_block_still_there(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H15: the block of `roost setup` is silent when the files are gone."""
    terminal(sandbox.home)
    rc = sandbox.home / every_shell.rc_name
    text = rc.read_text()
    assert text.count(str(hook_file(every_shell.kind))) == 2
    session = terminal(sandbox.home, load="none", before=text.replace(str(hook_file(every_shell.kind)), "/not/there"))
    assert session.opening == terminal(sandbox.home, load="none").opening
    assert session.resume() == ""


def test_uninstalled_while_the_shell_runs(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H15: no roost to call: the missing env becomes a hint, the prompt stays quiet."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    missing = sandbox.project("missing", "3.12.1", "not-there")
    session = terminal(sandbox.home, after=f"{every_shell.assign('_roost_cli', '/not/there/roost')}; {every_shell.assign('_roost_here', '/not/there')}")
    session.run(f"cd {project}")
    assert session.active == str(env)
    shown = session.run(f"cd {missing}")
    assert shown.count("\n") == 1
    assert "pipx install" in shown
    assert session.resume() == ""


def test_the_prompt_of_the_tests_is_not_what_ps1_says(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """The laboratory itself: printing PS1 does not look like a prompt, and a shell's words are told from its answer."""
    session = terminal(sandbox.home, load="none")
    assert session.run('printf "%s\\n" "$PS1"') == f"{PROMPTS[shell.kind]}\n"
    assert session.run("echo one; echo two >&2") == "one\ntwo\n"
    assert session.env("HOME") == str(sandbox.home)
    assert session.env("NOT_SET") is None
    assert session.env("VIRTUAL_ENV") is None
    assert session.status("(exit 3)") == 3
    assert os.path.basename(ROOST) == "roost"
