"""Real shells on a pty of their own, driven as a person would: type a line, wait for the prompt."""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol

import pexpect
import pytest

from roost.machine import hooks, rc_files
from tests.support import trace
from tests.support.needs import program
from tests.support.sandbox import ROOST, Sandbox

# What the terminal shows when a shell waits for a line. The prompt variable spells it differently,
# so a command that prints PS1 does not look like a prompt.
MARK = "roost-prompt> "
PROMPTS = {"zsh": "roo%{%}st-prompt> ", "bash": r"ro\157st-prompt> ", "fish": r"ro\157st-prompt> "}
# Wide enough that no line editor ever folds a line.
COLUMNS = 600
# What zsh draws before a prompt, and the names of envs before ours.
_DRAWN = re.compile(r"(?:\r?(?:\x1b\[[0-9;]*m)*\x1b\[J)?((?:\([^()\r\n]*\) )*)\Z")
_LOST = 30
# fish asks its terminal what it is, and waits ten seconds for the answer. Nobody answers here, as tmux does in its windows.
_NO_ANSWERS = {"fish_features": "no-query-term"}

Load = Literal["setup", "eval", "none"]


@dataclass(frozen=True)
class Shell:
    """A shell to test."""

    path: str
    kind: str

    @property
    def command(self) -> str:
        """What a user types to get another one of these."""
        return f"{self.path} -d" if self.kind == "zsh" else self.path

    @property
    def rc_name(self) -> str:
        return ".config/fish/conf.d/roost.fish" if self.kind == "fish" else f".{self.kind}rc"

    def assign(self, name: str, value: object) -> str:
        """A line of this shell's language that sets a variable."""
        return f"set -g {name} {value}" if self.kind == "fish" else f"{name}={value}"


def shell_names(*kinds: str) -> list[str]:
    """The shells of these kinds that tests run in: the machine's, and those that ROOST_TEST_SHELLS names."""
    extra = filter(None, os.environ.get("ROOST_TEST_SHELLS", "").split(":"))
    return [*kinds, *(path for path in extra if _kind(path) in kinds)]


def find_shell(name: str) -> Shell:
    """The shell of that name or path; the test needs it."""
    return Shell(program(name), _kind(name))


def _kind(name: str) -> str:
    kind = next((kind for kind in PROMPTS if os.path.basename(name).startswith(kind)), "")
    assert kind, f"{name} is no shell that roost has a hook for"
    return kind


class OpenTerminal(Protocol):
    """Opens a terminal of the test's shell on its machine; see ShellSession for the options."""

    def __call__(
        self,
        cwd: Path | str,
        *,
        before: str = "",
        after: str = "",
        load: Load = "setup",
        environ: Mapping[str, str] | None = None,
        wrapper: Sequence[str] = (),
    ) -> ShellSession: ...


@pytest.fixture(params=shell_names("zsh", "bash"), ids=os.path.basename)
def shell(request: pytest.FixtureRequest) -> Shell:
    """zsh and bash: for lines of a shell's language that are the same in both."""
    return find_shell(request.param)


@pytest.fixture(params=shell_names(*PROMPTS), ids=os.path.basename)
def every_shell(request: pytest.FixtureRequest) -> Shell:
    """Each of the shells in turn."""
    return find_shell(request.param)


@pytest.fixture(params=shell_names("bash"), ids=os.path.basename)
def bash(request: pytest.FixtureRequest) -> Shell:
    """Each bash in turn."""
    return find_shell(request.param)


@pytest.fixture(params=shell_names("zsh"), ids=os.path.basename)
def zsh(request: pytest.FixtureRequest) -> Shell:
    """Each zsh in turn."""
    return find_shell(request.param)


@pytest.fixture(params=shell_names("fish"), ids=os.path.basename)
def fish(request: pytest.FixtureRequest) -> Shell:
    """Each fish in turn, for what is said in its language."""
    return find_shell(request.param)


