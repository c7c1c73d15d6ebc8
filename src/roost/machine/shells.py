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


class UsersShell:
    """One of the shells that roost has a hook for, as its user has set it up: which files it reads, and whether a new one has the hook."""

    def __init__(self, name: str, environ: Mapping[str, str]) -> None:
        self.name = name
        self._environ = environ
        self._home = home_of(environ)
        # Kept, because to find it a zsh has to be started.
        self._directory = {"zsh": self._ask_zsh, "bash": lambda: self._home, "fish": self._fish_directory}[name]()

    @property
    def places(self) -> list[Path]:
        """The file that the hook belongs in, and then those in which it may be besides."""
        if self.name == "bash":
            return [self._home / name for name in (".bashrc", *BASH_LOGIN_FILES)]
        if self.name == "zsh":
            directories = [self._directory, self._exported_zdotdir, self._home]
            return list(dict.fromkeys(directory / ".zshrc" for directory in directories))
        directories = [self._directory, self._home / ".config" / "fish"]
        return list(dict.fromkeys(directory / "conf.d" / "roost.fish" for directory in directories))

    @property
    def login_file(self) -> Path | None:
        """The one of the three login files that bash reads: the first that is there. Other shells have no such file."""
        files = (self._home / name for name in BASH_LOGIN_FILES)
        return next((path for path in files if path.exists()), None) if self.name == "bash" else None

    @property
    def startup_files(self) -> dict[str, list[Path]]:
        """The user's files that each kind of interactive shell reads when it starts, in their order."""
        if self.name == "bash":
            return {"non-login": [self._home / ".bashrc"], "login": [self.login_file] if self.login_file else []}
        if self.name == "zsh":
            first, rest = self._exported_zdotdir / ".zshenv", self._directory
            return {"non-login": [first, rest / ".zshrc"], "login": [first, rest / ".zprofile", rest / ".zshrc", rest / ".zlogin"]}
        return {"new": [*sorted((self._directory / "conf.d").glob("*.fish")), self._directory / "config.fish"]}

    def look_for_hook(self, *options: str) -> Found:
        """Starts a new interactive shell and looks whether the hook's function is there. Raises ProcessFailed.

        It gets no terminal, so that nothing in an rc file can wait for a key, and is ended with all that it started.
        """
        # With this variable Apple's rc files take the new shell for the one in the terminal, and write over its saved history.
        inherited = {name: value for name, value in self._environ.items() if name != "TERM_SESSION_ID"}
        printed = process.printed([self.name, *options, "-i", "-c", _LOOK[self.name]], inherited, _TIMEOUT)
        if b"_roost_look" in printed:
            return Found.LOADED
        return Found.NOT_LOADED if _LACKS.encode() in printed else Found.NO_ANSWER

    @property
    def _exported_zdotdir(self) -> Path:
        return Path(self._environ.get("ZDOTDIR") or self._home)

    def _ask_zsh(self) -> Path:
        """Where zsh reads .zshrc: zsh itself knows, because a .zshenv may set ZDOTDIR without exporting it."""
        with suppress(process.ProcessFailed):
            _, mark, directory = process.printed(["zsh", "-c", _ASK_ZSH], self._environ, _TIMEOUT).rpartition(b"\0")
            if mark:
                return Path(os.fsdecode(directory or b"/"))
        return self._exported_zdotdir

    def _fish_directory(self) -> Path:
        """The environment alone decides, and a fish that is asked makes directories."""
        return Path(self._environ.get("XDG_CONFIG_HOME") or self._home / ".config") / "fish"


def _ancestors() -> Sequence[tuple[int, Sequence[str]]]:
    """The processes above this one, nearest first, with the words of their command lines."""
    from shellingham.posix import proc, ps  # type: ignore[import-untyped]

    for source in (proc, ps):
        with suppress(OSError):
            return [(int(found.pid), found.args) for found in source.iter_process_parents(str(os.getppid()), _DEPTH)]
    return []
