"""The whole shell photographed before, in and after a project (H2, H3, H14)."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell, ShellSession

OPEN_FILES = 'for _roost_n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do { true >&$_roost_n; } 2>/dev/null && echo "open $_roost_n"; done; '
# By name: without one, bash 3.2 does not tell what is exported.
CAMERA = {
    "zsh": "{ typeset -p; echo '--- functions'; functions; echo '--- rest'; alias -L; setopt; zstyle -L; bindkey -L; "
    "trap; dirs -v; pwd; pwd -P; umask; print -rl -- $path; " + OPEN_FILES + '} >|"$1"',
    "bash": "{ declare -p $(compgen -v) 2>/dev/null; echo '--- functions'; declare -f; echo '--- rest'; alias -p; set -o; shopt -p; trap -p; "
    "dirs -v; pwd; pwd -P; umask; bind -p; complete -p; " + OPEN_FILES + '} >|"$1" 2>&1',
    "fish": "begin; set -S; echo '--- functions'; for name in (builtin functions -n -a); "
    "builtin functions -D $name | string match -rq \"^(embedded:|$__fish_data_dir)\"; or builtin functions $name; end; echo '--- rest'; "
    "bind; abbr; umask; pwd; pwd -P; complete; trap; end >$argv[1] 2>&1",
}
# What moves by itself, or with the command that was typed.
VOLATILE = re.compile(
    r"_|[?#!$*@0-]|RANDOM|SRANDOM|SECONDS|LINENO|EPOCH\w*|epochtime|TTYIDLE|HISTCMD|histchars|status|pipestatus|PIPESTATUS"
    r"|argv|history|dirprev|status_generation|CMD_DURATION|name|fish_killring|__fish_\w+"
    r"|BASH_(ARGV|ARGC|LINENO|SOURCE|COMMAND|MONOSECONDS)|FUNCNAME|ARGC|argv|funcstack|func\w*trace|functrace|ZSH_EVAL_CONTEXT|zsh_eval_context"
)
VARIABLE = re.compile(r"(?:declare|typeset|export|local|readonly|integer|float|undefined)(?: -[-\w]+(?: \d+)?)* ([^\s=]+)|\$(\w+)(?:\[\d+\])?:")
FUNCTION = re.compile(r"([^\s()]+) \(\) ?\{?$|function (\S+)")


def photograph(session: ShellSession, file: Path) -> dict[str, str]:
    """All variables, functions and settings, but those of the hook itself, and where in a file fish found a function."""
    camera = session.sandbox.root / "camera"
    camera.write_text(CAMERA[session.shell.kind])
    assert session.run(f". {camera} {file}") == ""
    text = re.sub("(?m)^# Defined .*\n", "", file.read_text(errors="backslashreplace"))
    variables, functions, rest = re.split("(?m)^--- \\w+\n", text)
    entries = {"rest": rest, **entries_of("variable", VARIABLE, variables), **entries_of("function", FUNCTION, functions)}
    assert len(entries) > 20
    return {name: text for name, text in entries.items() if not name.split()[-1].startswith("_roost_")}


def entries_of(kind: str, start: re.Pattern[str], text: str) -> dict[str, str]:
    entries: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if found := start.match(line):
            name = found[1] or found[2]
        if name and not (kind == "variable" and VOLATILE.fullmatch(name)):
            entries[f"{kind} {name}"] = entries.get(f"{kind} {name}", "") + line + "\n"
    return entries


def differing(one: dict[str, str], two: dict[str, str]) -> set[str]:
    return {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)}


# What differs between two shells of the same kind.
OF_EACH_SHELL = {f"variable {name}" for name in ("TTY", "BASHPID", "PPID", "fish_pid", "SHLVL")}
RC = """
alias ll='ls -l' cd..='cd ..'
mine() { echo mine; }
set -o noclobber
IFS=$' \\t\\n'
trap ': int' INT
trap ': exit' EXIT
list=(one two 'three four')
umask 027
exec 3</dev/null 9</dev/null
"""
RC_FISH = """
alias ll='ls -l'
function mine; echo mine; end
trap ': int' INT
set -g list one two 'three four'
umask 027
"""


def test_before_in_and_after(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H2: in a project just the documented names differ. H3, H14: after it nothing does."""
    sandbox.fake_env("3.12.1", "one")
    sandbox.fake_env("3.13.2", "two")
    first, second = sandbox.project("first", "3.12.1", "one"), sandbox.project("second", "3.13.2", "two")
    bad = sandbox.project("bad", "3.99", "one")
    (first / "deep").mkdir()
    environ = {"PYTHONHOME": "/somewhere", "ROOST_UV": "1", "UV_PROJECT_ENVIRONMENT": "mine"}
    fish = every_shell.kind == "fish"
    session = terminal(sandbox.home, before=RC_FISH if fish else RC, environ=environ)
    session.run(f"pushd {sandbox.root} >/dev/null; cd {sandbox.home}")
    photograph(session, sandbox.root / "warm")  # fish loads each function that it shows
    before = photograph(session, sandbox.root / "before")
    assert differing(before, photograph(session, sandbox.root / "again")) == set(), "the camera holds still"

    session.run(f"cd {sandbox.root}; cd {first}")
    inside = photograph(session, sandbox.root / "inside")
    documented = {f"variable {name}" for name in ("PATH", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "ROOST_ENV", "PYTHONHOME", "UV_PROJECT_ENVIRONMENT")}
    documented |= {"function deactivate", "function fish_prompt" if fish else "variable PS1"}
    moved = {f"variable {name}" for name in ("PWD", "OLDPWD", "DIRSTACK", "dirstack")} | {"rest"}
    synonyms = {f"variable {name}" for name in ("path", "prompt", "PROMPT", "psvar", "PSVAR")} if every_shell.kind == "zsh" else set()
    assert differing(before, inside) - moved - synonyms == documented

    for line in ("cd deep", f"cd {second}", f"cd {bad}", "", f"cd {first}", "deactivate", "roost activate", f"cd {sandbox.root}; cd {sandbox.home}"):
        session.run(line)
    after = photograph(session, sandbox.root / "after")
    assert {name: (before.get(name), after.get(name)) for name in differing(before, after)} == {}


