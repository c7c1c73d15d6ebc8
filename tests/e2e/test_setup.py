"""``roost setup``: one marked block in the right rc file, and the exact bytes back (C, H15)."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import time
from pathlib import Path

import pytest

from roost.jobs.setup import Setup
from roost.machine import hooks, rc_files, shells
from roost.rules.errors import RoostError
from tests.support.look import only_line, photograph
from tests.support.needs import program
from tests.support.sandbox import ROOST, Sandbox
from tests.support.vectors import as_user

_CONTENTS = {
    "plain": b"alias ll='ls -l'\n",
    "no newline at the end": b"alias ll='ls -l'",
    "empty": b"",
    "blank lines": b"\n\nexport A=1\n\n\n",
    "not utf-8": b"# gr\xf6\xdfe\nexport A=\xff\n",
    "crlf": b"export A=1\r\n",
    "words like ours": b"echo '# >>> roost >>>'\n# <<< roost <<<\n",
    "a first line of ours without a last": b"# >>> roost >>>\nexport A=1\n",
}


@pytest.fixture(autouse=True)
def _shell(request: pytest.FixtureRequest) -> None:
    """`roost setup` asks a new shell whether it has the hook: the one that the test names, else zsh."""
    callspec = getattr(request.node, "callspec", None)
    program(callspec.params.get("shell", "zsh") if callspec else "zsh")


@pytest.mark.parametrize("content", _CONTENTS)
def test_the_bytes_come_back(tmp_path: Path, content: str) -> None:
    """C: whatever the file holds, it is that again once the block is out; and the backup holds it meanwhile."""
    rc = tmp_path / "rc"
    rc.write_bytes(_CONTENTS[content])
    rc_files.apply(rc_files.insertion(rc, hooks.block("zsh")))
    changed = rc.read_bytes()
    assert changed.startswith(_CONTENTS[content])
    assert changed.count(b"# >>> roost >>>\n# Put") == 1
    assert (tmp_path / "rc.roost-backup").read_bytes() == _CONTENTS[content]
    assert not rc_files.insertion(rc, hooks.block("zsh")).changes
    rc_files.apply(rc_files.removal(rc))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"rc": _CONTENTS[content]}


@pytest.mark.parametrize(("shell", "content"), [("zsh", "plain"), ("zsh", "a first line of ours without a last"), ("bash", "not utf-8")])
def test_there_and_back(sandbox: Sandbox, shell: str, content: str) -> None:
    """C: a dry run changes nothing, the block comes once, a second run changes nothing, --undo gives the bytes back."""
    rc = sandbox.home / f".{shell}rc"
    rc.write_bytes(_CONTENTS[content])
    (sandbox.home / ".bash_profile").write_text(". ~/.bashrc\n")
    before = photograph(sandbox.home)
    dry = sandbox.roost("setup", shell, "--dry-run")
    assert (dry.returncode, dry.stderr.splitlines()[0]) == (0, f"roost: would put the hook into {rc}; backup: {rc}.roost-backup")
    assert photograph(sandbox.home) == before
    done = sandbox.roost("setup", shell)
    assert (done.returncode, done.stdout) == (0, "")
    changed = rc.read_bytes()
    assert changed.startswith(_CONTENTS[content])
    assert changed.count(b"# >>> roost >>>\n# Put") == 1
    assert os.fsencode(hooks.hook_file(shell)) in changed
    assert (sandbox.home / f".{shell}rc.roost-backup").read_bytes() == _CONTENTS[content]
    after = photograph(sandbox.home)
    again = sandbox.roost("setup", shell)
    opens = f"roost: open a new terminal, or type: exec {shell}\n"
    assert (again.returncode, again.stderr) == (0, f"roost: nothing to do: the hook is in {rc}\n{opens}"), "`roost status` sent its user here"
    loaded = sandbox.roost("setup", shell, ROOST_HOOK=shell)
    assert (loaded.returncode, loaded.stderr) == (0, f"roost: nothing to do: the hook is in {rc}\n")
    assert photograph(sandbox.home) == after
    undone = sandbox.roost("setup", shell, "--undo")
    assert undone.returncode == 0, undone.stderr
    assert rc.read_bytes() == _CONTENTS[content]
    assert sorted(path.name for path in sandbox.home.iterdir()) == [".bash_profile", rc.name]
    assert "nothing to do" in sandbox.roost("setup", shell, "--undo").stderr


@pytest.mark.parametrize("shell", ["zsh", "bash"])
def test_a_missing_rc_file_is_made_and_goes_again(sandbox: Sandbox, shell: str) -> None:
    """C."""
    rc = sandbox.home / f".{shell}rc"
    assert sandbox.roost("setup", shell, "--dry-run").stderr == f"roost: would put the hook into {rc}\n"
    assert not rc.exists()
    assert sandbox.roost("setup", shell).returncode == 0
    assert stat.S_IMODE(rc.stat().st_mode) == 0o644
    assert sorted(path.name for path in sandbox.home.iterdir()) == [rc.name]
    assert sandbox.roost("setup", shell, "--undo").returncode == 0
    assert list(sandbox.home.iterdir()) == []
    assert sandbox.roost("setup", shell, "--undo").returncode == 0


def test_zdotdir(sandbox: Sandbox) -> None:
    """C: where zsh looks; the directory is made if need be."""
    dots = sandbox.home / "dots" / "zsh"
    assert sandbox.roost("setup", "zsh", ZDOTDIR=str(dots)).returncode == 0
    assert [path.name for path in dots.iterdir()] == [".zshrc"]
    assert not (sandbox.home / ".zshrc").exists()


def test_an_unknown_shell_is_refused(sandbox: Sandbox) -> None:
    """C: exit 2, and what to type."""
    done = sandbox.roost("setup", "tcsh")
    assert done.returncode == 2
    assert "type: roost setup zsh" in only_line(done)
    assert list(sandbox.home.iterdir()) == []


def test_a_linked_rc_file_stays_a_link(sandbox: Sandbox) -> None:
    """C: dotfiles that live in a repository."""
    real = sandbox.root / "dotfiles" / "zshrc"
    real.parent.mkdir()
    real.write_text("export A=1\n")
    rc = sandbox.home / ".zshrc"
    rc.symlink_to("../dotfiles/zshrc")
    assert sandbox.roost("setup", "zsh").returncode == 0
    assert os.readlink(rc) == "../dotfiles/zshrc"
    assert b"roost" in real.read_bytes()
    assert sandbox.roost("setup", "zsh", "--undo").returncode == 0
    assert os.readlink(rc) == "../dotfiles/zshrc"
    assert real.read_text() == "export A=1\n"
    assert [path.name for path in real.parent.iterdir()] == ["zshrc"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_the_mode_stays(sandbox: Sandbox, mode: int) -> None:
    """C: a private rc file stays private, and so does its backup."""
    rc = sandbox.home / ".zshrc"
    rc.write_text("export TOKEN=secret\n")
    rc.chmod(mode)
    assert sandbox.roost("setup", "zsh").returncode == 0
    assert stat.S_IMODE(rc.stat().st_mode) == mode
    assert stat.S_IMODE((sandbox.home / ".zshrc.roost-backup").stat().st_mode) == mode
    assert sandbox.roost("setup", "zsh", "--undo").returncode == 0
    assert stat.S_IMODE(rc.stat().st_mode) == mode


def test_what_the_user_added_meanwhile_stays(sandbox: Sandbox) -> None:
    """C: --undo takes our block and nothing else, and glues no two lines together."""
    rc = sandbox.home / ".bashrc"
    rc.write_bytes(b"export A=1")
    assert sandbox.roost("setup", "bash").returncode == 0
    rc.write_bytes(b"export ZERO=0\n" + rc.read_bytes() + b"export B=2\n")
    assert "nothing to do" in sandbox.roost("setup", "bash").stderr
    assert sandbox.roost("setup", "bash", "--undo").returncode == 0
    assert rc.read_bytes() == b"export ZERO=0\nexport A=1\nexport B=2\n"


def test_an_outdated_block_is_replaced_where_it_stands(sandbox: Sandbox) -> None:
    """C: roost moved to another place. The backup stays the file without us."""
    rc = sandbox.home / ".bashrc"
    rc.write_bytes(b"export A=1\n")
    assert sandbox.roost("setup", "bash").returncode == 0
    current = rc.read_bytes()
    rc.write_bytes(current.replace(os.fsencode(hooks.hook_file("bash")), b"/old/place/roost.bash") + b"export B=2\n")
    assert sandbox.roost("setup", "bash").returncode == 0
    assert rc.read_bytes() == current + b"export B=2\n"
    assert (sandbox.home / ".bashrc.roost-backup").read_bytes() == b"export A=1\n"


def test_an_rc_file_that_may_not_be_written(sandbox: Sandbox) -> None:
    """C: one line, and the file is whole."""
    rc = sandbox.home / ".zshrc"
    rc.mkdir()
    done = sandbox.roost("setup", "zsh")
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    assert str(rc) in done.stderr
    assert "unexpected" not in done.stderr


def _in_a_new_shell(sandbox: Sandbox, shell: str, *options: str) -> str:
    """How many times the hook is registered in a new interactive shell: a count for each variable that holds it."""
    line = {
        "zsh": "print -rl -- $precmd_functions | grep -c _roost_look",
        "bash": 'printf "%s\\n" "${PROMPT_COMMAND[@]}" | grep -o _roost_hook | grep -c .',
        "fish": "functions --query _roost_look; and echo 1; or echo 0",
    }[shell]
    return sandbox.run([shell, *options, "-i", "-c", line]).stdout.strip()


# --- the file that the shell reads (T4) ---


@pytest.mark.parametrize("noise", ["", "echo noise; print -n more\n", "setopt err_exit no_unset\n"], ids=["quiet", "noisy", "strict"])
def test_a_zdotdir_that_is_not_exported(sandbox: Sandbox, noise: str) -> None:
    """C, T4: zsh itself says where it reads .zshrc, whatever else its .zshenv does; --undo finds the same file."""
    dots = sandbox.home / "my dots"
    dots.mkdir()
    (sandbox.home / ".zshenv").write_text(f'ZDOTDIR="$HOME/my dots"\n{noise}')
    done = sandbox.roost("setup", "zsh")
    assert (done.returncode, done.stderr) == (0, f"roost: put the hook into {dots}/.zshrc\nroost: open a new terminal, or type: exec zsh\n")
    assert not (sandbox.home / ".zshrc").exists()
    assert sandbox.run(["zsh", "-i", "-c", "typeset -f _roost_look >&2"]).returncode == 0
    assert sandbox.roost("setup", "zsh", "--undo").stderr == f"roost: removed the hook from {dots}/.zshrc\n"
    assert list(dots.iterdir()) == []


def test_undo_finds_what_an_earlier_setup_wrote_elsewhere(sandbox: Sandbox) -> None:
    """C, T4: a block in ~/.zshrc from before ZDOTDIR, one where $ZDOTDIR led; and in bash the login files."""
    old, dots, exported = sandbox.home / ".zshrc", sandbox.home / "dots", sandbox.home / "exported"
    old.write_text("export A=1\n")
    assert sandbox.roost("setup", "zsh").returncode == 0
    assert sandbox.roost("setup", "zsh", ZDOTDIR=str(exported)).returncode == 0
    (exported / ".zshenv").write_text(f"ZDOTDIR={dots}\n")
    assert sandbox.roost("setup", "zsh", ZDOTDIR=str(exported)).returncode == 0
    assert (dots / ".zshrc").exists()
    assert sandbox.roost("setup", "zsh", "--undo", ZDOTDIR=str(exported)).returncode == 0
    assert old.read_text() == "export A=1\n"
    assert not (dots / ".zshrc").exists()
    assert not (exported / ".zshrc").exists()


def test_without_a_zsh_the_environment_says_where(sandbox: Sandbox) -> None:
    """C, T4: an image that gets its zsh later; that the hook could not be tried out is said."""
    sandbox.path = "/nowhere"
    done = sandbox.roost("setup", "zsh", ZDOTDIR=str(sandbox.home / "dots"))
    assert done.returncode == 0
    assert (sandbox.home / "dots" / ".zshrc").exists()
    assert "roost: a new zsh could not be asked whether it has the hook: zsh: No such file or directory\n" in done.stderr


# --- a look in a new shell (T4) ---

_STOPS = {
    "zsh": {
        "return": "it may stop at line 2 of {rc};",
        "[[ -t 9 ]] || return 0": "it may stop at line 2 of {rc};",
        "[[ -o interactive ]] || return\nif true; then return; fi": "it may stop at line 3 of {rc};",
        "exec true": "it may stop at line 2 of {rc};",
        "if true; then\n  exit 0\nfi": "it ended, or was replaced by another program",
        "if true; then\n  return\nfi": "it does not read {rc} to its end",
    },
    "bash": {
        "return": "it may stop at line 2 of {rc};",
        '[ -z "$PS1" ] && return\n[ -t 9 ] || exec true': "it may stop at line 3 of {rc};",
        "if true; then\n  return\nfi": "it does not read {rc} to its end",
    },
}


@pytest.mark.parametrize(("shell", "lines", "reason"), [(shell, lines, reason) for shell, stops in _STOPS.items() for lines, reason in stops.items()])
def test_a_hook_that_a_new_shell_does_not_have(sandbox: Sandbox, shell: str, lines: str, reason: str) -> None:
    """C, T4: one line says so, with the reason if it can be told; setup has done its work all the same."""
    rc = sandbox.home / f".{shell}rc"
    rc.write_text(f"A=1\n{lines}\n")
    (sandbox.home / ".bash_profile").write_text("")
    done = sandbox.roost("setup", shell)
    assert done.returncode == 0
    told = [line for line in done.stderr.splitlines() if "does not load the hook" in line]
    assert len(told) == 1
    assert told[0].startswith(f"roost: a new {shell} does not load the hook: ")
    assert reason.format(rc=rc) in told[0]
    assert "open a new terminal" not in done.stderr
    assert b"# >>> roost >>>" in rc.read_bytes()


def test_a_fish_that_stops_early(sandbox: Sandbox) -> None:
    """C, T4: another file of its configuration ends it."""
    program("fish")
    before = sandbox.home / ".config" / "fish" / "conf.d" / "first.fish"
    before.parent.mkdir(parents=True)
    before.write_text("exec true\n")
    done = sandbox.roost("setup", "fish")
    assert done.returncode == 0
    assert done.stderr.splitlines()[1:] == [
        "roost: a new fish does not load the hook: it ended, or was replaced by another program, before it reached the hook's block"
    ]


def _is_gone(sandbox: Sandbox, command: str) -> bool:
    """Does such a process end within some seconds? A busy machine takes a moment to end what was killed."""
    end = time.monotonic() + 10
    while command in sandbox.run(["ps", "-A", "-o", "args="]).stdout:
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("shell", ["zsh", "bash", "fish"])
def test_what_an_rc_file_does_is_not_waited_for(sandbox: Sandbox, shell: str) -> None:
    """C, T4: questions get an end of file, what stays in the background is ended, and no output of the shell is shown."""
    rc = sandbox.home / (".config/fish/config.fish" if shell == "fish" else f".{shell}rc")
    rc.parent.mkdir(parents=True, exist_ok=True)
    seconds = f"{40000 + os.getpid()}.5"
    rc.write_text(f"echo noise; echo more >&2\nsleep {seconds} &\ncat\nread -r answer\n")
    (sandbox.home / ".bash_profile").write_text(". ~/.bashrc\n")
    done = sandbox.roost("setup", shell, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines()[1:] == [f"roost: open a new terminal, or type: exec {shell}"]
    assert _is_gone(sandbox, f"sleep {seconds}")


def test_a_shell_that_never_gets_ready(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """C, T4: it is given up after some seconds, here after one, and no process stays."""
    monkeypatch.setattr(shells, "_TIMEOUT", 1.0)
    seconds = f"{40000 + os.getpid()}.25"
    (sandbox.home / ".zshrc").write_text(f"trap '' INT TERM HUP\nsleep {seconds}\n")
    narrator = _Lines()
    Setup("zsh", sandbox.environ, sys.platform, narrator, dry_run=False).put_in()
    assert narrator.lines[1:] == ["a new zsh could not be asked whether it has the hook: no answer in 1 s", "open a new terminal, or type: exec zsh"]
    assert _is_gone(sandbox, f"sleep {seconds}")


# --- bash's login files (T5) ---


@pytest.mark.parametrize("name", [".bash_profile", ".bash_login", ".profile"])
def test_a_login_file_that_does_not_read_bashrc(sandbox: Sandbox, name: str) -> None:
    """C, T5: every interactive bash has the hook, once, though both files are read in turn."""
    login = sandbox.home / name
    login.write_text("export A=1\n")
    dry = sandbox.roost("setup", "bash", "--dry-run")
    assert f"and put the hook into {login} too if it does not load it" in dry.stderr
    assert login.read_text() == "export A=1\n"
    done = sandbox.roost("setup", "bash")
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        f"roost: put the hook into {sandbox.home}/.bashrc",
        f"roost: put the hook into {login}; backup: {login}.roost-backup",
        "roost: open a new terminal, or type: exec bash",
    ]
    assert _in_a_new_shell(sandbox, "bash", "-l") == "1"
    assert _in_a_new_shell(sandbox, "bash") == "1"
    after = photograph(sandbox.home)
    assert sandbox.roost("setup", "bash").returncode == 0
    assert photograph(sandbox.home) == after
    login.write_bytes(login.read_bytes() + b". ~/.bashrc\n")
    assert _in_a_new_shell(sandbox, "bash", "-l") == "1"
    assert sandbox.roost("setup", "bash", "--undo").returncode == 0
    assert login.read_text() == "export A=1\n. ~/.bashrc\n"
    assert not (sandbox.home / ".bashrc").exists()


@pytest.mark.parametrize(
    "line", [". ~/.bashrc", '[ -n "$BASH_VERSION" ] && [ -f "$HOME/.bashrc" ] && . "$HOME/.bashrc"', "for file in ~/.bash[r]c; do source $file; done"]
)
def test_a_login_file_that_reads_bashrc(sandbox: Sandbox, line: str) -> None:
    """C, T5: whatever its words are, bash is asked; it gets no second block."""
    login = sandbox.home / ".bash_profile"
    login.write_text(f"{line}\n")
    assert sandbox.roost("setup", "bash").returncode == 0
    assert login.read_text() == f"{line}\n"
    assert _in_a_new_shell(sandbox, "bash", "-l") == "1"


def test_no_login_file(sandbox: Sandbox) -> None:
    """C, T5: a login bash that reads nothing has no hook, and that is said; on macOS, where every terminal is one, the file is made."""
    done = sandbox.roost("setup", "bash")
    assert done.returncode == 0
    told = done.stderr.splitlines()[1:]
    assert len(told) == 2
    assert told[0].startswith("roost: a new login bash does not load the hook: ")
    assert told[0].endswith("type: echo '. ~/.bashrc' >> ~/.bash_profile")
    assert told[1] == "roost: type: exec bash", "which is for the shell that one is in, and works without that file"
    assert sorted(path.name for path in sandbox.home.iterdir()) == [".bashrc"]
    narrator = _Lines()
    Setup("bash", sandbox.environ, "darwin", narrator, dry_run=False).put_in()
    assert narrator.lines[1:] == [f"put the hook into {sandbox.home}/.bash_profile", "open a new terminal, or type: exec bash"]
    assert _in_a_new_shell(sandbox, "bash", "-l") == "1"
    Setup("bash", sandbox.environ, "darwin", narrator, dry_run=False).take_out()
    assert list(sandbox.home.iterdir()) == []


class _Lines:
    """A narrator that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def step(self, line: str) -> None:
        self.lines.append(line)

    def detail(self, line: str) -> None:
        pass


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_a_profile_that_other_shells_read(sandbox: Sandbox, shell: str) -> None:
    """C, H11, T5: a plain sh, and a bash that runs a script, load nothing and say nothing, under strict options."""
    (sandbox.home / ".profile").write_text("export A=1\n")
    assert sandbox.roost("setup", "bash").returncode == 0
    done = sandbox.run([shell, "-e", "-u", "-c", '. "$HOME/.profile"; . "$HOME/.bashrc"; command -v _roost_look || echo "$A"'])
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


