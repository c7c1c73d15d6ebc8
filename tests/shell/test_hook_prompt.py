"""What the prompt shows is what is on, whoever else has a hand in the prompt (H2, H5, H14)."""

from __future__ import annotations

import pytest

from roost.machine.hooks import quote
from tests.support.preexec import PREEXEC
from tests.support.sandbox import Sandbox
from tests.support.shells import PROMPTS, OpenTerminal, Shell

# A theme that draws the env by itself, from VIRTUAL_ENV, in front of the prompt that it found.
THEME = """
VIRTUAL_ENV_DISABLE_PROMPT=1 plain=$PS1
theme() { PS1="${VIRTUAL_ENV:+(${VIRTUAL_ENV##*/}) }$plain"; }
"""
# A terminal's integration: it adds to PS1 before each prompt and puts the old one back before each command.
TERMINAL = """
saver_precmd() { saved_ps1=$PS1; PS1="$PS1"; }
saver_preexec() { PS1=$saved_ps1; }
precmd_functions+=(saver_precmd) preexec_functions+=(saver_preexec)
"""
# The lines of an rc file before the hook and after it.
THEMES = {
    "bash-preexec before": (f"{THEME}{PREEXEC}precmd_functions+=(theme)", ""),
    "bash-preexec after": ("", f"{THEME}{PREEXEC}precmd_functions+=(theme)"),
    "bash-preexec before, theme after": (PREEXEC, f"{THEME}precmd_functions+=(theme)"),
    "put in front afterwards": ("", f'{THEME}PROMPT_COMMAND="theme; $PROMPT_COMMAND"'),
    "put in front, on a line of its own": ("", f"{THEME}PROMPT_COMMAND=theme$'\\n'$PROMPT_COMMAND"),
    "put in front of an array": ("", f'{THEME}PROMPT_COMMAND=(theme "${{PROMPT_COMMAND[@]}}")'),
    "there before": (f"{THEME}PROMPT_COMMAND=theme", ""),
}


@pytest.mark.parametrize("order", THEMES)
def test_a_theme_of_bash_shows_what_is_on(bash: Shell, sandbox: Sandbox, terminal: OpenTerminal, order: str) -> None:
    """H5: at each prompt, the first one in a terminal that is opened in a project too, not one prompt late."""
    if "array" in order and "3.2" in bash.path:
        return  # before 5.1, bash runs the first field of an array only
    sandbox.fake_env("3.12.1", "shop-venv")
    sandbox.fake_env("3.12.1", "other")
    project, other = sandbox.project("shop", "3.12.1", "shop-venv"), sandbox.project("other", "3.12.1", "other")
    before, after = THEMES[order]
    session = terminal(project, before=before, after=after)
    assert session.prefix == "(shop-venv) "
    for typed, shown in (("cd ~", ""), (f"cd {other}", "(other) "), (f"cd {project}", "(shop-venv) "), ("", "(shop-venv) "), ("deactivate", ""), ("cd /", "")):
        session.run(typed)
        assert session.prefix == shown, typed
    session.run(f"cd {project}")
    assert session.active == str(sandbox.env("3.12.1", "shop-venv"))
    assert session.status("(exit 5)") == 5


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_terminal_that_saves_and_restores_ps1(bash: Shell, sandbox: Sandbox, terminal: OpenTerminal, where: str) -> None:
    """H2, H3: the name is there at each prompt while the env is on, and gone when it is off, after its own `activate` script too."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    script = 'VIRTUAL_ENV={0} _OLD_VIRTUAL_PATH=$PATH _OLD_VIRTUAL_PS1=$PS1 PS1="(shop-venv) $PS1" PATH={0}/bin:$PATH\n'
    script += "export VIRTUAL_ENV PATH\ndeactivate() {{ PS1=$_OLD_VIRTUAL_PS1; unset -v _OLD_VIRTUAL_PS1 VIRTUAL_ENV; }}\n"
    (sandbox.home / "activate").write_text(script.format(sandbox.env("3.12.1", "shop-venv")))
    lines = f"{PREEXEC}{TERMINAL}"
    session = terminal(sandbox.home, before=lines if where == "before" else "", after=lines if where == "after" else "")
    for _ in range(2):
        session.run(f"cd {project}")
        for typed in ("", ":", "true", "cd .", ". ~/activate", ""):
            assert session.prefix == "(shop-venv) ", typed
            session.run(typed)
        session.run("cd ~")
        for typed in ("", ":", ""):
            assert session.prefix == "", typed
            session.run(typed)


def test_a_prompt_that_is_set_while_the_env_is_on(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H2: by the user, or by a tool that brings back what it saved before the hook's turn: the name is in front of it."""
    sandbox.fake_env("3.12.1", "shop-venv")
    session = terminal(sandbox.project("shop", "3.12.1", "shop-venv"))
    session.run(f"PS1={quote(PROMPTS[shell.kind], shell.kind)}")
    assert session.prefix == "(shop-venv) "
    session.run("cd ~")
    assert session.prefix == ""


def test_a_theme_of_zsh_that_brings_an_old_prompt_back(zsh: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H3: as a transient prompt does: the PS1 that it kept while an env was on shows no name when that is off."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(project, after="keep() { PS1=${kept=$PS1} }; precmd_functions+=(keep)")
    assert session.prefix == "(shop-venv) "
    for typed, shown in (("cd ~", ""), ("", ""), (f"cd {project}", "(shop-venv) "), ("deactivate", ""), ("roost activate", "(shop-venv) ")):
        session.run(typed)
        assert session.prefix == shown, typed


def test_a_zsh_configuration_that_empties_psvar(zsh: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H2, H14: as the manual's example of vcs_info does at each prompt; and its own elements stay where they are."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(project, after="precmd() { psvar=(); psvar[2]=two }")
    for _ in range(2):
        assert session.prefix == "(shop-venv) "
        assert session.run("print $psvar[2]") == "two\n"
    session.run("cd ~")
    assert session.prefix == ""
    assert session.run("print $#psvar") == "2\n"


def test_a_child_without_the_hook(bash: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H14: one that inherits PROMPT_COMMAND and PS1 shows no error and no name that it cannot keep right."""
    sandbox.fake_env("3.12.1", "shop-venv")
    project = sandbox.project("shop", "3.12.1", "shop-venv")
    session = terminal(project, before="export PROMPT_COMMAND='history -a' PS1")
    assert session.prefix == "(shop-venv) "
    session.run(f"{bash.path} --norc")
    assert session.prefix == ""
    for typed in (":", "cd ~"):
        assert session.run(typed) == ""
        assert session.prefix == ""
    session.run("exit")
    assert session.prefix == "(shop-venv) "
