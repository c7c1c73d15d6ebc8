"""``roost setup``: the hook into the rc files of one shell, a look whether it works there, and out again (C, H15)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from roost.machine import hooks, rc_files
from roost.machine.process import ProcessFailed
from roost.machine.rc_files import RcEdit
from roost.machine.shells import Found, UsersShell
from roost.rules.errors import RoostError, to_type
from roost.rules.model import Narrator

# A line at the left margin that may end the reading of an rc file. `exec 2>file` only opens a file.
_LEAVING: Final = re.compile(r"(?:[^\s#].*(?:&&|\|\||;|\b(?:then|and|or))\s*)?(?:return\b|exit\b|exec\s+[^\s\d<>&{])")
_GUARD: Final = re.compile(r"\$-|PS1|interactive")  # of such a line that no interactive shell stops at


class Setup:
    """``roost setup`` for one shell. With ``dry_run`` nothing is changed; ``narrator`` hears what is, or would be, done.

    Raises UsageError for a shell that roost has no hook for.
    """

    def __init__(self, shell: str, environ: Mapping[str, str], platform: str, narrator: Narrator, *, dry_run: bool) -> None:
        hooks.check_shell(shell, "roost setup")
        self._shell = UsersShell(shell, environ)
        self._environ = environ
        self._makes_login_file = platform == "darwin"  # the terminals there start login shells
        self._narrator = narrator
        self._dry_run = dry_run
        self._has_changed = False

    def put_in(self) -> None:
        """Puts the hook into the rc file, and says so if a new shell does not have it then. Raises RoostError."""
        first, *others = self._shell.places
        for path in (first, *filter(self._has_block, others)):
            self._put_into(path)
        if self._dry_run:
            # A shell that is started may write files of its own, such as a history.
            login_file = self._login_file()
            if login_file is not None and not self._has_block(login_file):
                self._narrator.step(f"would then start a login bash, and put the hook into {login_file} too if it does not load it")
            return
        shell = self._shell.name
        kinds = [(), ("-l",)] if shell == "bash" else [()]
        loaded: list[tuple[str, ...]] = []
        try:
            for options in kinds:
                loaded += [options] if self._try_out(*options) else []
        except ProcessFailed as error:
            self._narrator.step(f"a new {shell} could not be asked whether it has the hook: {error.reason}")
            loaded.append(options)  # Assume that the hook works: the shell that was started to check it gave no answer.
        # `roost status` sends somebody here whose shell is older than the block, too.
        if loaded and (self._has_changed or self._environ.get("ROOST_HOOK") != shell):
            elsewhere = "open a new terminal, or " if loaded == kinds else ""
            self._narrator.step(f"{elsewhere}type: {to_type('exec', shell, *loaded[0])}")

    def take_out(self) -> None:
        """Takes the hook out of every rc file in which an earlier run may have put it. Raises RoostError."""
        found = [path for path in self._shell.places if self._has_block(path)]
        for path in found:
            with _refusal(path, f"take the lines from '{rc_files.FIRST}' to '{rc_files.LAST}' out of it yourself"):
                self._change(rc_files.removal(path))
        if not found:
            self._narrator.step(f"nothing to do: the hook is not in {', '.join(map(str, self._shell.places))}")

    def _login_file(self) -> Path | None:
        """The file in which a login bash finds the hook if it does not read .bashrc; None if there is none."""
        may_be_made = self._shell.name == "bash" and self._makes_login_file
        return self._shell.login_file or (self._shell.places[1] if may_be_made else None)

    def _has_block(self, path: Path) -> bool:
        with _refusal(path, f"type: ls -l {path}"):
            return rc_files.has_block(path)

    def _put_into(self, path: Path) -> None:
        with _refusal(path, f"put this line into it yourself: {hooks.load_line(self._shell.name)}"):
            self._change(rc_files.insertion(path, hooks.block(self._shell.name)))

    def _change(self, change: RcEdit) -> None:
        """Makes the change unless this is a dry run, and says so. Raises OSError."""
        if change.changes and not self._dry_run:
            rc_files.apply(change)
            self._has_changed = True
        self._narrator.step(_describe(change, dry_run=self._dry_run))

    def _try_out(self, *options: str) -> bool:
        """Whether a new interactive shell has the hook; if it has not, it is said why. Raises ProcessFailed, RoostError.

        A login bash need not read .bashrc: if it does not, the hook goes into the login file too.
        """
        kind = f"login {self._shell.name}" if options else self._shell.name
        self._narrator.detail(f"looking for the hook in a new {kind}")
        found = self._shell.look_for_hook(*options)
        login_file = self._login_file() if options else None
        if found is Found.NOT_LOADED and login_file is not None:
            self._put_into(login_file)
            found = self._shell.look_for_hook(*options)
        if found is not Found.LOADED:
            self._narrator.step(f"a new {kind} does not load the hook: {self._reason(found, login_file, login=bool(options))}")
        return found is Found.LOADED

    def _reason(self, found: Found, login_file: Path | None, *, login: bool) -> str:
        """Why a new shell does not have the hook, as far as the text of its files tells."""
        rc_file, *login_files = self._shell.places
        if login and login_file is None:
            return f"there is no {', '.join(path.name for path in login_files)} in {rc_file.parent} for it to read; type: echo '. ~/.bashrc' >> ~/.bash_profile"
        read = [rc_file] if login_file is None else [login_file, rc_file]
        stops = [f"line {number} of {path}" for path in read for number in leaving_lines(path)]
        if stops:
            return f"it may stop at {' or '.join(stops)}; move the hook's block above that"
        if found is Found.NOT_LOADED:
            return f"it does not read {read[0]} to its end"
        return "it ended, or was replaced by another program, before it reached the hook's block"


def leaving_lines(path: Path) -> list[int]:
    """The numbers of the lines before our block that may end the reading of the file."""
    with _refusal(path, f"type: ls -l {path}"):
        lines = rc_files.text_before_block(path).split("\n")
    return [number for number, line in enumerate(lines, 1) if _LEAVING.match(line) and not _GUARD.search(line)]


def _describe(change: RcEdit, *, dry_run: bool) -> str:
    """One line about what is, or would be, done to an rc file."""
    if not change.changes:
        return f"nothing to do: the hook is in {change.path}"
    if change.is_removal:
        return f"{'would remove' if dry_run else 'removed'} the hook from {change.path}"
    backup = "" if change.before is None else f"; backup: {change.backup}"
    return f"{'would put' if dry_run else 'put'} the hook into {change.path}{backup}"


@contextmanager
def _refusal(path: Path, hint: str) -> Iterator[None]:
    """An error of the file system, as one line about the rc file at ``path``."""
    try:
        yield
    except OSError as error:
        raise RoostError("rc-not-changed", f"{path} cannot be changed: {error.strerror or error}", advice=hint, file=path) from error
