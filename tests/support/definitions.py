"""Definitions for the real ``pyenv install``: small bash files that lie in a plugin of the sandbox's pyenv."""

from __future__ import annotations

import shlex
from pathlib import Path

from tests.support.sandbox import Sandbox, link_tree, real_pyenv_root


def prepared(sandbox: Sandbox, version: str) -> Path:
    """A tree of a real interpreter, outside PYENV_ROOT: what a build would have made."""
    tree = sandbox.root / "prepared" / version
    link_tree(real_pyenv_root() / "versions" / version, tree)
    return tree


def define(sandbox: Sandbox, version: str, script: str) -> None:
    """Teaches the sandbox's pyenv a version. ``script`` is bash, run by python-build with PREFIX_PATH set."""
    directory = sandbox.pyenv_root / "plugins" / "made-up" / "share" / "python-build"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / version).write_text(script)


def copying(tree: Path) -> str:
    """A definition that installs by copying, with the words that python-build says."""
    return (
        'echo "Installing Python-made-up..." >&2\nmkdir -p "$PREFIX_PATH"\n'
        f'cp -R {shlex.quote(str(tree))}/. "$PREFIX_PATH"\n'
        'echo "Installed Python-made-up to $PREFIX_PATH" >&2\n'
    )


def halting(tree: Path, reached: Path) -> str:
    """A definition that has put ``bin/python`` in place when it halts: what a kill finds in the middle of `make install`."""
    return (
        'echo "Installing Python-made-up..." >&2\nmkdir -p "$PREFIX_PATH"\n'
        f'cp -R {shlex.quote(str(tree))}/bin "$PREFIX_PATH"\n: >{shlex.quote(str(reached))}\nsleep 300\n'
    )
