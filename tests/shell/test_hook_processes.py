"""H1: the hook starts no process."""

from __future__ import annotations

import shutil

import pytest

from tests.support.processes import Watch
from tests.support.sandbox import Sandbox
from tests.support.shells import OpenTerminal, Shell


@pytest.fixture
def watch(sandbox: Sandbox) -> Watch:
    return Watch(sandbox.root / "watch")


def test_the_watch_sees_a_process(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, watch: Watch) -> None:
    """The laboratory itself: a command is seen, a builtin is not, and a second one is seen again."""
    session = terminal(sandbox.home, load="none", wrapper=watch.wrapper, environ=watch.environ)
    watch.started()
    for _ in range(2):
        session.run("ls")
        assert watch.started()
        session.run("cd /; cd ~; echo one")
        assert watch.started() == []
    if watch.wrapper and every_shell.kind != "fish":
        session.run(": $(:)")
        assert watch.started(), "a fork alone"


def test_zero_processes(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, watch: Watch) -> None:
    """H1, H12: at a prompt, on `cd`, on activation, on leaving; but once for each trouble, and for a name that was typed."""
    one, two = sandbox.fake_env("3.12.1", "one"), sandbox.fake_env("3.13.2", "two")
    old_env = sandbox.fake_env("3.12.1", "old")
    (sandbox.versions / "old").symlink_to(old_env)
    places = {
        "first": sandbox.project("first", "3.12.1", "one"),
        "second": sandbox.project("second", "3.13.2", "two"),
        "prefix": sandbox.project("prefix", "3", "two"),
        "comments": sandbox.project("comments", "# why\n\n  python-3.12.1\n3.11\n", "# which\none\n"),
        "pyenv": sandbox.project("pyenv", "old", None),
        "pyenv path": sandbox.project("pyenv-path", "3.12.1/envs/old", None),
        "invalid": sandbox.project("invalid", "3.12.1", "../one"),
        "no version": sandbox.project("no-version", None, "one"),
        "no interpreter": sandbox.project("no-interpreter", "3.99", "one"),
        "no env": sandbox.project("no-env", "3.12.1", "not-there"),
        "system": sandbox.project("system", "system", "not-there"),
        "home": sandbox.home,
    }
    (places["first"] / "deep" / "er").mkdir(parents=True)
    environ = {**watch.environ, "ROOST_AUTO_CREATE": "0", "ROOST_UV": "1", "PYTHONHOME": "/somewhere"}
    session = terminal(sandbox.home, wrapper=watch.wrapper, environ=environ)
    watch.started()

    def step(line: str, expected: str, *, asks: bool = False) -> None:
        session.run(line)
        assert session.prefix == expected, line
        started = watch.started()
        assert bool(started) == asks, (line, started)

    tour = [
        ("first", "(one) "),
        ("first/deep", "(one) "),
        ("first/deep/er", "(one) "),
        ("second", "(two) "),
        ("prefix", "(two) "),
        ("comments", "(one) "),
        ("pyenv-path", "(old) "),
        ("pyenv", "(old) "),
        ("invalid", ""),
        ("no-version", ""),
        ("no-interpreter", ""),
        ("no-env", ""),
        ("system", ""),
        ("home", ""),
    ]
    troubles = {"invalid", "no-version", "no-interpreter", "no-env", "system"}
    for first in (True, False):  # each trouble is asked about the first time
        for place, expected in tour:
            step(f"cd {sandbox.root}/{place}", expected, asks=first and place in troubles)
            step("", expected)
    step(f"cd {places['first']}", "(one) ")
    for line in ("deactivate", "", "cd deep", "cd .."):
        step(line, "")
    step("roost activate", "(one) ")
    step("roost deactivate", "")
    step("roost activate old", "(old) ", asks=True)
    step("cd ~", "(old) ")
    step("deactivate", "")
    step(f"cd {places['first']}", "(one) ")
    (places["first"] / ".python-version").write_text("3.13\n")
    (places["first"] / ".python-virtualenv").write_text("two\n")
    step("", "(two) ")
    (two / ".roost-building").touch()
    step("", "", asks=True)
    (two / ".roost-building").unlink()
    step("", "(two) ")
    shutil.rmtree(two)
    step("", "", asks=True)
    step("", "")
    # What few have: a long file, letters beyond ASCII, an alias whose env does not say whose it is, an env by hand.
    (places["no env"] / ".python-version").write_text("# é\n" + "# long\n" * 200 + "3.12.1\n", encoding="utf-8")
    step(f"cd {places['no env']}", "", asks=True)
    (old_env / "pyvenv.cfg").write_text("")
    step(f"cd {places['pyenv']}", "(old) ")
    step("cd ~", "")
    hand = sandbox.fake_env("3.12.1", "hand")
    by_hand = {"VIRTUAL_ENV": hand, "_OLD_VIRTUAL_PATH": "/usr/bin:/bin", "_OLD_PKG_CONFIG_PATH": "/k", "PYENV_VIRTUAL_ENV": hand, "DIRENV_DIFF": "new"}
    for name, value in by_hand.items():
        session.run(f"set -gx {name} {value}" if every_shell.kind == "fish" else f"export {name}={value}")
    session.run("function __direnv_export_eval; end" if every_shell.kind == "fish" else "_direnv_hook() { :; }")
    watch.started()
    step("set -gx PATH $PATH /mine" if every_shell.kind == "fish" else "PATH=$PATH:/mine", "")
    step(f"cd {places['first']}", "")
    step(f"cd {places['comments']}", "(one) ")
    step("cd ~", "")
    session.run("ls")
    assert watch.started(), "the watch was awake all the time"
    assert one.exists()


def test_starting_in_a_project_adds_no_process(every_shell: Shell, sandbox: Sandbox, terminal: OpenTerminal, watch: Watch) -> None:
    """H1, P: the rc line and the first prompt start nothing that a shell without the hook does not."""
    sandbox.fake_env("3.12.1", "one")
    project = sandbox.project("first", "3.12.1", "one")
    other = Watch(sandbox.root / "other")
    terminal(project, load="none", wrapper=other.wrapper, environ=other.environ)
    session = terminal(project, wrapper=watch.wrapper, environ=watch.environ)
    assert session.prefix == "(one) "
    assert len(watch.started()) == len(other.started())
