"""Replaces roost by another program: the one thing about processes that must not wait for the import of subprocess."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from roost.rules.model import STOPPING


def become(program: str, words: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """Replaces roost by ``program``, which is called as ``words``. Raises OSError if it cannot be started."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    for number in STOPPING:
        # A handler would swallow a signal that comes just before the exec. What the caller ignores, as nohup does, stays ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        # Python ignores these for itself, and the program would inherit that: `roost run yes | head` would not end quietly.
        signal.signal(number, signal.SIG_DFL)
    given = _as_given(environ)
    try:
        os.execve(program, list(words), given)
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
    # A script without a first line that names its interpreter is the shell's, as POSIX has it for execvp.
    os.execve("/bin/sh", ["sh", program, *words[1:]], given)


def _as_given(environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` without the LC_CTYPE that Python puts there if it is started in the C locale, as cron does (PEP 538).

    It is then in UTF-8 mode too, which tells this LC_CTYPE from one of the user's.
    """
    coerced = sys.version_info < (3, 15) and sys.flags.utf8_mode and not {"PYTHONUTF8", "LC_ALL"} & environ.keys()
    return {name: value for name, value in environ.items() if not (coerced and name == "LC_CTYPE")}
