"""A tmux server of a test's own: its socket, its configuration, its end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

from tests.support.needs import program
from tests.support.shells import Shell

_LOST = 30


class Tmux:
    """``start`` is what a user types; windows are opened and asked from outside."""

    def __init__(self, shell: Shell) -> None:
        tmux = program("tmux")
        # Not below pytest's directory: the path of a socket has a limit of about a hundred bytes.
        self._directory = Path(tempfile.mkdtemp(prefix="roost-tmux-"))
        configuration = self._directory / "conf"
        configuration.write_text(f"set -g default-command 'exec {shell.command} -l'\nset -g default-size 500x50\n")
        self._words = [tmux, "-L", "roost", "-f", str(configuration)]
        self._asked = 0
        # Here the terminal answers what fish asks it.
        self._typed = " ".join(["env", "-u", "fish_features", f"TMUX_TMPDIR={self._directory}", *self._words])
        self.start = f"{self._typed} new-session -d"

    def tell(self, *words: str) -> str:
        """A command to the server; without a PATH, for a new window would take it over."""
        environ = {"TMUX_TMPDIR": str(self._directory), "LANG": "C.UTF-8"}
        done = subprocess.run([*self._words, *words], env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_LOST, check=True)
        return done.stdout.rstrip("\n")

    def window(self, cwd: Path) -> str:
        """Opens a window and returns its pane."""
        return self.tell("new-window", "-P", "-F", "#{pane_id}", "-c", str(cwd))

    def ask(self, pane: str, line: str) -> str:
        """Types a line, also ahead of the first prompt, and returns what it printed."""
        self._asked += 1
        answer = self._directory / str(self._asked)
        self.tell("send-keys", "-t", pane, "-l", f"{line} >{answer} 2>&1; {self._typed} wait-for -S {self._asked}")
        self.tell("send-keys", "-t", pane, "Enter")
        self.tell("wait-for", str(self._asked))
        return answer.read_text()

    def screen(self, pane: str) -> str:
        return self.tell("capture-pane", "-p", "-t", pane)

    def __enter__(self) -> Tmux:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Ends the server by its own process id, and with it the shells in its windows."""
        try:
            os.kill(int(self.tell("display-message", "-p", "#{pid}")), signal.SIGTERM)
        except subprocess.CalledProcessError:
            assert kind, "the server has ended by itself"
        shutil.rmtree(self._directory)
