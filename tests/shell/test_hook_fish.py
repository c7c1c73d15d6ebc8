"""What is fish's own: a prompt that is a function, PATH as a list, events, no subshells (H)."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from roost.machine.hooks import hook_file, quote
from tests.support.sandbox import Sandbox
from tests.support.shells import Load, OpenTerminal, Shell, ShellSession


@pytest.fixture
def project(sandbox: Sandbox) -> Path:
    """A project whose env is there, with a directory below it."""
    sandbox.fake_env("3.12.1", "shop-venv")
    directory = sandbox.project("shop", "3.12.1", "shop-venv")
    (directory / "deep").mkdir()
    return directory


def prompt_of(session: ShellSession) -> str:
    """The text of fish_prompt, without the line that says where it was defined."""
    return "\n".join(line for line in session.run("functions fish_prompt").splitlines() if not line.startswith("#"))


def functions_of(session: ShellSession) -> set[str]:
    """The names of all functions."""
    return set(session.run("functions -n -a").replace(",", "\n").split())


# --- the prompt ---


# Less than the text of LONG; fish's own functions read the path of a directory and must be able to.
LIMITS = ["", "set -g fish_read_limit 250"]
LONG = f": {'long' * 64};"


@pytest.mark.parametrize("limit", LIMITS)
def test_the_prompt_is_wrapped_and_given_back(fish: Shell, project: Path, terminal: OpenTerminal, limit: str) -> None:
    """H2, H3: however often, the user's prompt is the same again; one copy of it is kept, for a tool may have saved ours."""
    session = terminal("/", after=rf"function fish_prompt; {LONG} printf 'ro\157st-prompt> '; end")
    session.run(limit)
    mine, functions = prompt_of(session), functions_of(session)
    for _ in range(3):
        session.run(f"cd {project}")
        assert session.prefix == "(shop-venv) "
        assert prompt_of(session) != mine
        session.run("cd /")
        assert session.prefix == ""
        assert prompt_of(session) == mine
    (kept,) = functions_of(session) - functions
    assert kept.startswith("_roost_prompt_")


def test_the_prompt_sees_the_status_of_the_last_command(fish: Shell, project: Path, terminal: OpenTerminal) -> None:
    """H14: `$status` and `$pipestatus`, in the user's prompt and on the next line."""
    tell = r"function fish_prompt; echo $status $pipestatus >>~/seen; printf 'ro\157st-prompt> '; end"
    session = terminal(project, after=tell)
    seen = session.sandbox.home / "seen"
    assert session.prefix == "(shop-venv) "
    for line, expected in (("false", "1 1"), ("true | false | true", "0 0 1 0"), ("sh -c 'exit 7'", "7 7"), ("cd .", "0 0"), ("cd /; false", "1 1")):
        seen.unlink()
        session.run(line)
        assert seen.read_text().splitlines()[-1] == expected, line
        session.run(line)
        assert session.run("echo $status $pipestatus") == f"{expected}\n", line


def test_a_prompt_of_many_lines(fish: Shell, project: Path, terminal: OpenTerminal) -> None:
    """H2: the name stands before the first of them, and no line is lost."""
    session = terminal("/", after=r"function fish_prompt; printf 'one\n\ntwo\nro\157st-prompt> '; end")
    assert session.run("true") == "one\n\ntwo\n"
    assert session.run(f"cd {project}") == "(shop-venv) one\n\ntwo\n"
    assert session.run("cd /") == "one\n\ntwo\n"


