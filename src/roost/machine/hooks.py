"""The shell half: where its files are, the text of the hook, and the lines of an rc file that load it (H15, C)."""

from __future__ import annotations

import os
import shlex
import sys
import sysconfig
from pathlib import Path
from typing import Final

from roost.rules.errors import RoostError, UsageError

SHELLS: Final = ("zsh", "bash", "fish")
# In a file, an adapter sources the core that lies beside it; as a text, the hook has it inside.
_SOURCE_CORE: Final = '. "$_roost_here/core.sh"\n'
_ESCAPES: Final = str.maketrans({"\\": r"\\", "'": r"\'", "\n": r"\n"})
_ALIASES_OFF: Final = "\\unsetopt aliases warn_create_global\n"


def hook_file(shell: str) -> Path:
    """The file that an rc file sources. Its path holds no Python version, so it outlives upgrades.

    Raises UsageError for a shell that roost has no hook for, RoostError if the files are not there.
    """
    check_shell(shell, "roost hook")
    name = f"roost.{shell}"
    parts = {name} if shell == "fish" else {name, "core.sh"}
    for directory in _shell_directories():
        if all((directory / part).is_file() for part in parts):
            return directory / name
    raise RoostError("hook-files-missing", f"the file {name} of roost's hook is not installed", command="pipx reinstall pyenv-roost")


def check_shell(shell: str, asked: str) -> None:
    """Raises UsageError for a shell that roost has no hook for. ``asked``: the command that was given its name."""
    if shell not in SHELLS:
        first, *others = SHELLS
        advice = ", ".join(f"or {other}" for other in others)
        raise UsageError("unknown-shell", f"roost has no hook for {shell!a}", command=f"{asked} {first}", advice=advice)


def is_ours(path: Path, shell: str) -> bool:
    """Is the hook in ``path`` this roost's, letter by letter: one of its files, a copy of them, or what `roost hook` printed?"""
    own = hook_file(shell)
    if os.path.realpath(path.parent) == os.path.realpath(own.parent) or _bytes(path) == hook_text(shell).encode():
        return True
    names = [own.name] if shell == "fish" else [own.name, "core.sh"]
    return all(_bytes(path.parent / name) == _bytes(own.parent / name) for name in names)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


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


def block(shell: str) -> bytes:
    """The lines for an rc file that load the hook without starting a process, and do nothing once roost is gone (H15)."""
    path, cli = quote(str(hook_file(shell)), shell), quote(str(command()), shell)
    lines = {
        "zsh": (f"if [ -r {path} ]; then", f"  _roost_cli={cli}", f"  . {path}", "fi"),
        # A login file may also be read by a plain sh, and by `bash -lc` or `ssh host command`, which want no hook.
        "bash": (f'if [ -n "${{BASH_VERSION-}}" ] && [[ $- = *i* ]] && [ -r {path} ]; then', f"  _roost_cli={cli}", f"  . {path}", "fi"),
        # fish reads its configuration for scripts too.
        "fish": (f"if status is-interactive; and test -r {path}", f"    set -g _roost_cli {cli}", f"    builtin source {path}", "end"),
    }[shell]
    return os.fsencode("\n".join(lines) + "\n")


def load_line(shell: str) -> str:
    """The one line with which a user loads the hook by hand."""
    return f"{'source' if shell == 'fish' else '.'} {quote(str(hook_file(shell)), shell)}"


def _shell_directories() -> list[Path]:
    """Beside an installed roost, or in the repository of an editable one."""
    repository = Path(__file__).resolve().parents[3] / "shell"
    installed = [Path(sysconfig.get_path("data", scheme)) / "share" / "roost" for scheme in (sysconfig.get_default_scheme(), f"{os.name}_user")]
    return [repository, *installed] if (repository.parent / "pyproject.toml").is_file() else installed
