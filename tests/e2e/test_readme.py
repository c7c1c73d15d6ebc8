"""The README's first session is what a user sees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.demo import PROMPT, session
from tests.support.needs import program
from tests.support.sandbox import REPOSITORY, Sandbox, current_versions


def transcript() -> list[str]:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    match = re.search(r"```console\n(.*?)```", text, re.DOTALL)
    assert match is not None
    # The README's versions stand for two that this machine has.
    newest, second = current_versions()[-1], current_versions()[-2]
    return match.group(1).replace("3.12.1", newest).replace("3.11.7", second).splitlines()


@pytest.mark.parametrize("name", ["zsh", "bash"])
def test_the_readme_shows_a_real_session(name: str, sandbox: Sandbox, newest: str, second: str) -> None:
    shell = program(name)
    for version in (newest, second):
        sandbox.install(version)
    sandbox.project("GitHub/shop", newest, "shop-venv")
    sandbox.project("GitHub/blog", second, "blog-venv")
    mark = r"\[\e]133;A\a\]" if name == "bash" else "%{\x1b]133;A\x07%}"
    quiet = "bind 'set enable-bracketed-paste off'\n" if name == "bash" else "unsetopt zle prompt_sp\n"
    (sandbox.home / f".{name}rc").write_text(f"{quiet}PS1='{mark}$ '\n")
    done = sandbox.roost("setup", name)
    assert done.returncode == 0, done.stderr

    wanted = transcript()
    typed = [line.split("$ ", 1)[1] for line in wanted if re.match(r"(\(\S+\) )?\$ ", line)]
    seen = session([shell, "-i"], sandbox.environ, Path(sandbox.root / "GitHub"), [*typed, "exit"])

    shown = [line.rstrip() for line in seen.replace(PROMPT.decode(), "").replace("\r", "").split("\n")]
    assert shown[: len(wanted)] == wanted
