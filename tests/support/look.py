"""What a test looks at after a run: a tree as it is, an env by the words of E3."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any


def photograph(*trees: Path) -> dict[str, tuple[int, int, int]]:
    """Every path below ``trees`` with its inode, mode and time of change; two are equal if nothing was touched."""
    seen = {}
    for tree in trees:
        for path in (tree, *tree.rglob("*")):
            stat = path.lstat()
            seen[str(path)] = (stat.st_ino, stat.st_mode, stat.st_mtime_ns)
    return seen


def looks_ready(prefix: Path) -> bool:
    """E3, in the words of the specification."""
    return os.access(prefix / "bin" / "python", os.X_OK) and (prefix / "pyvenv.cfg").exists() and not (prefix / ".roost-building").exists()


def assert_works(prefix: Path) -> None:
    """Ready means that Python runs in the env, pip imports, and nothing is complained about."""
    assert looks_ready(prefix)
    done = subprocess.run(
        [prefix / "bin" / "python", "-c", "import sys, pip; print(sys.prefix)"], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert Path(done.stdout.strip()).samefile(prefix)


def home_of(prefix: Path) -> str:
    """``home`` in ``pyvenv.cfg``: where the interpreter is that the env was made from."""
    for line in (prefix / "pyvenv.cfg").read_text().splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home":
            return value.strip()
    raise AssertionError(prefix)


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The one JSON document on stdout (C)."""
    parsed = json.loads(done.stdout)
    assert isinstance(parsed, dict)
    assert parsed["schema"] == 1
    return parsed


def only_line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of a refusal, on stderr; nothing on stdout (C)."""
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("roost: ")
    return lines[0]
