"""A good guest under any setting of the user (H14)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell, ShellSession

SETTINGS = {
    "both": {
        "nounset": "set -u",
        "errexit": "set -e",
        "noclobber": "set -o noclobber",
        "noglob": "set -f",
        "odd IFS": "IFS=/.n-",
        "empty IFS": "IFS=",
        "unset IFS": "unset IFS",
        "aliases": "alias cd='echo alias' read='echo alias' command='echo alias' source='echo alias' path='echo alias' "
        "printf='echo alias' local='echo alias' export='echo alias' unset='echo alias' return='echo alias' case='echo alias' "
        "hash='echo alias' shopt='echo alias' emulate='echo alias' set='echo alias' roost='roost' deactivate='deactivate'",
        "variables": "name=n dir=d file=f word=w state=s one=1 two=2 rest=r env=e status_=s version=v option=o had=h store=st",
    },
    "bash": {
        "failglob": "shopt -s failglob",
        "nullglob": "shopt -s nullglob",
        "nocasematch": "shopt -s nocasematch",
        "nocaseglob": "shopt -s nocaseglob",
        "dotglob": "shopt -s dotglob",
        "extglob": "shopt -s extglob",
        "GLOBIGNORE": "GLOBIGNORE='*'",
        "GLOBIGNORE without dotglob": "GLOBIGNORE='*.o'; shopt -u dotglob",
        "posix": "set -o posix",
        "all of them": "set -euf -o noclobber; shopt -s failglob nocasematch dotglob; IFS=/n",
        "errtrace": "set -E; set -T",
        "xpg_echo": "shopt -s xpg_echo",
        "physical": "set -P",
        "lastpipe": "shopt -s lastpipe 2>/dev/null || :",
    },
    "zsh": {
        "KSH_ARRAYS": "setopt ksh_arrays",
        "SH_WORD_SPLIT": "setopt sh_word_split",
        "GLOB_SUBST": "setopt glob_subst",
        "ERR_EXIT": "setopt err_exit",
        "ERR_RETURN": "setopt err_return",
        "WARN_CREATE_GLOBAL": "setopt warn_create_global",
        "WARN_NESTED_VAR": "setopt warn_nested_var",
        "NO_UNSET": "setopt no_unset",
        "NO_NOMATCH": "unsetopt nomatch",
        "NULL_GLOB": "setopt null_glob",
        "CSH_NULL_GLOB": "setopt csh_null_glob",
        "EXTENDED_GLOB": "setopt extended_glob",
        "NO_CASE_MATCH": "unsetopt case_match case_glob",
        "SH_GLOB": "setopt sh_glob",
        "KSH_GLOB": "setopt ksh_glob",
        "POSIX": "setopt posix_builtins posix_identifiers posix_strings posix_argzero",
        "RC_EXPAND_PARAM": "setopt rc_expand_param",
        "IGNORE_BRACES": "setopt ignore_braces",
        "NO_MULTIBYTE": "unsetopt multibyte",
        "CHASE_LINKS": "setopt chase_links",
        "AUTO_PUSHD": "setopt auto_pushd pushd_silent",
        "CDABLE_VARS": "setopt cdable_vars auto_name_dirs",
        "PROMPT_SUBST": "setopt prompt_subst prompt_bang",
        "LOCAL": "setopt local_options local_traps local_patterns",
        "all of them": "setopt ksh_arrays sh_word_split glob_subst no_unset warn_create_global err_return extended_glob rc_expand_param",
        "global aliases": "alias -g G='| grep' up='nothing' 1='nothing'",
        "QUOTES": "setopt csh_junkie_quotes rc_quotes",
        "emulate sh": "emulate sh",
        "emulate ksh": "emulate ksh",
    },
}

# The emulations set back what others set; the aliases come after what they would stand for.
for _kind in ("bash", "zsh"):
    SETTINGS[_kind]["every one"] = "\n".join(text for name, text in (SETTINGS[_kind] | SETTINGS["both"]).items() if not name.startswith("emulate"))


def settings(kind: str) -> list[str]:
    return [*SETTINGS["both"], *SETTINGS[kind]]


def tour(sandbox: Sandbox, session: ShellSession) -> None:
    """In, deeper, over to another project, past three that are in trouble, out: right each time, with no other word shown."""
    one, two = sandbox.versions / "3.12.1/envs/one", sandbox.versions / "3.13.2/envs/two"
    for place, env in (
        ("p1", one),
        ("p1/deep", one),
        ("p2", two),
        ("p1", one),
        ("home", None),
        ("prefix", two),
    ):
        assert session.run(f"\\builtin cd {sandbox.root}/{place}") == "", place
        assert session.prefix == (f"({env.name}) " if env else ""), place
    for place in ("missing", "invalid", "uninstalled"):
        shown = session.run(f"\\builtin cd {sandbox.root}/{place}")
        assert shown.startswith("roost: "), place
        assert shown.count("\n") == 1, shown
        assert session.prefix == "", place
        assert session.run("") == "", place
    assert session.run(f"\\builtin cd {sandbox.root}/p1") == ""
    assert session.run("deactivate") == ""
    assert session.prefix == ""
    assert session.run(f"\\builtin cd {sandbox.home}") == ""


def stage(sandbox: Sandbox) -> None:
    sandbox.fake_env("3.12.1", "one")
    sandbox.fake_env("3.13.2", "two")
    (sandbox.project("p1", "3.12.1", "one") / "deep").mkdir()
    sandbox.project("p2", "3.13.2", "two")
    sandbox.project("prefix", "3.13", "two")
    sandbox.project("missing", "3.12.1", "not-there")
    sandbox.project("invalid", "3.12.1", "../one")
    sandbox.project("uninstalled", "3.99", "one")


def under(sandbox: Sandbox, terminal: OpenTerminal, setting: str, where: str) -> None:
    """The tour with a setting that was made in the rc file, before the hook is read as a file or as a text, or typed later."""
    stage(sandbox)
    before = "" if where == "typed" else setting
    session = terminal(sandbox.home, before=before, load="eval" if "eval" in where else "setup", environ={"ROOST_AUTO_CREATE": "0"})
    assert session.opening == terminal(sandbox.home, before=before, load="none").opening
    if where == "typed":
        assert "".join(map(session.run, setting.splitlines())) == ""
    settings = "{ setopt; trap; alias; } >" if session.shell.kind == "zsh" else '{ shopt; set -o; trap; alias; echo "${GLOBIGNORE-}"; } >'
    session.run(f"\\eval '{settings}| {sandbox.root}/before'")
    tour(sandbox, session)
    session.run("roost activate two; roost deactivate")
    session.run(f"\\eval '{settings}| {sandbox.root}/after'")
    assert (sandbox.root / "after").read_text() == (sandbox.root / "before").read_text()


@pytest.mark.parametrize("setting", settings("bash"))
@pytest.mark.parametrize("where", ["rc", "rc, eval", "typed"])
def test_settings_of_bash(bash: Shell, sandbox: Sandbox, terminal: OpenTerminal, setting: str, where: str) -> None:
    """H14."""
    under(sandbox, terminal, {**SETTINGS["both"], **SETTINGS["bash"]}[setting], where)


@pytest.mark.parametrize("setting", settings("zsh"))
@pytest.mark.parametrize("where", ["rc", "rc, eval", "typed"])
def test_settings_of_zsh(zsh: Shell, sandbox: Sandbox, terminal: OpenTerminal, setting: str, where: str) -> None:
    """H14."""
    under(sandbox, terminal, {**SETTINGS["both"], **SETTINGS["zsh"]}[setting], where)


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8", "en_US.UTF-8", "xx_YY.UTF-8", "tlh_QO"])
def test_locales(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, locale: str) -> None:
    """H14: also one that is not installed gives no warning of ours."""
    under(sandbox, lambda cwd, **options: terminal(cwd, **{**options, "environ": {"LC_ALL": locale, "ROOST_AUTO_CREATE": "0"}}), ":", "rc")


def test_the_exit_status_is_the_users(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H14: on a quiet prompt, when entering, leaving, hinting."""
    stage(sandbox)
    session = terminal(sandbox.home, environ={"ROOST_AUTO_CREATE": "0"})
    for place in ("home", "p1", "p1/deep", "p2", "missing", "invalid", "uninstalled", "home"):
        session.run(f"cd {sandbox.root}/{place}; (exit 7)")
        assert session.run('echo "$?"') == "7\n", place
        session.run("(exit 3)")
        assert session.run('echo "$?"') == "3\n", place
        session.run(f"cd {sandbox.root}/{place}")
        assert session.run('echo "$?"') == "0\n", place