# --- places that cannot be written to (T10, T15) ---


@pytest.mark.parametrize("options", [(), ("--dry-run",)], ids=["run", "dry"])
@pytest.mark.parametrize(
    ("shell", "link"),
    [
        ("zsh", ".zshrc"),
        ("bash", ".bashrc"),
        ("fish", ".config"),
        ("fish", ".config/fish"),
        ("fish", ".config/fish/conf.d/roost.fish"),
    ],
)
def test_a_link_to_a_place_that_is_not_there(sandbox: Sandbox, shell: str, link: str, options: tuple[str, ...]) -> None:
    """C, T10: a dotfiles disk that is not mounted: one line, and nothing is made there or here."""
    lost = sandbox.root / "disk" / "dots" / "rc"
    rc = sandbox.home / link
    rc.parent.mkdir(parents=True, exist_ok=True)
    rc.symlink_to(lost)
    before = photograph(sandbox.root)
    done = sandbox.roost("setup", shell, *options)
    assert done.returncode == 1
    assert f"{rc} is a link to {lost}, which does not exist" in only_line(done)
    assert photograph(sandbox.root) == before


def test_a_login_file_that_is_a_link_to_a_place_that_is_not_there(sandbox: Sandbox) -> None:
    """C, T10: bash does not read it, so it is left alone; on macOS, where it would be made, it is refused."""
    login = sandbox.home / ".bash_profile"
    login.symlink_to(sandbox.root / "disk" / "dots" / "rc")
    assert sandbox.roost("setup", "bash").returncode == 0
    with pytest.raises(RoostError, match="which does not exist"):
        Setup("bash", sandbox.environ, "darwin", _Lines(), dry_run=False).put_in()
    assert login.is_symlink()
    assert not (sandbox.root / "disk").exists()


