"""pyenv as the oracle: its own reader of version files, and what it answered when it was recorded (F10)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.support.needs import need
from tests.support.sandbox import Sandbox, real_pyenv_root
from tests.support.vectors import Vector, load


def recorded() -> list[Vector]:
    """The recorded cases in which pyenv read the very bytes of the case."""
    cases = [
        case
        for case in load("version_file_cases.json")
        if case["bytes"] is not None
        and case["kind"] in {"file", "symlink"}
        and (case["version_file"] == "$CWD/.python-version" or case.get("where") == "parent")
    ]
    assert len(cases) > 120
    return cases


def first_value(read_output: str | None) -> str | None:
    """The first value that pyenv read, with the ``python-`` dropped that pyenv drops a step later (F6)."""
    return None if read_output is None else read_output.split(":")[0].removeprefix("python-")


def reader() -> Path:
    """pyenv's reader: of the checkout that tests take interpreters from, or of the pyenv on PATH."""
    places = [real_pyenv_root() / "libexec"]
    if command := shutil.which("pyenv"):
        places += [Path(command).resolve().parent, Path(command).resolve().parents[1] / "libexec"]
    found = next((place / "pyenv-version-file-read" for place in places if (place / "pyenv-version-file-read").is_file()), None)
    need("pyenv", found)
    assert found
    return found


def read(machine: Sandbox, files: Sequence[Path]) -> list[str | None]:
    """What pyenv reads from each of ``files``, started for each by one shell."""
    script = 'reader=$1; shift; for file do "$BASH" "$reader" "$file" 2>/dev/null || printf "\\n"; done'
    done = subprocess.run(
        ["bash", "-c", script, "bash", reader(), *files],
        cwd=machine.root,
        env={**machine.environ, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )
    lines = [os.fsdecode(line) for line in done.stdout.split(b"\n")[:-1]]
    assert len(lines) == len(files)
    return [first_value(line or None) for line in lines]
