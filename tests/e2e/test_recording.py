"""The recording in the README shows what happens: typed again here, it is the same picture."""

from __future__ import annotations

import pytest

from scripts import recording
from tests.support import pages
from tests.support.needs import program
from tests.support.sandbox import REPOSITORY, Sandbox


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_recording_is_what_happens(theme: str, sandbox: Sandbox) -> None:
    """With this machine's interpreters under the names of those that were recorded."""
    zsh = program("zsh")
    interpreters = pages.interpreters()
    for name, version in zip(recording.PROJECTS, interpreters, strict=True):
        sandbox.install(version)
        sandbox.project(f"home/work/{name}", version, f"{name}-venv")
    rows = recording.record(zsh, sandbox.environ, sandbox.home)
    words = pages.Words(sandbox.home, *interpreters)
    rows = [[run._replace(text=words.there(run.text)) for run in row] for row in rows]
    assert recording.picture(rows, theme) == (REPOSITORY / "docs" / f"recording-{theme}.svg").read_text(encoding="utf-8"), "type: make recording"
