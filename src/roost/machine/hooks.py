"""The shell half: where its files are, the text of the hook, and the block in an rc file (H15, C)."""

from __future__ import annotations

import os
import re
import shlex
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from roost.machine.files import write_atomic
from roost.machine.layout import home_of
from roost.rules.errors import RoostError, UsageError

SHELLS: Final = ("zsh", "bash", "fish")
_FIRST: Final = b"# >>> roost >>>"
_LAST: Final = b"# <<< roost <<<"
_BLOCK: Final = re.compile(rb"^%s$.*?^%s$\n?" % (_FIRST, _LAST), re.MULTILINE | re.DOTALL)
# In a file, an adapter sources the core that lies beside it; as a text, the hook has it inside.
_SOURCE_CORE: Final = '. "$_roost_here/core.sh"\n'
_ESCAPES: Final = str.maketrans({"\\": r"\\", "'": r"\'", "\n": r"\n"})
_ALIASES_OFF: Final = "\\unsetopt aliases warn_create_global\n"


def hook_file(shell: str) -> Path:
    """The file that an rc file sources. Its path holds no Python version, so it outlives upgrades.

    Raises UsageError for a shell that roost has no hook for, RoostError if the files are not there.
    """
    if shell not in SHELLS:
        raise UsageError("unknown-shell", f"roost has no hook for {shell!a}", command="roost hook zsh", advice="or bash, or fish")
    name = f"roost.{shell}"
    parts = {name} if shell == "fish" else {name, "core.sh"}
    for directory in _shell_directories():
        if all((directory / part).is_file() for part in parts):
            return directory / name
    raise RoostError("hook-files-missing", f"the file {name} of roost's hook is not installed", command="pipx reinstall pyenv-roost")


def hook_text(shell: str) -> str:
    """The hook as one text, for ``eval``, or ``source`` in fish."""
    path = hook_file(shell)
    adapter = path.read_text(encoding="utf-8")
    if shell == "fish":
        return f"set -g _roost_cli {quote(str(command()), shell)}\n{adapter}"
    core = (path.parent / "core.sh").read_text(encoding="utf-8")
    head, tail = _split(adapter, _SOURCE_CORE)
    text = f"_roost_cli={shlex.quote(str(command()))}\n{head}_roost_here=''\n{core}{tail}"
    if shell == "zsh":
        # zsh reads all of it before it runs any, and puts the user's aliases in while it reads.
        head, tail = _split(text, _ALIASES_OFF)
        text = f"{head}{_ALIASES_OFF}\\builtin eval $'{tail.translate(_ESCAPES)}'\n"
    return text


def _split(text: str, line: str) -> tuple[str, str]:
    head, found, tail = text.partition(line)
    assert found, f"the hook has no line {line!r} any more"
    return head, tail


def quote(word: str, shell: str) -> str:
    """``word`` as one literal word of the language of ``shell``; in fish a backslash counts between quotes."""
    if shell != "fish":
        return shlex.quote(word)
    return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"


def command() -> Path:
    """The ``roost`` command of this installation."""
    scripts = Path(sysconfig.get_path("scripts")) / "roost"
    return scripts if scripts.exists() else Path(sys.argv[0]).absolute()


@dataclass(frozen=True)
class RcEdit:
    """A change to one rc file; ``before`` is None if the file is not there, ``after`` None if it goes."""

    path: Path
    before: bytes | None
    after: bytes | None

    @property
    def changes(self) -> bool:
        return self.before != self.after

    @property
    def backup(self) -> Path:
        return _backup(self.path)


def rc_files(shell: str, environ: Mapping[str, str], platform: str) -> list[Path]:
    """The rc files that an interactive ``shell`` reads; on macOS a bash terminal is a login shell."""
    home = home_of(environ)
    if shell == "zsh":
        return [Path(environ.get("ZDOTDIR") or home) / ".zshrc"]
    if shell == "fish":
        return [Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "fish" / "conf.d" / "roost.fish"]
    if platform != "darwin":
        return [home / ".bashrc"]
    login = [home / name for name in (".bash_profile", ".bash_login", ".profile")]
    return [home / ".bashrc", next((path for path in login if path.exists()), login[0])]


def edit(path: Path, shell: str, *, undo: bool) -> RcEdit:
    """What putting our block into ``path``, or taking it out, would change. Raises OSError."""
    path = Path(os.path.realpath(path))  # a dotfile that is a link stays one
    before = path.read_bytes() if path.exists() else None
    text = before or b""
    found = _BLOCK.search(text)
    if undo:
        if found is None:
            return RcEdit(path, before, before)
        head, tail = text[: found.start()].removesuffix(b"\n"), text[found.end() :]
        if tail and head and not head.endswith(b"\n"):
            head += b"\n"  # what the user has put after the block since then stays a line of its own
        # An empty file that was there before us has a backup; one that we made has none.
        return RcEdit(path, before, head + tail if head or tail or _backup(path).exists() else None)
    if found is None:
        return RcEdit(path, before, (text and text + b"\n") + _block(shell))
    return RcEdit(path, before, text[: found.start()] + _block(shell) + text[found.end() :])


def apply(change: RcEdit, *, undo: bool) -> None:
    """Makes the change. Keeps a backup of the file without us, until it is undone. Raises OSError."""
    mode = 0o644 if change.before is None else change.path.stat().st_mode & 0o7777
    if undo and change.backup.exists() and change.backup.read_bytes() == (change.after or b""):
        change.backup.unlink()
    elif not undo and change.before is not None and _BLOCK.search(change.before) is None:
        write_atomic(change.backup, change.before, mode)
    if change.after is None:
        change.path.unlink()
    else:
        change.path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(change.path, change.after, mode)


def _block(shell: str) -> bytes:
    path, cli = quote(str(hook_file(shell)), shell), quote(str(command()), shell)
    lines: tuple[str, ...] = (f"if [ -r {path} ]; then", f"  _roost_cli={cli}", f"  . {path}", "fi")
    if shell == "fish":  # which reads its configuration for scripts too
        lines = (f"if status is-interactive; and test -r {path}", f"    set -g _roost_cli {cli}", f"    builtin source {path}", "end")
    about = "# Put here by `roost setup`; `roost setup --undo` takes it out again."
    return os.fsencode("\n".join((_FIRST.decode(), about, *lines, _LAST.decode())) + "\n")


def _backup(path: Path) -> Path:
    return path.with_name(f"{path.name}.roost-backup")


def _shell_directories() -> list[Path]:
    """Beside an installed roost, or in the repository of an editable one."""
    repository = Path(__file__).resolve().parents[3] / "shell"
    installed = [Path(sysconfig.get_path("data", scheme)) / "share" / "roost" for scheme in (sysconfig.get_default_scheme(), f"{os.name}_user")]
    return [repository, *installed] if (repository.parent / "pyproject.toml").is_file() else installed