def test_a_link_that_leads_to_itself(sandbox: Sandbox) -> None:
    """C, T10."""
    (sandbox.home / ".zshrc").symlink_to("other")
    (sandbox.home / "other").symlink_to(".zshrc")
    done = sandbox.roost("setup", "zsh")
    assert done.returncode == 1
    assert "which does not exist" in only_line(done)
    assert (sandbox.home / ".zshrc").is_symlink()


def test_a_link_to_a_file_that_is_still_to_be_made(sandbox: Sandbox) -> None:
    """C, T10: its directory is there, so the file is made where the link leads."""
    dots = sandbox.root / "dots"
    dots.mkdir()
    (sandbox.home / ".zshrc").symlink_to(dots / "zshrc")
    assert sandbox.roost("setup", "zsh").returncode == 0
    assert os.readlink(sandbox.home / ".zshrc") == str(dots / "zshrc")
    assert _in_a_new_shell(sandbox, "zsh") == "1"
    assert sandbox.roost("setup", "zsh", "--undo").returncode == 0
    assert list(dots.iterdir()) == []


@pytest.mark.parametrize("case", ["link into a read-only store", "the same, undone", "read-only home"])
def test_a_read_only_place(sandbox: Sandbox, case: str) -> None:
    """C, T15: a dry run says, and returns, what the run does; neither changes anything."""
    words, store = ["setup", "zsh"], sandbox.root / "store"
    if case == "read-only home":
        store = sandbox.home
    else:
        store.mkdir()
        (store / "zshrc").write_text("export A=1\n")
        (sandbox.home / ".zshrc").symlink_to(store / "zshrc")
    if case == "the same, undone":
        assert sandbox.roost(*words).returncode == 0
        words.append("--undo")
    before = photograph(store)
    store.chmod(0o555)
    run, dry = (sandbox.run(as_user([ROOST, *words, *option])) for option in ((), ("--dry-run",)))
    store.chmod(0o755)
    assert run.returncode == dry.returncode == 1
    assert run.stderr == dry.stderr
    assert f"you may not write to {store}" in only_line(run)
    assert photograph(store) == before