def test_a_transient_prompt(fish: Shell, project: Path, terminal: OpenTerminal) -> None:
    """H2: fish 4.1 draws the prompt again before it runs a line. The user's function is told so, and the name is in both."""
    last = r"function fish_prompt; contains -- --final-rendering $argv; and printf 'last> '; or printf 'ro\157st-prompt> '; end"
    session = terminal(project, after=f"set -g fish_transient_prompt 1; {last}")
    major, minor = map(int, session.run("echo $version").split(".")[:2])
    for line, name in (("true", "(shop-venv) "), ("cd /", "(shop-venv) "), ("true", "")):
        before = session.prefix
        session.enter(line)
        shown = session.wait()
        assert before == name
        assert re.findall(r"(\(.*\) )?last> ", shown) == ([name] if (major, minor) >= (4, 1) else []), shown


def test_a_prompt_that_the_user_redefines_stays(fish: Shell, project: Path, terminal: OpenTerminal) -> None:
    """H3: what is newer than ours is not taken back; an entry shows the name in front of it."""
    session = terminal(project)
    session.run(r"function fish_prompt; printf '<new>ro\157st-prompt> '; end")
    assert session.run("cd /") == "<new>"
    new = prompt_of(session)
    assert "printf '<new>" in new
    assert session.run(f"cd {project}") == "(shop-venv) <new>"
    assert session.run("cd /") == "<new>"
    assert prompt_of(session) == new


@pytest.mark.parametrize("limit", LIMITS)
def test_a_prompt_that_is_new_in_a_project_shows_the_name(fish: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal, limit: str) -> None:
    """H2: at once, also if another project was entered in the same line."""
    sandbox.fake_env("3.12.1", "other-venv")
    other = sandbox.project("other", "3.12.1", "other-venv")
    session = terminal(project)
    session.run(limit)
    for line, name in (("true", "(shop-venv) "), (f"cd {other}", "(other-venv) ")):
        assert session.run(rf"function fish_prompt; {LONG} printf '<new>ro\157st-prompt> '; end; " + line) == f"{name}<new>"
        assert session.run("true") == f"{name}<new>"
    session.run("cd /")
    assert "printf '<new>" in prompt_of(session)


def test_a_prompt_that_the_user_wraps_stays(fish: Shell, project: Path, terminal: OpenTerminal) -> None:
    """H3: a new prompt around ours goes on to work, with one name or none, and never calls itself."""
    session = terminal(project)
    session.run("functions -c fish_prompt mine; function fish_prompt; printf '<around>'; mine; end")
    for _ in range(3):
        assert session.run("cd /") == "<around>"
        assert session.run(f"cd {project}").count("(shop-venv)") + session.prefix.count("(shop-venv)") == 1
    assert session.run("deactivate") == "<around>"


# What WezTerm's integration for bash does to PS1, in fish's words.
SAVER = """
function save --on-event fish_prompt
    functions -e saved; functions -c fish_prompt saved
end
function restore --on-event fish_preexec
    functions -e fish_prompt; functions -c saved fish_prompt
end
"""


@pytest.mark.parametrize("where", ["before ours", "after ours"])
def test_a_prompt_that_is_saved_and_restored(fish: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal, where: str) -> None:
    """H2, H3: by a tool, around each command: the name is there while the env is on, once, and gone when it is off, with `cd` or without."""
    (sandbox.root / "saver.fish").write_text(SAVER)
    session = terminal("/", before=SAVER if where == "before ours" else "")
    if where == "after ours":
        session.run(f"source {sandbox.root}/saver.fish")
    count = 0
    for _ in range(3):
        for line, name in (
            (f"cd {project}", "(shop-venv) "),
            ("", "(shop-venv) "),
            ("mv .python-virtualenv moved", ""),
            ("true", ""),
            ("mv moved .python-virtualenv", "(shop-venv) "),
            ("true", "(shop-venv) "),
            ("deactivate", ""),
            ("true", ""),
            ("roost activate", "(shop-venv) "),
            ("true", "(shop-venv) "),
            ("cd /", ""),
            ("true", ""),
        ):
            assert session.run(line) == "", line
            assert session.prefix == name, line
        kept = len([name for name in functions_of(session) if name.startswith("_roost_prompt_")])
        assert count in {0, kept}, "they do not become more"
        count = kept


