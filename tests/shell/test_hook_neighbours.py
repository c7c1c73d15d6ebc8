"""The hook beside tools that set the environment too, or hang on the prompt too (H5, H6, H10, H14)."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.preexec import PREEXEC
from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell, ShellSession


@pytest.fixture
def one(sandbox: Sandbox) -> Path:
    """The env of the projects p1 (in it other tools set something) and p3 (they do not)."""
    for place in ("p1", "p3"):
        sandbox.project(place, "3.12.1", "one")
    (sandbox.root / "p1" / "tools").mkdir()
    return sandbox.fake_env("3.12.1", "one")


@pytest.fixture
def two(sandbox: Sandbox) -> Path:
    """The env of p2 (they set something) and p4 (they do not)."""
    for place in ("p2", "p4"):
        sandbox.project(place, "3.13.2", "two")
    (sandbox.root / "p2" / "tools").mkdir()
    return sandbox.fake_env("3.13.2", "two")


def seen(session: ShellSession, line: str = "") -> tuple[str, str, str]:
    """VIRTUAL_ENV, FOO and PATH at this very prompt, not one later; or after a line and before the prompt."""
    shown = session.run(f'{line}printf "<%s|%s|%s>\\n" "$VIRTUAL_ENV" "$FOO" "$PATH"')
    found = re.search(r"<(.*)\|(.*)\|(.*)>\n\Z", shown)
    assert found, shown
    return found[1], found[2], found[3]


def wander(sandbox: Sandbox, session: ShellSession, one: Path, two: Path, always: Sequence[Path] = ()) -> None:
    """Through four projects and out: the env and what the other tool sets are right at each prompt.

    ``always``: directories that the other tool keeps on PATH, wherever; but never before an env.
    """
    path = sandbox.path
    for place, env, tools in (
        ("p1", one, True),
        ("p2", two, True),
        ("p3", one, False),
        ("p2", two, True),
        ("home", None, False),
        ("p4", two, False),
        ("p1", one, True),
        ("home", None, False),
    ):
        assert session.run(f"cd {sandbox.root}/{place}") == ""
        wanted = [*([f"{env}/bin"] if env else []), *([f"{sandbox.root}/{place}/tools"] if tools else []), path]
        for _ in range(2):
            assert session.prefix == (f"({env.name}) " if env else ""), place
            active, foo, path_now = seen(session)
            assert (active, foo) == (str(env or ""), place if tools else ""), place
            assert ":".join(field for field in path_now.split(":") if Path(field) not in always) == ":".join(wanted), place
            assert env is None or path_now.startswith(f"{env}/bin:"), place


# --- tools that set the environment ---


@pytest.mark.parametrize("where", ["before", "after"])
def test_direnv(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, one: Path, two: Path, where: str) -> None:
    """H10: the real one: what an .envrc sets comes and goes, and no PATH that it brings back holds an env that is off."""
    sandbox.extra["DIRENV_LOG_FORMAT"] = ""
    for place in ("p1", "p2"):
        (sandbox.root / place / ".envrc").write_text(f"export FOO={place}\nPATH_add tools\n")
        done = sandbox.run(["direnv", "allow"], cwd=sandbox.root / place)
        assert done.returncode == 0, done.stderr
    line = "direnv hook fish | source" if every_shell.kind == "fish" else f'eval "$(direnv hook {every_shell.kind})"'
    session = terminal(sandbox.home, before=line if where == "before" else "", after=line if where == "after" else "")
    wander(sandbox, session, one, two)
    session.run(f"cd {sandbox.root}/p1")
    session.run("deactivate")
    assert seen(session) == ("", "p1", f"{sandbox.root}/p1/tools:{sandbox.path}")
    if every_shell.kind == "zsh":
        session.run("roost activate")
        assert seen(session, "cd ../p4 && ") == (str(two), "", f"{two}/bin:{sandbox.path}"), "at once (H5)"
    session = terminal(sandbox.root / "p1", before=line if where == "before" else "", after=line if where == "after" else "")
    session.resume()
    assert seen(session) == (str(one), "p1", f"{one}/bin:{sandbox.root}/p1/tools:{sandbox.path}")


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("way", ["p1/deep", "p1 p1/deep"])
def test_an_env_of_direnv_below_a_project(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, one: Path, two: Path, where: str, way: str) -> None:
    """H3, H10: what `layout python` does: left again, the project has its own env back, and outside there is none."""
    sandbox.extra["DIRENV_LOG_FORMAT"] = ""
    deep = sandbox.root / "p1" / "deep"
    deep.mkdir(exist_ok=True)
    (deep / ".envrc").write_text("export VIRTUAL_ENV=$PWD/.venv\nPATH_add .venv/bin\n")
    assert sandbox.run(["direnv", "allow"], cwd=deep).returncode == 0
    line = "direnv hook fish | source" if every_shell.kind == "fish" else f'eval "$(direnv hook {every_shell.kind})"'
    session = terminal(sandbox.home, before=line if where == "before" else "", after=line if where == "after" else "")
    for place in way.split():
        session.run(f"cd {sandbox.root}/{place}")
    session.run("cd ..")
    session.run("")
    assert session.active == str(one)
    assert session.prefix == f"({one.name}) "
    assert session.env("PATH") == f"{one}/bin:{sandbox.path}"
    session.run(f"cd {deep}")
    session.run("cd ~")
    session.run("")
    assert session.active is None
    assert session.prefix == ""
    assert session.env("PATH") == sandbox.path


def test_direnv_in_the_middle(bash: Shell, sandbox: Sandbox, terminal: OpenTerminal, one: Path) -> None:
    """H2, H3: a PATH that direnv brings back, at its turn, is followed at once, wherever that turn is."""
    sandbox.extra["DIRENV_LOG_FORMAT"] = ""
    (sandbox.root / "p1" / ".envrc").write_text("PATH_add tools\n")
    assert sandbox.run(["direnv", "allow"], cwd=sandbox.root / "p1").returncode == 0
    session = terminal(sandbox.home, before='eval "$(direnv hook bash)"; PROMPT_COMMAND="true;$PROMPT_COMMAND;true"')
    session.run(f"cd {sandbox.root}/p1")
    assert session.run("echo $PATH") == f"{one}/bin:{sandbox.root}/p1/tools:{sandbox.path}\n"
    session.run("cd ~")
    assert session.run("echo $PATH") == f"{sandbox.path}\n"


# As its documentation says: tools stand before what PATH was when it was activated, and behind what was put in front since.
MISE = """
export MISE_SHELL={kind} __MISE_ORIG_PATH="$PATH" __MISE_DIFF=
_mise_hook() {{
  local front=${{PATH%%"$__MISE_ORIG_PATH"*}} now=
  front=${{front%"$__MISE_DIFF"}}
  if [[ -d $PWD/tools ]]; then export FOO=${{PWD##*/}}; now=$PWD/tools:; else unset FOO; fi
  export __MISE_DIFF=$now PATH="$front$now$__MISE_ORIG_PATH"
}}
"""
MISE_REGISTERS = {
    "bash": 'PROMPT_COMMAND="_mise_hook${PROMPT_COMMAND:+;$PROMPT_COMMAND}"\n',
    "zsh": "precmd_functions=(_mise_hook $precmd_functions); chpwd_functions=(_mise_hook $chpwd_functions)\n",
}
MISE_FISH = """
set -gx MISE_SHELL fish
set -gx __MISE_ORIG_PATH $PATH
set -gx __MISE_DIFF
function __mise_env_eval --on-event fish_prompt --on-variable PWD
    set -l front $PATH
    set -e front[(math -(count $__MISE_ORIG_PATH))..]
    set front (string match -v -- "$__MISE_DIFF" $front)
    set -gx __MISE_DIFF
    set -e FOO
    if test -d $PWD/tools
        set -gx FOO (string replace -r '.*/' '' -- $PWD)
        set -gx __MISE_DIFF $PWD/tools
    end
    set -gx PATH $front $__MISE_DIFF $__MISE_ORIG_PATH
end
"""


@pytest.mark.parametrize("where", ["before", "after"])
def test_mise(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, one: Path, two: Path, where: str) -> None:
    """H10: its tools and variables come and go, its own records stay."""
    kind = every_shell.kind
    lines = MISE_FISH if kind == "fish" else MISE.format(kind=kind) + MISE_REGISTERS[kind]
    session = terminal(sandbox.home, before=lines if where == "before" else "", after=lines if where == "after" else "")
    wander(sandbox, session, one, two)
    assert (session.exported("MISE_SHELL"), session.exported("__MISE_ORIG_PATH")) == (kind, sandbox.path)


_REAL_MISE = os.environ.get("ROOST_TEST_MISE") or shutil.which("mise")
if _REAL_MISE:  # it comes with no system's packages; the stand-in above is what every machine runs

    @pytest.mark.parametrize("where", ["before", "after"])
    def test_the_real_mise(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, one: Path, two: Path, where: str) -> None:
        """H10: an env and PATH entries by mise.toml."""
        assert _REAL_MISE
        places = {"DATA": "data", "CACHE": "cache", "STATE": "state", "CONFIG": "config"}
        sandbox.extra |= {f"MISE_{name}_DIR": str(sandbox.root / "mise" / place) for name, place in places.items()}
        sandbox.extra |= {"MISE_TRUSTED_CONFIG_PATHS": str(sandbox.root), "MISE_QUIET": "1", "MISE_OFFLINE": "1"}
        for place in ("p1", "p2"):
            (sandbox.root / place / "mise.toml").write_text(f'[env]\nFOO = "{place}"\n_.path = ["tools"]\n')
        kind = every_shell.kind
        line = f"{_REAL_MISE} activate fish | source" if kind == "fish" else f'eval "$({_REAL_MISE} activate {kind})"'
        session = terminal(sandbox.home, before=line if where == "before" else "", after=line if where == "after" else "")
        wander(sandbox, session, one, two, [Path(_REAL_MISE).parent, sandbox.root / "mise" / "data" / "shims"])


CONDA = """
conda() {{
  local new=$HOME/conda old=:${{CONDA_PREFIX-}}/bin mod=
  PATH=:$PATH; [[ $old = :/bin ]] || PATH=${{PATH/"$old"/}}; PATH=${{PATH#:}}
  PS1=${{PS1/"${{CONDA_PROMPT_MODIFIER-}}"/}}
  if [[ $1 = deactivate && $CONDA_DEFAULT_ENV = base ]]; then unset CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_PROMPT_MODIFIER; return; fi
  [[ $1 = deactivate || $2 = base ]] || new=$new/$2
  mod=base; [[ $1 = deactivate ]] || mod=$2
  export CONDA_PREFIX=$new CONDA_DEFAULT_ENV=$mod CONDA_PROMPT_MODIFIER="($mod) " PATH="$new/bin:$PATH"
  PS1=$CONDA_PROMPT_MODIFIER$PS1
}}
conda activate base
"""
CONDA_FISH = """
function conda
    set -l name base
    test $argv[1] = activate; and set name $argv[2]
    set -q CONDA_PREFIX; and set -g PATH (string match -v -- "$CONDA_PREFIX/bin" $PATH)
    if test "$argv[1]$CONDA_DEFAULT_ENV" = deactivatebase
        set -e CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_PROMPT_MODIFIER
        return
    end
    set -gx CONDA_PREFIX $HOME/conda
    test $name = base; or set -gx CONDA_PREFIX $HOME/conda/$name
    set -gx CONDA_DEFAULT_ENV $name
    set -gx CONDA_PROMPT_MODIFIER "($name) "
    set -g PATH $CONDA_PREFIX/bin $PATH
end
functions -c fish_prompt __fish_prompt_orig
function fish_prompt
    printf %s $CONDA_PROMPT_MODIFIER
    __fish_prompt_orig
end
conda activate base
"""


@pytest.mark.parametrize("where", ["before", "after"])
def test_conda(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, one: Path, two: Path, where: str) -> None:
    """H10: base, another env of its own and none: its variables, PATH entry and prompt stay; the project's python is first."""
    lines = CONDA_FISH if every_shell.kind == "fish" else CONDA.format()
    session = terminal(sandbox.home, before=lines if where == "before" else "", after=lines if where == "after" else "")
    conda, names = f"{sandbox.home}/conda", {"base": "", "ml": "/ml"}

    def check(env: Path | None, theirs: str | None) -> None:
        shown = sorted(re.findall(r"\((.*?)\) ", session.prefix))
        assert shown == sorted([*([env.name] if env else []), *([theirs] if theirs else [])])
        assert session.exported("CONDA_DEFAULT_ENV") == theirs
        prefix = f"{conda}{names[theirs]}" if theirs else None
        assert session.exported("CONDA_PREFIX") == prefix
        path = [*([f"{env}/bin"] if env else []), *([f"{prefix}/bin"] if prefix else []), sandbox.path]
        assert session.env("PATH") == ":".join(path)
        assert session.env("VIRTUAL_ENV") == (str(env) if env else None)

    check(None, "base")
    for line, env, theirs in (
        (f"cd {sandbox.root}/p1", one, "base"),
        ("conda activate ml", one, "ml"),
        (f"cd {sandbox.root}/p2", two, "ml"),
        ("conda deactivate", two, "base"),
        ("conda deactivate", two, None),
        ("conda activate base", two, "base"),
        ("cd ~", None, "base"),
        (f"cd {sandbox.root}/p1", one, "base"),
        ("deactivate", None, "base"),
        ("cd ~", None, "base"),
        ("conda deactivate", None, None),
    ):
        assert session.run(line) == ""
        session.resume()
        check(env, theirs)


# --- tools that hang on bash's prompt ---

STATES = {
    "unset": "unset PROMPT_COMMAND",
    "empty": "PROMPT_COMMAND=",
    "string": "PROMPT_COMMAND='echo user $?'",
    "trailing ;": "PROMPT_COMMAND='echo user $?;'",
    "array": "PROMPT_COMMAND=('echo user $?' 'echo more')",
}
# How each gets in and what it reads there, told in a line; in our own words.
TOOLS = {
    "starship": """
starship_precmd() {
  starship_status=$? starship_pipe=("${PIPESTATUS[@]}")
  if [[ -n ${STARSHIP_PROMPT_COMMAND-} ]]; then give_status "$starship_status"; eval "$STARSHIP_PROMPT_COMMAND"; fi
  echo "starship $starship_status ${starship_pipe[*]}"
}
give_status() { return "$1"; }
if [[ -z ${PROMPT_COMMAND-} ]]; then
  PROMPT_COMMAND=starship_precmd
elif [[ $PROMPT_COMMAND != *starship_precmd* ]]; then
  STARSHIP_PROMPT_COMMAND=$PROMPT_COMMAND PROMPT_COMMAND=starship_precmd
fi
""",
    "direnv": """
_direnv_hook() {
  local before=$?
  trap -- '' SIGINT
  echo "direnv $before"
  trap - SIGINT
  return "$before"
}
[[ ${PROMPT_COMMAND-} = *_direnv_hook* ]] || PROMPT_COMMAND="_direnv_hook;${PROMPT_COMMAND-}"
""",
    "bash-preexec": f"""{PREEXEC}
if [[ " ${{precmd_functions[*]-}} " != *' told '* ]]; then
  told() {{ echo "precmd $? ${{__bp_pipe[*]}}"; }}
  typed() {{ echo "preexec $1"; }}
  precmd_functions+=(told) preexec_functions+=(typed)
fi
""",
    "vte": """
__vte_osc7() { echo "vte $?"; }
if [[ ${PROMPT_COMMAND[*]-} = *__vte_osc7* ]]; then
  :
elif [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 51 ]]; then
  PROMPT_COMMAND+=(__vte_osc7)
else
  PROMPT_COMMAND="${PROMPT_COMMAND:+${PROMPT_COMMAND%;};}__vte_osc7"
fi
""",
}
COUNT = 'eval "_roost_counted${f#_roost_look}"; _roost_look() { set -- $? "$@"; echo look; (exit $1); _roost_counted "${@:2}"; }'


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("state", STATES)
def test_prompt_command_of_tools(bash: Shell, sandbox: Sandbox, terminal: OpenTerminal, one: Path, state: str, tool: str, where: str) -> None:
    """H14: theirs run as they would without us, with the same `$?`, PIPESTATUS and DEBUG trap; ours once at each prompt, also with the rc file read again."""
    rc = sandbox.home / ".again"
    lines = {"before": STATES[state], "after": ""}
    lines[where] += TOOLS[tool]
    plain = terminal(sandbox.home, before=lines["before"], after=lines["after"], load="none")
    session = terminal(sandbox.home, before=lines["before"], after=lines["after"])
    assert session.opening == plain.opening
    again = {plain: f"{lines['before']}\n{lines['after']}", session: (sandbox.home / ".bashrc").read_text()}
    if state in {"unset", "empty"} or tool in {"direnv", "vte"}:
        # One that sets PROMPT_COMMAND anew each time takes the others out; these look first.
        again = {key: text.replace(STATES[state], ":", 1) for key, text in again.items()}
    for turn in ("first", "again"):
        for typed in ("(exit 5)", "false | true", 'echo "$? ${PIPESTATUS[*]}"', f"cd {sandbox.root}/p1", "(exit 6) | true | false", "", "cd ~"):
            assert session.run(typed) == plain.run(typed), (turn, typed)
            assert session.prefix == ("(one) " if "p1" in typed or (session.prefix and "cd" not in typed) else ""), (turn, typed)
        session.run(f"f=$(declare -f _roost_look); {COUNT}")
        assert session.run(":").count("look\n") == 1, turn
        if turn == "first":
            for shell, text in again.items():
                rc.write_text(text)
                shell.run(f". {rc}")
                shell.run(":")