# --- the hook under strict options (H14, H15) ---

_STRICT = {
    "bash": ["-euo", "pipefail", "-o", "noclobber", "-o", "noglob", "-O", "failglob", "-O", "nocasematch"],
    "zsh": [
        "-f",
        *(
            word
            for name in ("err_exit", "err_return", "no_unset", "no_clobber", "pipe_fail", "warn_create_global", "ksh_arrays", "sh_word_split", "glob_subst")
            for word in ("-o", name)
        ),
    ],
    "fish": ["--no-config"],
}


@pytest.mark.parametrize("interactive", [False, True], ids=["script", "interactive"])
@pytest.mark.parametrize("way", ["eval", "block"])
@pytest.mark.parametrize("shell", ["zsh", "bash", "fish"])
def test_the_hook_says_nothing_under_strict_options(sandbox: Sandbox, newest: str, shell: str, way: str, interactive: bool) -> None:
    """H14, H15: loaded twice, in a project and outside, with every option that makes a shell strict."""
    sandbox.fake_env(newest, "shop-venv")
    project = sandbox.project("shop", newest, "shop-venv")
    text = sandbox.roost("hook", shell).stdout if way == "eval" else hooks.block(shell).decode()
    (sandbox.root / "hook").write_text(text)
    source = "source" if shell == "fish" else "."
    look = "_roost_look" if interactive or way == "eval" else "true"

    def run(*lines: str) -> tuple[int, str, str]:
        done = sandbox.run([shell, *_STRICT[shell], *(["-i"] if interactive else []), "-c", "\n".join(lines)])
        return done.returncode, done.stdout, done.stderr

    load = f"{source} '{sandbox.root}/hook'"
    plain = run(f"cd '{sandbox.home}'", f"cd '{project}'", "cd /")
    if not interactive:
        assert plain == (0, "", "")
    done = ["true"] if shell == "fish" else []  # in fish the status of the hook is nobody's: an event handler's goes nowhere
    assert run(load, load, look, f"cd '{sandbox.home}'", look, f"cd '{project}'", look, "cd /", look, *done) == plain