def test_a_prompt_that_was_saved_in_a_project_comes_back_outside(fish: Shell, project: Path, terminal: OpenTerminal) -> None:
    """H3: it shows no name there, and one in the project; and what has been put around it goes on to work."""
    session = terminal(project)
    session.run("functions -c fish_prompt saved")
    session.run("cd /")
    session.run("functions -e fish_prompt; functions -c saved fish_prompt")
    for line, name in (("true", ""), (f"cd {project}", "(shop-venv) "), ("true", "(shop-venv) "), ("cd /", "")):
        assert session.run(line) == ""
        assert session.prefix == name
    session.run("function fish_prompt; printf '<around>'; saved; end")
    for line, shown in ((f"cd {project}", "<around>(shop-venv) "), ("true", "<around>(shop-venv) "), ("cd /", "<around>")):
        assert session.run(line).replace("\n", "") + session.prefix == shown


def test_activate_fish_over_ours_and_back(fish: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal) -> None:
    """H10: the script of virtualenv calls our `deactivate` first; its own one leaves nothing behind."""
    session = terminal("/")
    mine = prompt_of(session)
    hand = sandbox.root / "hand"
    assert sandbox.run([sys.executable, "-m", "virtualenv", "--no-seed", "--no-download", hand]).returncode == 0
    session.run(f"cd {project}")
    assert session.run(f"source {hand}/bin/activate.fish") == ""
    assert session.active == str(hand)
    assert session.prefix == "(hand) "
    session.run("deactivate")
    assert session.active is None
    assert session.prefix == ""
    assert prompt_of(session) == mine
    session.run("cd /")
    session.run(f"set -gx PKG_CONFIG_PATH /mine; source {hand}/bin/activate.fish")
    session.run(f"cd {project}")
    assert session.prefix == "(shop-venv) "
    assert session.env("PKG_CONFIG_PATH") == "/mine"
    session.run("cd /")
    assert prompt_of(session) == mine
    assert session.run("functions -q deactivate pydoc _old_fish_prompt; echo $status") == "3\n"
    assert session.run("set -n | string match '_OLD_*'") == ""


