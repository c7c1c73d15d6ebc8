"""Which processes did a shell start? strace sees each fork; where there is none, a PATH of traps sees each command."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from tests.support.needs import program

_CALLS = ("execve", "execveat", "fork", "vfork", "clone", "clone3")


class Watch:
    """Goes around a shell: ``wrapper`` stands before it, ``environ`` is for it."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self._log = directory / "log"
        self._log.touch()
        self._read = 0
        self.wrapper: list[str] = []
        self.environ: dict[str, str] = {}
        if strace := shutil.which("strace"):
            self.wrapper = [strace, "-f", "--seccomp-bpf", "-qq", "-o", str(self._log), "-e", f"trace={','.join(_CALLS)}", "-e", "signal=none"]
        else:
            self._set_traps(directory / "traps")

    def started(self) -> list[str]:
        """What was started since the last question."""
        lines = self._log.read_text(errors="replace").splitlines()
        new, self._read = lines[self._read :], len(lines)
        # fish starts threads; where two calls overlap, strace tells the end of one on a line of its own.
        return [line for line in new if "CLONE_THREAD" not in line and "resumed>" not in line]

    def _set_traps(self, traps: Path) -> None:
        traps.mkdir()
        script = traps / ".trap"
        script.write_text(f"#!/bin/sh\necho \"$0\" >>'{self._log}'\n")
        script.chmod(0o755)
        for directory in ("/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"):
            for name in os.listdir(directory) if os.path.isdir(directory) else ():
                if not (traps / name).exists():
                    (traps / name).symlink_to(script)
        self.environ = {"PATH": str(traps)}


class Calls:
    """What a shell asks the file system about things below ``root``, but for its home: by strace, so on Linux."""

    def __init__(self, log: Path, root: Path) -> None:
        strace = program("strace")
        traced = "trace=%file,getdents64"
        self.wrapper = [strace, "-f", "--seccomp-bpf", "-qq", "-y", "-s", "5000", "-o", str(log), "-e", traced, "-e", "signal=none"]
        self._log = log
        self._read = 0
        # A name that is asked about is in quotes, a directory that is listed in angle brackets; a project's files
        # may be asked for from where the shell is.
        self._named = re.compile(rf'(\w+)\((?:.*?"|\d+<)({re.escape(str(root))}/(?!home[/">])[^">]*|(?:\.\./)*\.python-[^"]*)[">]')

    def made(self) -> list[tuple[str, str]]:
        """The calls since the last question, and the path that each was made with."""
        lines = self._log.read_text(errors="replace").splitlines()
        new, self._read = lines[self._read :], len(lines)
        # Other threads of fish look at what is typed, to colour it. And a question without a path, about a file that is
        # open, does not go to the disk.
        own = [line for line in new if line.startswith(f"{lines[0].partition(' ')[0]} ") and "AT_EMPTY_PATH" not in line]
        return [(found[1], found[2]) for line in own if (found := self._named.search(line))]
