"""fish on a pty of its own: the same session, in fish's own words."""

from __future__ import annotations

import re
from typing import Final

from roost.machine import hooks, rc_files
from tests.support.sandbox import ROOST, Sandbox
from tests.support.shells import MARK, PROMPTS, Load, Shell, ShellSession

# Colours, moves and modes, what fish tells the terminal, and the mark that it draws where a line of output has no end.
_ESCAPES: Final = re.compile(r"\x1b(?:\[[0-?]* ?[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|\(B|[=>])")
_UNENDED: Final = re.compile(r"⏎ +\r⏎ \r")
_NAMES: Final = re.compile(r"((?:\([^()\r\n]*\) )*)\Z")
# The line editor draws nothing of its own accord.
_QUIET: Final = "set -g fish_greeting\nset -g fish_autosuggestion_enabled 0\nfunction fish_title; end\nfunction fish_mode_prompt; end\n"


class FishSession(ShellSession):
    """An interactive fish in a terminal. ``before`` is read before the hook, ``after`` after it."""

    def wait(self) -> str:
        """What comes before the next prompt, without what the line editor draws."""
        self._child.expect_exact(MARK)
        shown = _ESCAPES.sub("", str(self._child.before))
        names = _NAMES.search(shown)
        assert names
        self.prefix = names[1]
        return _UNENDED.sub("", shown[: names.start()]).replace("\r\n", "\n").replace("\r", "")

    def env(self, name: str) -> str | None:
        """The value of a variable of the shell, a list joined as fish exports it; None if it is not set."""
        shown = self.run(f'set -q {name} && printf "[is:%s]\\n" "${name}" || printf "[]\\n"')
        found = re.search(r"\[(is:)?(.*)\]\n\Z", shown, re.DOTALL)
        assert found, shown
        return found[2] if found[1] else None

    def status(self, line: str) -> int:
        """The exit status of a line."""
        self.run(line)
        return int(self.run("echo $status"))


def write_configuration(shell: Shell, sandbox: Sandbox, before: str, after: str, load: Load) -> None:
    """The configuration of a user who has the hook, and the directories that fish makes at its first start, by commands."""
    for name in (".local/share/fish/generated_completions", ".cache/fish/generated_completions", ".config/fish/functions", ".config/fish/completions"):
        (sandbox.home / name).mkdir(parents=True, exist_ok=True)
    block = sandbox.home / shell.rc_name
    block.parent.mkdir(parents=True, exist_ok=True)
    block.unlink(missing_ok=True)
    (block.parent / "before.fish").write_text(f"{_QUIET}function fish_prompt; printf '{PROMPTS['fish']}'; end\n{before}\n")
    if load == "setup":
        rc_files.apply(rc_files.insertion(block, hooks.block(shell.kind)))
    elif load == "eval":
        block.write_text(f"{hooks.quote(str(ROOST), shell.kind)} hook fish | source\n")
    (block.parents[1] / "config.fish").write_text(f"{after}\n")