def test_activate_fish_of_an_env_that_was_on(fish: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H2, H10: by hand, in the project or outside after a visit: one name, and none after `deactivate`."""
    sandbox.fake_interpreter("3.12.1")
    env, project = sandbox.env("3.12.1", "shop-venv"), sandbox.project("shop", "3.12.1", "shop-venv")
    assert sandbox.run([sys.executable, "-m", "virtualenv", "--no-seed", "--no-download", env]).returncode == 0
    session = terminal("/")
    mine = prompt_of(session)
    for place in ("/", project):
        session.run(f"cd {project}")
        for line, name in ((f"source {env}/bin/activate.fish", "(shop-venv) "), ("true", "(shop-venv) "), ("deactivate", ""), ("true", "")):
            session.run(f"cd {place}; {line}")
            assert session.prefix == name, (place, line)
        assert session.active is None
        assert prompt_of(session) == mine


# --- PATH ---


@pytest.mark.parametrize("path", ["", "''", "/usr/bin ''", "'' /usr/bin", "/usr/bin . /bin", "/usr/bin /usr/bin /bin /usr/bin", "'/with blank' '/$x' '/*' /é"])
def test_any_path_comes_back_as_it_was(fish: Shell, project: Path, terminal: OpenTerminal, path: str) -> None:
    """H3: the same list, element by element; what is added meanwhile stays."""
    session = terminal("/")
    session.run(f"set PATH {path}")
    before = session.run("string escape -- $PATH; count $PATH")
    session.run(f"cd {project}")
    assert session.run("string escape -- $PATH[2..]; math (count $PATH) - 1") == before
    session.run("cd /")
    assert session.run("string escape -- $PATH; count $PATH") == before
    session.run(f"cd {project}")
    session.run("set -a PATH /more ''; set -p PATH /front")
    assert session.run("echo $PATH[1..2]") == f"{session.sandbox.env('3.12.1', 'shop-venv')}/bin /front\n"
    session.run("cd /")
    assert session.run("echo $PATH[1] $PATH[-2]") == "/front /more\n"


def test_fish_add_path(fish: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal) -> None:
    """H8: fish puts `fish_user_paths` in front of everything, also later; the env is first again at the prompt."""
    (sandbox.root / "tools").mkdir()
    session = terminal(project, after=f"fish_add_path {sandbox.root}/tools")
    for line in ("", f"mkdir {sandbox.root}/more && fish_add_path {sandbox.root}/more"):
        session.run(line)
        assert session.active == str(sandbox.env("3.12.1", "shop-venv"))
    session.run("cd /")
    assert session.env("PATH") == f"{sandbox.root}/more:{sandbox.root}/tools:{sandbox.path}"


# --- events ---


def test_cd_acts_at_once_and_silently(fish: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal) -> None:
    """H5: `cd p && python x` uses p's env; each of fish's ways to go."""
    python = f"{sandbox.env('3.12.1', 'shop-venv')}/bin/python"
    session = terminal("/")
    assert session.run(f'cd {project} && command -v python; cd /; echo "$VIRTUAL_ENV"off') == f"{python}\noff\n"
    session.run("cd /usr; cd /")
    for there, back in (
        (f"pushd {project}", "popd"),
        (f"cd {project}", "cd -"),
        (f"cd {project}", "prevd"),
        (f"set -g CDPATH {sandbox.root}; cd shop", "cd /"),
        (f"{project}/", "cd /"),
        (f"function go; cd {project}/deep; end; go", "cd ../../../../../../../../../.."),
        (f"eval cd {project}", "eval cd /"),
        (f"begin; cd {project}; end", "cd /"),
    ):
        session.run(there)
        assert session.prefix == "(shop-venv) ", there
        session.run(back)
        assert session.prefix == "", back


def test_a_key_binding(fish: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal) -> None:
    """H5: fzf's Alt-C and the like: the env is on before the next command runs."""
    session = terminal("/", after=rf"bind \ct 'cd {project}; commandline -f repaint'")
    session.send("\x14")
    session.wait()
    assert session.prefix == "(shop-venv) "
    assert session.run("echo $VIRTUAL_ENV") == f"{sandbox.env('3.12.1', 'shop-venv')}\n"


def test_captured_output_is_clean(fish: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal) -> None:
    """H11: fish runs `(...)` in the shell itself, so the shell moves; both streams are clean, hints wait for the prompt."""
    places = [project, sandbox.project("broken", ">=3.9", "shop-venv"), sandbox.project("missing", "3.12.1", "not-there")]
    session = terminal("/", environ={"ROOST_AUTO_CREATE": "0"})
    for place in places:
        assert session.run(f'set x (cd {place}; pwd); echo "[$x]"').startswith(f"[{place}]\n")
        assert session.run(f'cd /; set x (begin; cd {place}; pwd; end 2>&1); echo "[$x]"') == f"[{place}]\n"
        session.run("cd /")
        assert session.active is None


def test_the_configuration_is_read_first(fish: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal) -> None:
    """H6: a `cd` in config.fish is acted on at the first prompt, whatever comes after it; 0 bytes are written before."""
    after = f"cd {project}; set -gx PATH /usr/bin /bin; function fish_prompt; printf 'ro\\157st-prompt> '; end"
    plain, session = terminal("/", after=after, load="none"), terminal("/", after=after)
    assert session.opening == plain.opening
    assert session.prefix == "(shop-venv) "
    assert session.env("PATH") == f"{sandbox.env('3.12.1', 'shop-venv')}/bin:/usr/bin:/bin"


def test_sourcing_twice_registers_once(fish: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal) -> None:
    """H14: the env stays on, the prompt is wrapped once, and all goes off cleanly."""
    session = terminal("/")
    mine, handlers = prompt_of(session), sorted(session.run("functions --handlers").splitlines())
    assert len([line for line in handlers if "_roost_" in line]) == 2
    session.run(f"cd {project}")
    for _ in range(2):
        assert session.run(f"source {sandbox.home}/{fish.rc_name}") == ""
        assert session.active == str(sandbox.env("3.12.1", "shop-venv"))
        assert session.prefix == "(shop-venv) "
    assert sorted(session.run("functions --handlers").splitlines()) == handlers
    session.run("cd /")
    assert (session.active, session.prefix, prompt_of(session)) == (None, "", mine)


# --- scripts, settings, names ---


def test_no_hook_in_scripts(fish: Shell, sandbox: Sandbox, project: Path) -> None:
    """H11: `fish -c`, a script and lines on stdin see no activation and print nothing of ours."""
    configuration = sandbox.home / ".config/fish/config.fish"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(f"source {quote(str(hook_file('fish')), 'fish')}\n")
    broken = sandbox.project("broken", ">=3.9", "shop-venv")
    lines = f"cd {project}; cd {broken}; cd {project}; echo \"$VIRTUAL_ENV\"off $PWD; functions --handlers | string match '*_roost_*'; true"
    script = sandbox.root / "script"
    script.write_text(lines)
    for words in ([fish.path, "-c", lines], [fish.path, str(script)], ["/bin/sh", "-c", f"{fish.path} <{script}"]):
        done = sandbox.run(words)
        assert (done.returncode, done.stdout, done.stderr) == (0, f"off {project}\n", ""), words


SETTINGS = {
    "empty IFS": "set -g IFS ''",
    "odd IFS": "set -g IFS /.n-",
    "small read limit": "set -g fish_read_limit 1000",
    "aliases": "for name in cd path contains functions math; function $name; builtin echo hijacked; end; end",
    "variables": "for name in one two first second name dir dirs part env kept at wanted x y a b lead free best holder seen entered store; set -g $name n; end",
    "exported variables": "set -gx word w; set -gx release r; set -gx data d; set -gx pyenv p",
    "vi keys": "fish_vi_key_bindings",
    "no job control": "status job-control none",
    "job control": "status job-control full",
    "new rules": "exec env fish_features=no-query-term,qmark-noglob,remove-percent-self,test-require-arg (status fish-path)",
    "old rules": "exec env fish_features=no-query-term,no-qmark-noglob (status fish-path)",
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_settings(fish: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal, setting: str) -> None:
    """H14: in, deeper, over, past trouble, out: right each time, and no other word is shown."""
    one, two = sandbox.env("3.12.1", "shop-venv"), sandbox.fake_env("3.13.2", "two")
    second, prefix = sandbox.project("second", "3.13.2", "two"), sandbox.project("prefix", "# why\n3.13", " two ")
    missing, invalid = sandbox.project("missing", "3.12.1", "none"), sandbox.project("invalid", "3.12.1", "../one")
    session = terminal("/", environ={"ROOST_AUTO_CREATE": "0"})
    session.run(SETTINGS[setting])
    before = session.env("PATH")
    for place, env in ((project, one), (project / "deep", one), (second, two), (prefix, two), (Path("/"), None), (project, one)):
        assert session.run(f"builtin cd {place}") == "", place
        assert session.active == (str(env) if env else None), place
        assert session.prefix.endswith(f"({env.name}) " if env else ""), place
    for place in (missing, invalid):
        shown = session.run(f"builtin cd {place}")
        assert shown.startswith("roost: "), place
        assert shown.count("\n") == 1, shown
        assert session.run("") == "", place
    session.run("builtin cd /")
    assert session.env("PATH") == before
    for name in ("one", "dir", "word", "release", "at"):
        assert session.env(name) in {None, "n", "w", "r"}


def test_names(fish: Shell, sandbox: Sandbox, project: Path, terminal: OpenTerminal) -> None:
    """H14: all that the hook defines is `_roost_*`, `ROOST_*`, `roost` or, while an env is on, `deactivate`."""
    broken = sandbox.project("broken", ">=3.9", "shop-venv")
    found: dict[str, set[str]] = {}
    loads: tuple[Load, ...] = ("none", "setup")
    for load in loads:
        session = terminal("/", load=load)
        for place in (project, broken, "/"):
            session.run(f"cd {place}")
        found[load] = set(session.run("set -n; functions -n -a").replace(",", "\n").split())
        session.run(f"cd {project}")
        found[f"{load} inside"] = set(session.run("set -n; functions -n -a").replace(",", "\n").split())
    plain = {name.strip() for name in found["none"] | found["none inside"]}
    assert {name for name in found["setup"] - plain if not name.startswith("_roost_")} == {"roost"}
    inside = {name for name in found["setup inside"] - plain if not name.startswith("_roost_")}
    assert inside == {"roost", "deactivate", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "ROOST_ENV"}
    assert found["setup"] >= found["none"]


def test_tab_completes_paths(fish: Shell, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H17: where the program knows no word a directory belongs, and after `run` a file."""
    program, words = sandbox.root / "program", sandbox.root / "words"
    program.write_text(f'#!/bin/sh\n[ "$1" = complete ] || {{ printf \'<%s>\' "$@"; exit; }}\nprintf \'<%s>\' "$@" >>{words}\n')
    program.chmod(0o755)
    (sandbox.home / "tabs and").mkdir()
    (sandbox.home / "tables").touch()
    session = terminal(sandbox.home, after=fish.assign("_roost_cli", program))
    assert session.run("roost up ta\t") == "<up><tabs and/>"
    assert session.run("roost run -- tabl\t") == "<run><--><tables>"
    assert session.run("set -g IFS ''; roost up tabl\t") == "<up><tabl>"
    assert words.read_text() == "<complete><up><ta><complete><run><--><tabl><complete><up><tabl>"


def test_a_project_in_the_root_directory(fish: Shell, sandbox: Sandbox) -> None:
    """F11, F13: it is `/`. Nothing can be put there in a test, so the functions are asked what they would make of it."""
    sandbox.fake_env("3.12.1", "shop-venv")
    pair = "set -g _roost_name_file /.python-virtualenv; set -g _roost_name_bytes shop-venv; set -g _roost_version_bytes 3.12.1; _roost_parse_files"
    alone = "set -g _roost_version_file /.python-version; set -g _roost_version_bytes 3.12.1/envs/shop-venv; _roost_find_pyenv_env"
    for asked in (pair, alone):
        text = f"source {hook_file('fish')}; set -g _roost_root ''; {asked}; echo $_roost_root"
        assert sandbox.run([fish.path, "--no-config", "-c", text]).stdout == "/\n"


# --- getting it ---


def test_setup_and_undo(fish: Shell, sandbox: Sandbox) -> None:
    """C, H15: conf.d has a file of ours; a dry run changes nothing, twice is once, undo takes the file away."""
    block = sandbox.home / ".config/fish/conf.d/roost.fish"
    assert str(block) in sandbox.roost("setup", "fish", "--dry-run").stderr
    assert not block.exists()
    assert sandbox.roost("setup", "fish").returncode == 0
    text = block.read_text()
    assert quote(str(hook_file("fish")), "fish") in text
    assert "nothing to " in sandbox.roost("setup", "fish").stderr
    assert block.read_text() == text
    assert sandbox.roost("setup", "fish", "--undo").returncode == 0
    assert list(block.parent.iterdir()) == []


def test_setup_beside_the_lines_of_the_user(fish: Shell, sandbox: Sandbox) -> None:
    """C: a file that was there keeps its bytes; XDG_CONFIG_HOME says where; the shell that it is typed in is the default."""
    block = sandbox.root / "xdg/fish/conf.d/roost.fish"
    block.parent.mkdir(parents=True)
    block.write_bytes(b"set -g mine \xff")
    for words in (("setup",), ("setup", "fish")):
        assert sandbox.roost(*words, XDG_CONFIG_HOME=str(sandbox.root / "xdg"), ROOST_HOOK="fish").returncode == 0
        assert block.read_bytes().startswith(b"set -g mine \xff\n# >>> roost")
        assert block.read_bytes().count(b"# >>> roost") == 1
    assert sandbox.roost("setup", "fish", "--undo", XDG_CONFIG_HOME=str(sandbox.root / "xdg")).returncode == 0
    assert block.read_bytes() == b"set -g mine \xff"
    assert [path.name for path in block.parent.iterdir()] == ["roost.fish"]


@pytest.mark.parametrize(
    "word", ["plain", "a b", "it's", 'a"b', "back\\slash", "two\\\\", "end\\", "\\'", "$HOME (id) *?[a]{b,c} ~ # & ;", "new\nline", "é\udcff"]
)
def test_quoting(fish: Shell, sandbox: Sandbox, word: str) -> None:
    """C: a path in the block is one literal word of fish."""
    done = sandbox.run([fish.path, "--no-config", "-c", f"printf '[%s]' {quote(word, 'fish')} | od -An -tx1 -v"])
    assert bytes.fromhex(done.stdout) == b"[" + word.encode("utf-8", "surrogateescape") + b"]"


def test_hook_path_and_text(fish: Shell, sandbox: Sandbox) -> None:
    """C: `roost hook fish` is one file, and fish takes it for its own layout and language."""
    assert sandbox.roost("hook", "fish", "--path").stdout == f"{hook_file('fish')}\n"
    text = sandbox.roost("hook", "fish").stdout
    assert text.endswith(hook_file("fish").read_text())
    assert "core.sh\n" not in text
    assert sandbox.run([fish.path, "--no-config", "--no-execute", str(hook_file("fish"))]).stderr == ""


def test_a_prompt_that_was_saved_in_a_project(fish: Shell, project: Path, sandbox: Sandbox, terminal: OpenTerminal) -> None:
    """H3: `funcsave fish_prompt` keeps what roost has put around it; another shell shows a plain prompt then, and no error."""
    session = terminal(project)
    session.run("funcsave -q fish_prompt")
    saved = sandbox.home / ".config/fish/functions/fish_prompt.fish"
    assert "_roost_inner" in saved.read_text()
    hook = f"source {hook_file('fish')}; cd {project}; emit fish_prompt; fish_prompt; emit fish_prompt"
    for line, shown in (("fish_prompt", "> "), (f"{hook}; fish_prompt", "(shop-venv) > (shop-venv) > ")):
        assert session.run(f"{fish.path} -N -i -c 'source {saved}; {line}; echo' 2>&1").replace("\n", "") == shown


@pytest.mark.parametrize("scope", ["-U", "-g", "-gx"])
def test_names_that_are_the_users(fish: Shell, project: Path, terminal: OpenTerminal, scope: str) -> None:
    """H14: no visit changes a variable of the user's, whatever its name is in roost."""
    text = hook_file("fish").read_text()
    named = [name for line in re.findall(r"--argument-names ([a-z ]+)", text) for name in line.split()]
    names = sorted({*named, *re.findall(r"set -l ([a-z]+)", text), *re.findall(r"\(\?<([a-z]+)>", text)})
    assert {"request", "start", "stem"} <= set(names)
    session = terminal("/")
    for name in names:
        session.run(f"set {scope} {name} mine")
    for place in (project, "/", project):
        session.run(f"cd {place}")
    assert {name: session.env(name) for name in names} == dict.fromkeys(names, "mine")