def test_the_last_argument_is_the_users(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H14: `$_`, which people type as `mkdir x; cd $_`."""
    stage(sandbox)
    session = terminal(sandbox.home)
    for place in ("home", "p1", "p1/deep", "home"):
        session.run(f"cd {sandbox.root}/{place}")
        assert session.run('echo "$_"') == f"{sandbox.root}/{place}\n"
        session.run(": one two")
        assert session.run('echo "$_"') == "two\n"


def test_the_status_that_zsh_shows_to_other_hooks(zsh: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H14: a theme that shows `$?` sees the user's."""
    stage(sandbox)
    session = terminal(sandbox.home, after='theme() { print "status $?" }; precmd_functions+=(theme); chdir_() { print moved }; chpwd_functions+=(chdir_)')
    assert session.run("(exit 4)") == "status 4\n"
    assert session.run(f"cd {sandbox.root}/p1") == "moved\nstatus 0\n"
    assert session.prefix == "(one) "


def test_sourcing_twice_registers_once(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H14: an rc file that is read again; the env stays on, and goes off cleanly."""
    stage(sandbox)
    session = terminal(sandbox.home)
    session.run(f"cd {sandbox.root}/p1")
    before = hooks_of(session)
    for _ in range(2):
        assert session.run(f". {sandbox.home}/{shell.rc_name}") == ""
        assert session.active == str(sandbox.env("3.12.1", "one"))
        assert session.prefix == "(one) "
    assert hooks_of(session) == before
    session.run("cd ~")
    assert session.active is None
    assert session.prefix == ""
    assert session.env("PATH") == sandbox.path


def hooks_of(session: ShellSession) -> str:
    if session.shell.kind == "zsh":
        return session.run('echo "$precmd_functions : $chpwd_functions"')
    return session.run('echo "${PROMPT_COMMAND[*]}"')


PROMPT_COMMANDS = {
    "unset": "unset PROMPT_COMMAND",
    "empty": "PROMPT_COMMAND=",
    "string": "PROMPT_COMMAND='echo one'",
    "two": "PROMPT_COMMAND='echo one; echo two'",
    "trailing ;": "PROMPT_COMMAND='echo one;'",
    "trailing ; and blank": "PROMPT_COMMAND='echo one ; '",
    "trailing newline": "PROMPT_COMMAND=$'echo one\\n'",
    "leading blank": "PROMPT_COMMAND='  echo one'",
    "comment": "PROMPT_COMMAND='echo one # done'",
    "status": "PROMPT_COMMAND='echo \"status $?\"'",
    "array": "PROMPT_COMMAND=('echo one' 'echo two')",
    "array of one": "PROMPT_COMMAND=('echo one')",
    "array with status": "PROMPT_COMMAND=('echo \"status $?\"' 'echo two')",
    "empty array": "PROMPT_COMMAND=()",
    "sparse array": "PROMPT_COMMAND=([3]='echo one' [7]='echo two')",
    "exported": "export PROMPT_COMMAND='echo one'",
}


@pytest.mark.parametrize("form", PROMPT_COMMANDS)
def test_prompt_command(bash: Shell, sandbox: Sandbox, terminal: OpenTerminal, form: str) -> None:
    """H14: what the user had runs as it would without us, in this version of bash, and sees the same `$?`."""
    stage(sandbox)
    line = PROMPT_COMMANDS[form]
    plain, session = terminal(sandbox.home, before=line, load="none"), terminal(sandbox.home, before=line)
    assert session.opening == plain.opening
    for typed in ("(exit 5)", f"cd {sandbox.root}/p1", "", "(exit 6)", "cd ~", f"cd {sandbox.root}/p2"):
        assert session.run(typed) == plain.run(typed), typed
    assert session.prefix == "(two) "
    assert terminal(f"{sandbox.root}/p1", before=line).prefix == "(one) "


def test_prompt_command_that_grows_later(bash: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H14: other tools append or prepend after us, in the usual ways."""
    stage(sandbox)
    for line in ('PROMPT_COMMAND="$PROMPT_COMMAND; echo more"', 'PROMPT_COMMAND="echo more; $PROMPT_COMMAND"', 'PROMPT_COMMAND="echo more;$PROMPT_COMMAND;"'):
        session = terminal(sandbox.home, after=line)
        assert session.run(f"cd {sandbox.root}/p1") == "more\n"
        assert session.prefix == "(one) "


def test_traps(bash: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H14: the user's stay, and ERR is not set off by us."""
    stage(sandbox)
    session = terminal(sandbox.home, before="trap 'echo error' ERR; trap 'echo returned' RETURN; trap ': exit' EXIT; trap ': int' INT; set -E")
    before = session.run("trap -p")
    assert "echo error" in before
    assert session.run("false").endswith("error\n")
    for place in ("p1", "p1/deep", "p2", "home"):
        assert session.run(f"cd {sandbox.root}/{place}") == ""
    assert session.run("trap -p") == before


def test_traps_of_zsh(zsh: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H14: function traps and listed ones."""
    stage(sandbox)
    session = terminal(sandbox.home, before="TRAPINT() { return 130 }; TRAPZERR() { print error }; trap ': usr' USR1")
    before = session.run("trap; functions TRAPINT TRAPZERR")
    assert session.run("(exit 2)") == "error\n"
    for place in ("p1", "p1/deep", "p2", "invalid", "home"):
        assert "error" not in session.run(f"cd {sandbox.root}/{place}")
    assert session.run("trap; functions TRAPINT TRAPZERR") == before


@pytest.mark.parametrize("trap", ["TRAPDEBUG() { (( seen++ )) }", "trap '(( seen++ ))' DEBUG"])
def test_the_debug_trap_of_zsh_sees_a_call_and_not_the_hook(zsh: Shell, sandbox: Sandbox, terminal: OpenTerminal, trap: str) -> None:
    """H14: at a prompt, on a `cd`, and it is there afterwards."""
    stage(sandbox)
    seen = []
    for load in ("none", "setup"):
        session = terminal(sandbox.home, before="seen=0", load=load)
        session.run(trap)
        for line in ("", f"cd {sandbox.root}/p1", "", f"cd {sandbox.root}/p2", "cd ~"):
            session.run(line)
        seen.append(int(session.run("echo $seen")))
    assert 0 < seen[0] < seen[1] <= seen[0] + 40


def test_names(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H14: all that the hook defines is `_roost_*`, `ROOST_*`, `roost` or, while an env is on, `deactivate`."""
    stage(sandbox)
    listing = "print -l ${(k)functions} ${(k)parameters} ${(k)aliases}" if shell.kind == "zsh" else "compgen -A function -A variable -A alias"
    plain, session = terminal(sandbox.home, load="none"), terminal(sandbox.home)
    for one in (plain, session):
        for place in ("p1", "p2", "invalid", "home"):
            one.run(f"cd {sandbox.root}/{place}")
    here, there = names(session, listing, sandbox.root / "with"), names(plain, listing, sandbox.root / "without")
    new = {name for name in here - there if not name.startswith(("_roost_", "ROOST_"))}
    registers = {"precmd_functions", "chpwd_functions"} if shell.kind == "zsh" else {"PROMPT_COMMAND"}
    assert new - registers == {"roost"}
    assert here >= there
    session.run(f"cd {sandbox.root}/p1")
    on = names(session, listing, sandbox.root / "on") - here
    assert {name for name in on if not name.startswith("_roost_")} == {"deactivate", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "ROOST_ENV"}


def names(session: ShellSession, listing: str, file: Path) -> set[str]:
    session.run(f"{listing} >{file}")
    return set(file.read_text().split())
