"""The user's shells: which one calls, where it reads its rc file, and whether a new one has the hook (C)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Final

from roost.machine import process
from roost.machine.layout import home_of

_KNOWN: Final = frozenset({"zsh", "bash", "fish", "sh", "dash", "ash", "ksh", "mksh", "csh", "tcsh"})
_DEPTH: Final = 10
_TIMEOUT: Final = 10.0
# A NUL byte before the answer, because a .zshenv may print something too.
_ASK_ZSH: Final = r"""\builtin print -rn -- $'\0'"${ZDOTDIR-$HOME}" """
_LACKS: Final = "the hook is not loaded"
_LOOK: Final = {
    "zsh": rf"\builtin typeset -f _roost_look || \builtin echo '{_LACKS}'",
    "bash": rf"\builtin typeset -f _roost_look || \builtin echo '{_LACKS}'",
    "fish": f"builtin functions _roost_look; or builtin echo '{_LACKS}'",
}
BASH_LOGIN_FILES: Final = (".bash_profile", ".bash_login", ".profile")


class Found(Enum):
    """What a new interactive shell says about the hook."""

    LOADED = "loaded"
    NOT_LOADED = "not loaded"
    NO_ANSWER = "no answer"  # it ended, or became another program, before it could be asked


def calling_shell(environ: Mapping[str, str]) -> str:
    """The name of the shell that roost was called from, whether or not roost has a hook for it; empty if that cannot be told.

    The shell of a script is passed over, because it says nothing about the shell of whoever runs the script.
    """
    if environ.get("ROOST_HOOK") in _KNOWN:  # set by the hook's function `roost`
        return environ["ROOST_HOOK"]
    with suppress(OSError):
        for pid, words in _ancestors():
            # A login shell is called `-zsh`; shellingham's own detect_shell would give $SHELL for it.
            name = os.path.basename(words[0].removeprefix("-")) if words else ""
            # At a prompt each command gets a process group of its own; a script's commands share the script's.
            is_script = os.getpgid(pid) == os.getpgrp() and "-c" not in words
            if name in _KNOWN and not is_script:
                return name
    return ""


def zsh_directory(environ: Mapping[str, str]) -> Path:
    """Where zsh reads .zshrc: zsh itself knows, because a .zshenv may set ZDOTDIR without exporting it."""
    with suppress(process.ProcessFailed):
        _, mark, directory = process.printed(["zsh", "-c", _ASK_ZSH], environ, _TIMEOUT).rpartition(b"\0")
        if mark:
            return Path(os.fsdecode(directory or b"/"))
    return Path(environ.get("ZDOTDIR") or home_of(environ))


def fish_directory(environ: Mapping[str, str]) -> Path:
    """Where fish reads conf.d: the environment alone decides, and a fish that is asked makes directories."""
    return Path(environ.get("XDG_CONFIG_HOME") or home_of(environ) / ".config") / "fish"


def bash_login_file(environ: Mapping[str, str]) -> Path | None:
    """The one of the three login files that bash reads: the first that is there."""
    files = (home_of(environ) / name for name in BASH_LOGIN_FILES)
    return next((path for path in files if path.exists()), None)


def startup_files(shell: str, environ: Mapping[str, str]) -> dict[str, list[Path]]:
    """The user's files that each kind of interactive ``shell`` reads when it starts, in their order."""
    home = home_of(environ)
    if shell == "bash":
        login = bash_login_file(environ)
        return {"non-login": [home / ".bashrc"], "login": [login] if login else []}
    if shell == "zsh":
        first, rest = Path(environ.get("ZDOTDIR") or home) / ".zshenv", zsh_directory(environ)
        return {"non-login": [first, rest / ".zshrc"], "login": [first, rest / ".zprofile", rest / ".zshrc", rest / ".zlogin"]}
    directory = fish_directory(environ)
    return {"new": [*sorted((directory / "conf.d").glob("*.fish")), directory / "config.fish"]}


def look_for_hook(shell: str, environ: Mapping[str, str], *, login: bool = False) -> Found:
    """Starts a new interactive ``shell`` and looks whether the hook's function is there. Raises ProcessFailed.

    It gets no terminal, so that nothing in an rc file can wait for a key, and is ended with all that it started.
    """
    # With this variable Apple's rc files take the new shell for the one in the terminal, and write over its saved history.
    inherited = {name: value for name, value in environ.items() if name != "TERM_SESSION_ID"}
    printed = process.printed([shell, *(["-l"] if login else []), "-i", "-c", _LOOK[shell]], inherited, _TIMEOUT)
    if b"_roost_look" in printed:
        return Found.LOADED
    return Found.NOT_LOADED if _LACKS.encode() in printed else Found.NO_ANSWER


def _ancestors() -> Sequence[tuple[int, Sequence[str]]]:
    """The processes above this one, nearest first, with the words of their command lines."""
    from shellingham.posix import proc, ps  # type: ignore[import-untyped]

    for source in (proc, ps):
        with suppress(OSError):
            return [(int(found.pid), found.args) for found in source.iter_process_parents(str(os.getppid()), _DEPTH)]
    return []
