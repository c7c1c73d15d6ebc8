"""Tab after `roost` (H17): what can be typed next."""

from __future__ import annotations

import pytest

from tests.support.processes import Watch
from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell, ShellSession

# zsh has completion only where the user's rc turns it on.
COMPINIT = "autoload -Uz compinit && compinit -D -u"


@pytest.fixture
def watch(sandbox: Sandbox) -> Watch:
    return Watch(sandbox.root / "watch")


@pytest.fixture
def session(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, watch: Watch) -> ShellSession:
    """A machine with envs that are ready and envs that are not."""
    for name in ("alpha", "beta"):
        sandbox.fake_env("3.12.1", name)
    (sandbox.versions / "beta").symlink_to(sandbox.env("3.12.1", "beta"))
    building = sandbox.fake_env("3.12.1", "alone")
    (building / ".roost-building").touch()
    (sandbox.fake_env("3.12.1", "alike") / "pyvenv.cfg").unlink()
    (sandbox.fake_env("3.12.1", "almost") / "bin" / "python").unlink()
    sandbox.fake_env("3.12.1", "al-$(touch canary)")
    (sandbox.home / "alphabet.txt").touch()
    own = sandbox.data / "versions" / "3.11.2" / "envs" / "own"
    own.parent.mkdir(parents=True)
    sandbox.fake_env("3.12.1", "own").rename(own)
    session = terminal(sandbox.home, before=COMPINIT if every_shell.kind == "zsh" else "", wrapper=watch.wrapper, environ=watch.environ)
    # The shell's own first completion may load what it needs, by programs too.
    session.run("cd \t\x15")
    watch.started()
    return session


@pytest.mark.parametrize(
    ("typed", "env"), [("roost act\t3.12.1/envs/al\t", "alpha"), ("roost activate be\t", "beta"), ("roost activate 3.12.1/envs/b\t", "beta")]
)
def test_only_a_ready_env_is_offered(session: ShellSession, sandbox: Sandbox, watch: Watch, typed: str, env: str) -> None:
    """H17: one Tab makes it the one env that can be activated, and no name of a file or of a broken env."""
    assert session.run(typed).strip() == ""
    assert session.active == str(sandbox.env("3.12.1", env))
    session.run("roost dea\t")
    assert session.active is None


def test_a_kernel_verb(session: ShellSession) -> None:
    """C: what `roost kernel` has; the program's answer shows which one it was."""
    assert session.run("roost ker\tpr\t").strip() == "roost: nothing to prune"


def test_the_list(session: ShellSession, watch: Watch) -> None:
    """H17: with nothing typed, Tab shows each ready env, by version and by alias."""
    before = len(session.everything)
    session.send("roost activate \t\t")
    # fish folds what they begin with.
    session.wait_for("/alpha")
    session.wait_for("/beta")
    session.run("\x15")
    shown = session.everything[before:]
    assert "/own" in shown
    for other in ("alone", "alike", "almost", "canary", "alphabet"):
        assert other not in shown


@pytest.mark.parametrize("words", ["doctor", "setup", "kernel prune", "init --name"])
def test_no_path_where_none_belongs(session: ShellSession, words: str) -> None:
    """H17: a file of that name is there, and the word stays what was typed; with nothing typed, nothing is listed."""
    # macOS's own bash, 3.2, has no compopt, and offers paths wherever roost offers nothing.
    offers = session.shell.kind == "bash" and session.run("type compopt >/dev/null 2>&1 || echo without").strip() != ""
    before = len(session.everything)
    session.send(f"roost {words} \t\t\x15roost {words} alph\t\x15echo fin''ished\r")
    session.wait_for("finished\r\n")
    assert ("alphabet.txt" in session.everything[before:]) == offers


@pytest.mark.parametrize("words", ["status", "up -q", "remove", "run -C", "kernel add --data-dir"])
def test_a_directory_where_one_belongs(session: ShellSession, sandbox: Sandbox, words: str) -> None:
    """H17: where a project's directory can stand, also beside names of envs."""
    (sandbox.home / "projects").mkdir()
    before = len(session.everything)
    session.send(f"roost {words} proj\t")
    session.wait_for("projects")
    session.run("\x15")
    assert "alphabet" not in session.everything[before:]
