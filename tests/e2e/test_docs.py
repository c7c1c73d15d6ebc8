"""Every command line of the documentation: what a page lets its reader type is typed here, and shows what the page shows.

A block of the class ``console`` is run, page by page, in one shell a page; a line ``<!-- run: ... -->``, which no reader sees, prepares it.
Blocks of other classes hold what no test can run (an installation, an rc file, somebody else's CI): their calls of roost have to exist.
"""

from __future__ import annotations

import re
from pathlib import Path

import pyte
import pytest

from tests.support import pages
from tests.support.needs import program
from tests.support.sandbox import BIN, REPOSITORY, ROOST, Sandbox
from tests.support.shells import COLUMNS, ShellSession, find_shell

pytestmark = pytest.mark.unmeasured

_PAGES = pages.pages()
_RUN = [page for page in _PAGES if pages.steps((REPOSITORY / page).read_text())]


@pytest.fixture
def machine(sandbox: Sandbox) -> Sandbox:
    """The machine of the pages' reader: pyenv in her home, two interpreters, roost as pipx puts it there, two clones in ~/work."""
    sandbox.pyenv_root = sandbox.home / ".pyenv"
    sandbox.versions = sandbox.pyenv_root / "versions"
    sandbox.data = sandbox.home / ".local" / "share" / "roost"
    sandbox.versions.mkdir(parents=True)
    sandbox.with_pyenv()
    newest, second = pages.interpreters()
    for version in (newest, second):
        sandbox.install(version)
    commands = sandbox.home / ".local" / "bin"
    commands.mkdir(parents=True)
    for tool in (ROOST, BIN / "uv"):
        (commands / tool.name).symlink_to(tool)
    sandbox.path = f"{commands}:{sandbox.path}"
    for name, version in (("shop", newest), ("blog", second)):
        sandbox.project(f"home/work/{name}", version, f"{name}-venv")
    sandbox.extra["UV_CACHE_DIR"] = str(REPOSITORY / ".cache" / "uv")
    (sandbox.home / ".gitconfig").write_text("[user]\nname = Ada\nemail = ada@example.org\n[init]\ndefaultBranch = main\n[advice]\ndefaultBranchName = false\n")
    return sandbox


def left_on_screen(shown: str) -> str:
    """What a reader still sees when the prompt is back: a line that moves while roost works is gone then."""
    screen = pyte.Screen(COLUMNS, 200)
    pyte.Stream(screen).feed(shown.replace("\n", "\r\n"))
    return "\n".join(line.rstrip() for line in screen.display).rstrip("\n")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["zsh", pytest.param("bash", marks=pytest.mark.slow)])
@pytest.mark.parametrize("page", _RUN, ids=str)
def test_a_page_shows_what_happens(page: Path, name: str, machine: Sandbox) -> None:
    words = pages.Words(machine.home, *pages.interpreters())
    steps = pages.steps((REPOSITORY / page).read_text(encoding="utf-8"))
    for tool in ("direnv", "git", "python3"):
        if any(re.search(rf"\b{tool}\b", step.line) for step in steps):
            program(tool)
    with ShellSession(find_shell(name), machine, machine.home / "work", patience=240) as session:
        for step in steps:
            line, where = words.here(step.line), f"{page}:{step.number}: {step.line}"
            if step.shown is None:
                assert session.status(line) == 0, where
                continue
            prefix, seen = words.there(session.prefix), words.there(left_on_screen(session.run(line)))
            assert step.prefix == prefix, where
            assert pages.is_as_shown(step.shown, seen), f"{where}\nshows:\n{step.shown}\ninstead of:\n{seen}"


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_the_page_about_ci_shows_the_examples(name: str) -> None:
    """They are what a reader copies."""
    example = (REPOSITORY / "examples" / "ci" / f"{name}.yml").read_text(encoding="utf-8")
    assert f"```yaml\n{example}```" in (REPOSITORY / "docs" / "howto" / "ci.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", _PAGES, ids=str)
def test_every_call_exists(page: Path) -> None:
    """Also where a page only mentions it, or shows it in somebody else's file."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    wrong = [f"{page}:{number}: `{call}`: {fault}" for call, number in pages.calls(text) if (fault := pages.fault(call))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("roost up -r", None),
        ("roost up [DIR]", None),
        ("roost kernel add|list|check", None),
        ("roost run pytest -q --nonsense", None),
        ("roost run -C DIR python --nonsense", None),
        ("roost COMMAND --help", None),
        ("roost --version", None),
        ("roost fly", "roost has no command fly"),
        ("roost kernel fly", "roost has no command kernel fly"),
        ("roost kernel add|fly", "roost has no command kernel fly"),
        ("roost up --fly", "roost up has no option --fly"),
        ("roost run --fly pytest", "roost run has no option --fly"),
        ("roost --fly", "roost has no option --fly"),
    ],
)
def test_a_call_that_is_not_there_is_found(call: str, fault: str | None) -> None:
    """The check itself."""
    assert pages.fault(call) == fault


@pytest.mark.parametrize(
    ("shown", "seen", "same"),
    [
        ("", "", True),
        ("", "something\n", False),
        ("one\ntwo", "one  \ntwo\n", True),
        ("one\n…\nfour", "one\ntwo\nthree\nfour\n", True),
        ("one\n…\nfour", "one\nfour\n", True),
        ("one\n…\nfour", "two\nfour\n", False),
        ("…", "", True),
        ("a … c", "a b c\n", True),
        ("a … c", "a b d\n", False),
    ],
)
def test_what_counts_as_shown(shown: str, seen: str, same: bool) -> None:
    """The check itself."""
    assert pages.is_as_shown(shown, seen) is same


def test_versions_are_renamed_at_once() -> None:
    """The check itself: here the newest has the name of the pages' second."""
    words = pages.Words(Path("/tmp/x/home"), "3.14.2", "3.12.1")
    text = "/home/ada/3.12.1 3.12 3.11.7/envs/shop 3.11 python3.12 13.12.1 3.12.10"
    assert words.here(text) == "/tmp/x/home/3.14.2 3.14 3.12.1/envs/shop 3.12 python3.14 13.12.1 3.12.10"
    assert words.there(words.here(text)) == text