@pytest.mark.parametrize(
    ("shell", "check"),
    [("bash", "shellcheck --shell=bash --enable=all --exclude=SC1091,SC2292 -"), ("bash", "shfmt -d -i 2 -ci"), ("fish", "fish_indent --check")],
)
def test_the_block_is_clean(sandbox: Sandbox, shell: str, check: str) -> None:
    """C: what a user finds in the rc file passes the checks that the user may run on it; `[` stays, because a plain sh may read a login file."""
    (sandbox.root / "rc").write_bytes(hooks.block(shell))
    program(check.partition(" ")[0])
    done = sandbox.run(["sh", "-c", f"{check} <'{sandbox.root}/rc'"])
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


@pytest.mark.parametrize("why", ["gone", "unreadable"])
@pytest.mark.parametrize("shell", ["zsh", "bash", "fish"])
def test_the_block_without_a_roost(sandbox: Sandbox, shell: str, why: str) -> None:
    """H15: uninstalled, or read by a user who may not look into the home of the one that set it up."""
    private = sandbox.root / "private"
    if why == "unreadable":
        shutil.copytree(hooks.hook_file(shell).parent, private / "roost")
        private.chmod(0)
    (sandbox.root / "rc").write_bytes(hooks.block(shell).replace(os.fsencode(hooks.hook_file(shell).parent), os.fsencode(private / "roost")))
    source = "source" if shell == "fish" else "."
    words = [shell, *_STRICT[shell], "-i", "-c"]
    plain = sandbox.run([*words, "echo started"])
    done = sandbox.run(as_user([*words, f"{source} '{sandbox.root}/rc'\necho started"]))
    assert (done.returncode, done.stdout, done.stderr) == (0, "started\n", plain.stderr)
