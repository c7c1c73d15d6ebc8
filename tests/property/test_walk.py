"""F1, F9, F11-F13: in any nest of directories, Python and every shell find the same project."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.jobs.observe import observe
from roost.machine.layout import Layout
from roost.rules.errors import InvalidPin, NoProject
from roost.rules.model import State
from tests.property.strategies import BATCHED
from tests.support.answers import LOCALES, ask
from tests.support.sandbox import Sandbox
from tests.support.shells import PROMPTS, find_shell, shell_names

_NOT_FILES = ["dir/", "fifo/", "dangling/", "loop/"]
_NAMES = st.sampled_from(["shop", "shop", "other", "", "# none", "../x", "3.8.18", *_NOT_FILES, None, None, None])
_VERSIONS = st.sampled_from(
    ["3.12.1", "3.12", "3.11.7", "3.9", "", ">=3.9", "3.12.1/envs/shop", "3.12.1/envs/gone", "shop", "other", *_NOT_FILES, None, None, None]
)
# From the outermost directory inwards; the working directory is the innermost.
_NESTS = st.lists(st.tuples(_NAMES, _VERSIONS), min_size=1, max_size=4)
BATCHES = st.lists(_NESTS, min_size=60, max_size=60)
_number = itertools.count()


def _put(path: Path, what: str | None) -> None:
    match what:
        case None:
            return
        case "dir/":
            path.mkdir()
        case "fifo/":
            os.mkfifo(path)
        case "dangling/":
            path.symlink_to("nowhere")
        case "loop/":
            path.symlink_to(path.name)
        case _:
            path.write_text(f"{what}\n")


def _python(cwd: Path, layout: Layout) -> list[str]:
    try:
        seen = observe(cwd, layout)
    except NoProject:
        return ["", ""]
    except InvalidPin:
        return ["invalid", ""]
    return [str(seen.project.root), str(seen.env.prefix) if seen.env and seen.state is State.READY else ""]


def _machine(root: Path) -> Sandbox:
    """Two interpreters that a prefix means, one env that is ready and one that an alias names."""
    machine = Sandbox(root)
    for version in ("3.11.7", "3.12.1", "3.12.7"):
        machine.fake_interpreter(version)
    machine.fake_env("3.12.1", "shop")
    machine.fake_env("3.11.7", "other")
    (machine.versions / "other").symlink_to(machine.env("3.11.7", "other"))
    return machine


@pytest.mark.parametrize("locale", [LOCALES[-1]])
@pytest.mark.parametrize("shell", shell_names(*PROMPTS))
@BATCHED
@given(batch=BATCHES)
def test_shells_find_what_python_finds(machine: Sandbox, shell: str, locale: str, batch: list[list[tuple[str | None, str | None]]]) -> None:
    """F1, F9, F11-F13, and what V and E3 make of it."""
    own = _machine(machine.root / f"nests-{next(_number)}")
    questions: list[tuple[str | Path, ...]] = []
    ours: list[tuple[list[tuple[str | None, str | None]], list[str]]] = []
    for number, nest in enumerate(batch):
        cwd = own.root / "work" / str(number)
        for name, version in nest:
            cwd /= "d"
            cwd.mkdir(parents=True)
            _put(cwd / ".python-virtualenv", name)
            _put(cwd / ".python-version", version)
        questions.append(("tree", str(number), cwd, own.pyenv_root, own.home, own.data))
        ours.append((nest, _python(cwd, Layout.from_environ(own.environ, cwd))))
    answers = ask(machine, find_shell(shell), locale, questions)
    # The shell does not say whether a project's files are invalid, or ask for a version that no release is called (F8); then it has no env.
    theirs = []
    for number, (nest, (expected, _)) in enumerate(ours):
        root, env = answers[str(number)]
        theirs.append((nest, ["invalid" if expected == "invalid" else root, env]))
    assert theirs == ours
