"""All the ways to move between directories (H4, H5)."""

from __future__ import annotations

import os

import pytest

from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell


def test_subdirectories_keep_the_env_untouched(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H4: nothing is set again on the way."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    (project / "a" / "b" / "c").mkdir(parents=True)
    session = terminal(sandbox.home)
    session.run(f"cd {project}")
    session.run(every_shell.assign("VIRTUAL_ENV_PROMPT", "touched"))
    for step in ("a", "b/c", "..", "../..", "a/b/c", "../../.."):
        assert session.run(f"cd {step}") == ""
        assert session.env("VIRTUAL_ENV_PROMPT") == "touched", step
        assert session.env("VIRTUAL_ENV") == str(env)
        assert session.prefix == "(shop-venv) "


def test_nested_projects(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H4: the inner wins; going up brings the outer back."""
    outer_env, inner_env = sandbox.fake_env("3.12.1", "outer-venv"), sandbox.fake_env("3.13.2", "inner-venv")
    outer, inner = sandbox.project("outer", "3.12.1", "outer-venv"), sandbox.project("outer/inner", "3.13.2", "inner-venv")
    session = terminal(outer)
    assert session.active == str(outer_env)
    session.run(f"cd {inner}")
    assert session.active == str(inner_env)
    assert (session.env("PATH") or "").count("/envs/") == 1
    assert session.prefix == "(inner-venv) "
    session.run("cd ..")
    assert session.active == str(outer_env)
    assert session.prefix == "(outer-venv) "
    session.run("cd ..")
    assert session.active is None


def test_an_inner_project_without_its_own_version(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """F11: the version comes from above, the env's name from the inner project."""
    env = sandbox.fake_env("3.12.1", "inner-venv")
    sandbox.project("outer", "3.12.1", "outer-venv")
    inner = sandbox.project("outer/inner", None, "inner-venv")
    assert terminal(inner).active == str(env)


def test_the_inner_env_is_missing(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H4: then the outer goes off, for `pip` would fill the wrong one."""
    sandbox.fake_env("3.12.1", "outer-venv")
    outer, inner = sandbox.project("outer", "3.12.1", "outer-venv"), sandbox.project("outer/inner", "3.12.1", "inner-venv")
    session = terminal(outer, environ={"ROOST_AUTO_CREATE": "0"})
    assert session.prefix == "(outer-venv) "
    assert "inner-venv" in session.run(f"cd {inner}")
    assert session.active is None


def test_a_subfolder_opts_out(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """F9: an empty .python-virtualenv means: no env here, silently."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    docs = sandbox.project("shop/docs", None, "# none")
    session = terminal(project)
    assert session.run(f"cd {docs}") == ""
    assert session.active is None


def test_the_same_name_under_two_versions(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H4: two envs, and `cd` from one project straight to the other switches each time."""
    one, two = sandbox.fake_env("3.12.1", "dev"), sandbox.fake_env("3.13.2", "dev")
    first, second = sandbox.project("first", "3.12.1", "dev"), sandbox.project("second", "3.13.2", "dev")
    session = terminal(sandbox.home)
    for _ in range(3):
        session.run(f"cd {first}")
        assert session.active == str(one)
        session.run("cd ../second")
        assert session.active == str(two)
        assert (session.env("PATH") or "").count("/envs/") == 1
        assert session.prefix == "(dev) "
    session.run(f"cd {second}/..")
    assert session.active is None


def test_a_neighbour_with_a_longer_name(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H4: /a/proj-2 is not inside /a/proj."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("proj", "3.12.1", "shop-venv")
    (sandbox.root / "proj-2").mkdir()
    session = terminal(project)
    session.run("cd ../proj-2")
    assert session.active is None


def test_two_spellings_of_one_directory(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H4: moving between them is not an entry: a hand-typed `deactivate` holds, an active env is not touched."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    link = sandbox.root / "link"
    link.symlink_to(project)
    session = terminal(sandbox.home)
    session.run(f"cd {link}")
    assert session.active == str(env)
    session.run(every_shell.assign("VIRTUAL_ENV_PROMPT", "touched"))
    session.run(f"cd {project}")
    session.run(f"cd {link}")
    assert session.env("VIRTUAL_ENV") == str(env)
    session.run("deactivate")
    session.run(f"cd {project}")
    assert session.active is None
    session.run(f"cd {link}")
    assert session.active is None
    session.run("cd ~")
    session.run(f"cd {project}")
    assert session.active == str(env)


def test_the_logical_directory_counts(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """F: looked for from $PWD upwards, so a link inside a project belongs to the project."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    elsewhere = sandbox.root / "elsewhere"
    elsewhere.mkdir()
    (project / "data").symlink_to(elsewhere)
    session = terminal(sandbox.home)
    session.run(f"cd {project}/data")
    assert session.active == str(env)
    session.run("cd -P .")
    assert session.active is None


MOVES = {
    "pushd": ("pushd {project} >/dev/null", "popd >/dev/null"),
    "cd -": ("cd {project}; cd ~; cd - >/dev/null", "cd - >/dev/null"),
    "CDPATH": ("CDPATH={root}; cd shop >/dev/null", "cd ~"),
    "relative": ("cd ../shop", "cd ../home"),
    "two at once": ("cd {project} && cd . && cd ../shop", "cd .. && cd home"),
    "function": ("go() {{ cd {project}; }}; go", "go() {{ cd ~; }}; go"),
    "eval": ("eval 'cd {project}'", "eval 'cd ~'"),
}


@pytest.mark.parametrize("move", MOVES)
def test_ways_to_go(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, move: str) -> None:
    """H5."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    there, back = MOVES[move]
    assert session.run(there.format(project=project, root=sandbox.root)) == ""
    assert session.active == str(env)
    assert session.run(back.format()) == ""
    assert session.active is None


def test_autocd(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H5: where the shell has it."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    if session.status("setopt auto_cd" if shell.kind == "zsh" else "shopt -s autocd 2>/dev/null") == 0:
        session.run(str(project))
    else:
        session.run(f"cd {project}")  # bash before 4.0
    assert session.active == str(env)


def test_a_widget_of_zsh(zsh: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H5: fzf's Alt-C and the like: the env is on before the next command runs, and the line shows no noise."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    session.run(f"jump() {{ cd {project}; zle reset-prompt }}; zle -N jump; bindkey '^T' jump")
    session.send("\x14")
    session.wait()
    assert session.run('echo "$VIRTUAL_ENV"') == f"{env}\n"


def test_a_widget_of_bash(bash: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H5: bash acts at the next prompt."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    session.run(f"""bind -x '"\\C-t": cd {project}'""")
    session.send("\x14")
    session.enter("echo do''ne")  # when and how the prompt is drawn again is the version's own affair
    session.wait_for("done\r\n")
    session.wait()
    assert session.active == str(env)


def test_zsh_acts_at_once(zsh: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H5: `cd p && python x` uses p's env; `cd -q` calls no function, so the next prompt acts."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    assert session.run(f"cd {project} && command -v python; cd ~; echo ${{VIRTUAL_ENV-off}}") == f"{env}/bin/python\noff\n"
    session.run(f"cd -q {project}")
    assert session.active == str(env)


def test_cd_is_not_redefined(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H5."""
    session = terminal(sandbox.home)
    for name in ("cd", "pushd", "popd"):
        assert "builtin" in session.run(f"type {name}")


def test_a_shell_that_starts_where_no_directory_is(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H6, H9: it comes up as it would without us, and the hook works from the next directory on."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    gone = sandbox.root / "gone"
    wrapper = ["/bin/sh", "-c", f'mkdir {gone}; cd {gone}; rmdir {gone}; exec "$@"', "sh"]
    session = terminal(sandbox.home, wrapper=wrapper, environ={"PWD": str(gone)})
    assert session.opening == terminal(sandbox.home, wrapper=wrapper, environ={"PWD": str(gone)}, load="none").opening
    session.run("cd ~")  # bash has a word to say of where it was
    assert session.run(f"cd {project}") == ""
    assert session.active == str(env)


def test_a_cd_under_a_path_of_its_own(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H3: `PATH=… cd`, or a `cd` in a function with a local PATH: the shell's own PATH does not become that one."""
    env, project = sandbox.fake_env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(sandbox.home)
    if every_shell.kind == "fish":
        session.run("function go; set -lx PATH /mine; set -lx PYTHONHOME /other; cd $argv; end")
    else:
        session.run('go() { local PATH=/mine PYTHONHOME=/other; cd "$1"; }')
    for way in ("PATH=/mine cd", "go"):
        session.run(f"{way} {project}")
        session.run("")
        assert session.active == str(env)
        assert session.env("PATH") == f"{env}/bin:{sandbox.path}", way
        session.run("cd ~")
        assert session.env("PATH") == sandbox.path, way
        assert session.env("PYTHONHOME") is None


def test_a_directory_that_is_removed_under_the_shell(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H9: the env goes off, without a word."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(project)
    for name in os.listdir(project):
        (project / name).unlink()
    project.rmdir()
    assert session.resume() == ""
    assert session.active is None