@pytest.fixture
def terminal(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[OpenTerminal]:
    """Opens terminals; they are closed after the test. In the shell that the test asks for."""
    from tests.support.fish import FishSession

    name = next(name for name in ("shell", "every_shell", "bash", "zsh", "fish") if name in request.fixturenames)
    chosen: Shell = request.getfixturevalue(name)
    kind = FishSession if chosen.kind == "fish" else ShellSession
    with contextlib.ExitStack() as stack:

        def open_terminal(
            cwd: Path | str,
            *,
            before: str = "",
            after: str = "",
            load: Load = "setup",
            environ: Mapping[str, str] | None = None,
            wrapper: Sequence[str] = (),
        ) -> ShellSession:
            session = kind(chosen, sandbox, cwd, before=before, after=after, load=load, environ=environ, wrapper=wrapper)
            return stack.enter_context(session)

        yield open_terminal


class ShellSession:
    """An interactive shell in a terminal, with the rc file of a user who has the hook.

    ``before`` and ``after`` are rc lines around the hook; ``load`` is how the hook gets in: the block
    of `roost setup`, the `eval` of `roost hook`, or not at all. ``wrapper`` stands before the shell.
    ``patience``: how many seconds a command may take.
    """

    def __init__(
        self,
        shell: Shell,
        sandbox: Sandbox,
        cwd: Path | str,
        *,
        before: str = "",
        after: str = "",
        load: Load = "setup",
        environ: Mapping[str, str] | None = None,
        wrapper: Sequence[str] = (),
        patience: float = _LOST,
    ) -> None:
        self.shell = shell
        self.sandbox = sandbox
        self._wrapped = bool(wrapper)
        _write_rc(shell, sandbox, before, after, load)
        words = [*wrapper, *shell.command.split(), *trace.options(shell.kind)]
        self._seen = io.StringIO()
        self._child = pexpect.spawn(
            words[0],
            words[1:],
            env={**sandbox.environ, "PWD": os.fspath(cwd), **_NO_ANSWERS, **(environ or {})},
            cwd=os.fspath(cwd),
            dimensions=(50, COLUMNS),
            encoding="utf-8",
            codec_errors="backslashreplace",
            timeout=patience,
            maxread=65536,
        )
        self._child.delaybeforesend = None
        self._child.logfile_read = self._seen
        self.prefix = ""  # what stands before the last prompt: `(shop-venv) `
        self.opening = self.wait()  # what the terminal got before the first prompt

    # --- typing and reading ---

    def run(self, line: str) -> str:
        """Types a line and returns what the terminal shows until the next prompt."""
        self.enter(line)
        shown = self.wait()
        return shown.partition("\n")[2]  # the first line is the echo of what was typed

    def enter(self, line: str) -> None:
        assert len(line) < COLUMNS - 100, "the line editor would fold it"
        assert "\n" not in line
        self._child.send(line + "\r")

    def send(self, keys: str) -> None:
        """Keys, without Enter."""
        self._child.send(keys)

    def wait(self) -> str:
        """What comes before the next prompt."""
        self._child.expect_exact(MARK)
        drawn = _DRAWN.search(str(self._child.before))
        assert drawn
        self.prefix = drawn[1]
        return str(self._child.before)[: drawn.start()].replace("\r\n", "\n")

    def wait_for(self, text: str) -> None:
        self._child.expect_exact(text)

    def interrupt(self) -> str:
        """Ctrl-C."""
        self._child.sendintr()
        return self.wait()

    def resume(self) -> str:
        """Enter on an empty line: one more prompt."""
        return self.run("")

    @property
    def everything(self) -> str:
        """All that the terminal ever got."""
        return self._seen.getvalue()

    # --- asking ---

    def env(self, name: str) -> str | None:
        """The value of a variable of the shell; None if it is not set."""
        shown = self.run(f'printf "[%s]\\n" "${{{name}+is:}}${{{name}-}}"')
        found = re.search(r"\[(is:)?(.*)\]\n\Z", shown, re.DOTALL)
        assert found, shown
        return found[2] if found[1] else None

    def exported(self, name: str) -> str | None:
        """The value that a command started here gets; None if it gets none."""
        shown = self.run(f'/bin/sh -c \'printf "[%s]\\n" "${{{name}+is:}}${{{name}-}}"\'')
        found = re.search(r"\[(is:)?(.*)\]\n\Z", shown, re.DOTALL)
        assert found, shown
        return found[2] if found[1] else None

    @property
    def active(self) -> str | None:
        """The active env's path, checked to be a whole activation (H2); None if none is, and no trace of one."""
        env, path = self.env("VIRTUAL_ENV"), (self.env("PATH") or "").split(":")
        if env is None:
            assert self.env("VIRTUAL_ENV_PROMPT") is None
            assert not any("/envs/" in entry for entry in path), path
            return None
        assert path[0] == f"{env}/bin", path
        assert path.count(f"{env}/bin") == 1, path
        return env

    def status(self, line: str) -> int:
        """The exit status of a line."""
        self.run(line)
        return int(self.run('printf "%s\\n" "$?"'))

    # --- the end ---

    @property
    def pid(self) -> int:
        return int(self._child.pid or 0)

    def exit(self, status: int = 0) -> str:
        """Types `exit` and returns what is shown after it, to the end."""
        self.enter(f"exit {status}")
        self._child.expect(pexpect.EOF)
        return str(self._child.before).partition("\n")[2]

    def close(self) -> None:
        """Ends this shell, by its own process id; the terminal's end ends what it left in front."""
        # A fish below strace outlives both strace and the terminal.
        below_strace = self._wrapped and self.shell.kind == "fish"
        if self._child.isalive() and (below_strace or trace.ends_by_itself(self.shell.kind)):
            with contextlib.suppress(pexpect.TIMEOUT):
                self._child.send("\x03exit\r")
                self._child.expect(pexpect.EOF, timeout=5)
        if self._child.isalive():
            os.kill(self.pid, signal.SIGKILL)
            self._child.wait()
        vars(self._child)["ptyproc"].delayafterclose = 0
        self._child.close()

    def __enter__(self) -> ShellSession:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        self.close()


def _write_rc(shell: Shell, sandbox: Sandbox, before: str, after: str, load: Load) -> None:
    if shell.kind == "fish":
        from tests.support.fish import write_configuration

        write_configuration(shell, sandbox, before, after, load)
        return
    quiet = "unsetopt prompt_sp\n" if shell.kind == "zsh" else ""
    (sandbox.home / ".inputrc").write_text("set enable-bracketed-paste off\n")
    rc = sandbox.home / shell.rc_name
    rc.write_text(f"{trace.first_lines(shell.kind)}{quiet}PS1='{PROMPTS[shell.kind]}'\n{before}\n")
    if load == "setup":
        rc_files.apply(rc_files.insertion(rc, os.fsencode(trace.traced(shell.kind, os.fsdecode(hooks.block(shell.kind))))))
    elif load == "eval":
        with rc.open("a") as file:
            file.write(f'eval "$({ROOST} hook {shell.kind})"\n')
    with rc.open("a") as file:
        file.write(f"{after}\n")
