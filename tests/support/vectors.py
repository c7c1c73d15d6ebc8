"""The vectors in tests/vectors, and the trees that they describe, made on disk."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.support.sandbox import Sandbox

Vector = dict[str, Any]
DIRECTORY: Final = Path(__file__).resolve().parents[1] / "vectors"


def load(name: str) -> list[Vector]:
    vectors = json.loads((DIRECTORY / name).read_text(encoding="ascii"))
    assert isinstance(vectors, list)
    assert vectors
    return vectors


def content(text: str | list[list[Any]]) -> bytes:
    """The bytes that ``text`` stands for; a list holds (text, times) pairs."""
    if isinstance(text, list):
        return b"".join(content(part) * times for part, times in text)
    return text.encode("ascii").decode("unicode_escape").encode("latin-1")


def as_user(words: Sequence[str | Path]) -> list[str | Path]:
    """The call without root's right to read what its mode forbids."""
    lifted = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    return [*lifted, *words]


def grow(vector: Vector, machine: Sandbox) -> Path:
    """Makes the tree of ``vector`` below the machine's root; returns the working directory, spelled logically."""
    tree, root = vector["tree"], machine.root
    for name in tree.get("interpreters", []):
        _python(machine.versions / name)
    for name in tree.get("envs", []):
        version = name.partition("/")[0]
        _python(machine.versions / version)
        _env(machine.versions / name, machine.versions / version)
    for name in tree.get("outside", []):
        _env(root / name, machine.versions / "3.12.1")
    for name in tree.get("dirs", []):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name, text in tree.get("files", {}).items():
        _parent(root / name).write_bytes(content(text))
    for name in tree.get("fifos", []):
        os.mkfifo(_parent(root / name))
    for name, target in tree.get("links", {}).items():
        _parent(root / name).symlink_to(target)
    for name in tree.get("unreadable", []):
        (root / name).chmod(0)
    if tree.get("no_pyenv"):
        machine.versions.rmdir()
    cwd: Path = root / vector["cwd"]
    cwd.mkdir(parents=True, exist_ok=True)
    return cwd


def _parent(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _python(prefix: Path) -> None:
    """A Python that runs and does nothing."""
    python = _parent(prefix / "bin" / "python")
    if not python.exists():
        python.write_text("#!/bin/sh\n")
        python.chmod(0o755)


def _env(prefix: Path, home: Path) -> None:
    _python(prefix)
    (prefix / "pyvenv.cfg").write_text(f"home = {home}/bin\n")
