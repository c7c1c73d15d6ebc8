"""``roost setup``: one marked block in the right rc file, and the exact bytes back (C, H15)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from roost.machine import hooks
from tests.support.look import photograph
from tests.support.sandbox import Sandbox

_CONTENTS = {
    "plain": b"alias ll='ls -l'\n",
    "no newline at the end": b"alias ll='ls -l'",
    "empty": b"",
    "blank lines": b"\n\nexport A=1\n\n\n",
    "not utf-8": b"# gr\xf6\xdfe\nexport A=\xff\n",
    "crlf": b"export A=1\r\n",
    "words like ours": b"echo '# >>> roost >>>'\n# <<< roost <<<\n",
}


@pytest.mark.parametrize(("shell", "content"), [*(("zsh", content) for content in _CONTENTS), ("bash", "plain")])
def test_there_and_back(sandbox: Sandbox, shell: str, content: str) -> None:
    """C: a dry run changes nothing, the block comes once, a second run changes nothing, --undo gives the bytes back."""
    rc = sandbox.home / f".{shell}rc"
    rc.write_bytes(_CONTENTS[content])
    before = photograph(sandbox.home)
    dry = sandbox.roost("setup", shell, "--dry-run")
    assert (dry.returncode, dry.stderr) == (0, f"roost: would put the hook into {rc}; backup: {rc}.roost-backup\n")
    assert photograph(sandbox.home) == before
    done = sandbox.roost("setup", shell)
    assert (done.returncode, done.stdout) == (0, "")
    changed = rc.read_bytes()
    assert changed.startswith(_CONTENTS[content])
    assert changed.count(b"# >>> roost >>>\n#") == 1
    assert os.fsencode(hooks.hook_file(shell)) in changed
    assert (sandbox.home / f".{shell}rc.roost-backup").read_bytes() == _CONTENTS[content]
    after = photograph(sandbox.home)
    again = sandbox.roost("setup", shell)
    assert (again.returncode, again.stderr) == (0, f"roost: nothing to do: the hook is in {rc}\n")
    assert photograph(sandbox.home) == after
    undone = sandbox.roost("setup", shell, "--undo")
    assert undone.returncode == 0, undone.stderr
    assert rc.read_bytes() == _CONTENTS[content]
    assert sorted(path.name for path in sandbox.home.iterdir()) == [rc.name]
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


@pytest.mark.parametrize("shell", ["/bin/zsh", "/opt/homebrew/bin/bash"])
def test_the_user_s_shell_is_the_default(sandbox: Sandbox, shell: str) -> None:
    """C."""
    assert sandbox.roost("setup", SHELL=shell).returncode == 0
    assert [path.name for path in sandbox.home.iterdir()] == [f".{Path(shell).name}rc"]


def test_an_unknown_shell_is_refused(sandbox: Sandbox) -> None:
    """C: exit 2."""
    for words in (["setup"], ["setup", "tcsh"]):
        assert sandbox.roost(*words, SHELL="/bin/tcsh").returncode == 2
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


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([], [".bashrc", ".bash_profile"]),
        ([".profile"], [".bashrc", ".profile"]),
        ([".bash_login", ".profile"], [".bashrc", ".bash_login"]),
        ([".bash_profile", ".bash_login", ".profile"], [".bashrc", ".bash_profile"]),
    ],
)
def test_bash_on_macos_reads_a_login_file(tmp_path: Path, there: list[str], expected: list[str]) -> None:
    """C: a terminal there is a login shell, and bash reads only the first of the three files."""
    for name in there:
        (tmp_path / name).write_text("")
    environ = {"HOME": str(tmp_path)}
    assert hooks.rc_files("bash", environ, "darwin") == [tmp_path / name for name in expected]
    assert hooks.rc_files("bash", environ, "linux") == [tmp_path / ".bashrc"]
    assert hooks.rc_files("zsh", environ, "darwin") == [tmp_path / ".zshrc"]


def test_an_rc_file_that_may_not_be_written(sandbox: Sandbox) -> None:
    """C: one line, and the file is whole."""
    rc = sandbox.home / ".zshrc"
    rc.mkdir()
    done = sandbox.roost("setup", "zsh")
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    assert str(rc) in done.stderr
    assert "unexpected" not in done.stderr
