"""Envs that only look as if roost had made them, for what looks at many, and what is left of those that were stopped."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.sandbox import Sandbox


def noted_env(sandbox: Sandbox, version: str, name: str, *projects: Path) -> Path:
    """An env with a note (E6) that names ``projects``, and with the lock that its making left."""
    prefix = sandbox.fake_env(version, name)
    note = {"schema": 1, "projects": [str(project) for project in projects], "requested": version, "resolved": version}
    (prefix / ".roost.json").write_text(json.dumps(note))
    lock_of(prefix).touch()
    return prefix


def half_made(prefix: Path) -> Path:
    """What a killed roost leaves: the mark and a part of the rest."""
    (prefix / "lib").mkdir(parents=True)
    (prefix / ".roost-building").write_text("1\n")
    lock_of(prefix).touch()
    return prefix


def lock_of(prefix: Path) -> Path:
    return prefix.with_name(f".{prefix.name}.lock")


def our_kernel(directory: Path, name: str, prefix: Path) -> Path:
    """A kernel of that env with roost's mark."""
    path = directory / name
    path.mkdir(parents=True)
    mark = {"schema": 1, "env": str(prefix), "project": None, "python": prefix.parent.parent.name}
    document = {"argv": [f"{prefix}/bin/python"], "display_name": name, "language": "python", "metadata": {"roost": mark}}
    (path / "kernel.json").write_text(json.dumps(document))
    return path
