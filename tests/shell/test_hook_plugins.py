"""The hook by a plugin manager of zsh: a clone, a name for its directory, and `roost.plugin.zsh` sourced (H5, H6)."""

from __future__ import annotations

import shutil

import pytest

from tests.support.sandbox import REPOSITORY, Sandbox
from tests.support.shells import OpenTerminal, Shell

# What each does with a plugin, in our words: oh-my-zsh links a directory of its own, antidote sources
# a clone below its cache from a file it wrote, zinit does so inside a function with its own options.
MANAGERS = {
    "oh-my-zsh": "plugin=~/.oh-my-zsh/custom/plugins/roost; fpath=($plugin $fpath); autoload -Uz compinit; compinit -D -u; source $plugin/roost.plugin.zsh",
    "antidote": "fpath+=( ~/clone/shell ); source ~/clone/shell/roost.plugin.zsh",
    "zinit": "load() { builtin emulate -LR zsh; setopt extendedglob warncreateglobal; builtin source ~/clone/shell/roost.plugin.zsh; }; load; unfunction load",
}
# A theme sets the whole prompt at each turn, from VIRTUAL_ENV, before it is drawn.
THEME = """
export VIRTUAL_ENV_DISABLE_PROMPT=1
autoload -Uz add-zsh-hook
theme() { PS1="${VIRTUAL_ENV:+(${VIRTUAL_ENV:t}) }roo%{%}st-prompt> "; }
add-zsh-hook precmd theme
"""


@pytest.mark.parametrize("theme", ["before", "after"])
@pytest.mark.parametrize("manager", MANAGERS)
def test_a_theme_sees_the_env(zsh: Shell, sandbox: Sandbox, terminal: OpenTerminal, manager: str, theme: str) -> None:
    """H6: at the very first prompt and at each one after a `cd`, whichever of the two was loaded first; no name twice."""
    one, two = sandbox.fake_env("3.12.1", "one"), sandbox.fake_env("3.13.2", "two")
    first, second = sandbox.project("first", "3.12.1", "one"), sandbox.project("second", "3.13.2", "two")
    shutil.copytree(REPOSITORY / "shell", sandbox.home / "clone" / "shell")
    plugins = sandbox.home / ".oh-my-zsh" / "custom" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "roost").symlink_to(sandbox.home / "clone" / "shell")
    loading = [THEME, MANAGERS[manager]] if theme == "before" else [MANAGERS[manager], THEME]
    session = terminal(first, before="\n".join(loading), load="none")
    assert session.opening == ""
    for line, name, env in (("", "one", one), (f"cd {second}", "two", two), (f"cd {first}", "one", one)):
        session.run(line)
        assert session.prefix == f"({name}) "
        assert session.active == str(env)
    session.run("cd ~")
    assert session.prefix == ""
    assert session.active is None