def test_what_loading_it_changes(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H14: beside a shell without it: the registrations, the command `roost`, and nothing else."""
    fish = every_shell.kind == "fish"
    rc = RC_FISH if fish else RC + {"bash": "shopt -s nocasematch\n", "zsh": "setopt warn_create_global\n"}[every_shell.kind]
    photographs = {}
    for load in ("none", "setup"):
        session = terminal(sandbox.home, before=rc, load=load)
        photograph(session, sandbox.root / f"warm-{load}")
        photographs[load] = photograph(session, sandbox.root / load)
    changed = differing(photographs["none"], photographs["setup"])
    registrations = {"variable PROMPT_COMMAND", "variable precmd_functions", "variable chpwd_functions"}
    left = changed - registrations - {"function roost", "rest", *OF_EACH_SHELL}
    assert {name: (photographs["none"].get(name), photographs["setup"].get(name)) for name in left} == {}
    none, loaded = (photographs[load]["rest"].splitlines() for load in ("none", "setup"))
    assert [line for line in loaded if line not in none and "roost" not in line] == []
    assert [line for line in none if line not in loaded] == []


def test_the_camera_sees_a_change(shell: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """The laboratory itself: each kind of change shows."""
    session = terminal(sandbox.home, before=RC)
    before = photograph(session, sandbox.root / "before")
    for line, name in (
        ("new=1", "variable new"),
        ("export list2=2", "variable list2"),
        ("mine() { echo other; }", "function mine"),
        ("alias ll='ls -a'", "rest"),
        ("set +o noclobber", "rest"),
        ("trap ': other' INT", "rest"),
        ("umask 022", "rest"),
        ("exec 8</dev/null", "rest"),
        ("pushd / >/dev/null", "rest"),
    ):
        session.run(line)
        now = photograph(session, sandbox.root / f"now-{abs(hash(line))}")
        assert name in differing(before, now), line
        before = now
