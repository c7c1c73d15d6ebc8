"""A sandbox with uv and Jupyter's places in it, and envs as uv makes them: without pip."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.sandbox import BIN, REPOSITORY, ROOST, Sandbox


class KernelMachine:
    """``directory`` is where the user's kernels are; ``sandbox`` the rest of the machine."""

    def __init__(self, sandbox: Sandbox, *, uv: bool = True) -> None:
        self.sandbox = sandbox
        self.data = sandbox.root / "jupyter"
        self.directory = self.data / "kernels"
        sandbox.extra |= {"JUPYTER_DATA_DIR": str(self.data), "SHELL": "/bin/bash", "UV_CACHE_DIR": str(REPOSITORY / ".cache" / "uv")}
        sandbox.extra["PIP_NO_COMPILE"] = "1"  # of what comes with ipykernel, few modules are ever imported
        if uv:
            tools = sandbox.root / "tools"
            tools.mkdir()
            (tools / "uv").symlink_to(BIN / "uv")
            sandbox.path = f"{tools}:{sandbox.path}"

    def env(self, version: str, name: str) -> Path:
        """An env as ``uv venv`` makes it."""
        self.sandbox.install(version)
        prefix = self.sandbox.env(version, name)
        done = self.sandbox.run([BIN / "uv", "venv", "--quiet", "--python", self.sandbox.versions / version / "bin" / "python", prefix])
        assert done.returncode == 0, done.stderr
        return prefix

    def kernel(self, *words: str | Path, cwd: Path | None = None, **extra: str) -> subprocess.CompletedProcess[str]:
        """``roost kernel WORDS``."""
        return self.sandbox.run([ROOST, "kernel", *words], cwd, 300, **extra)

    def added(self, *words: str | Path, cwd: Path | None = None, **extra: str) -> subprocess.CompletedProcess[str]:
        """``roost kernel add WORDS``, which has to do."""
        done = self.kernel("add", *words, cwd=cwd, **extra)
        assert done.returncode == 0, done.stderr
        return done

    def spec(self, name: str) -> dict[str, Any]:
        """The kernel.json of that kernel."""
        document = json.loads((self.directory / name / "kernel.json").read_bytes())
        assert isinstance(document, dict)
        return document

    def foreign(self, name: str, *argv: str) -> Path:
        """A kernel that somebody else put there."""
        path = self.directory / name
        path.mkdir(parents=True)
        (path / "kernel.json").write_text(json.dumps({"argv": list(argv), "display_name": name, "language": "python"}))
        return path

    def run_in(self, name: str, code: str, path: str = "/usr/bin:/bin", **extra: str) -> str:
        """What ``code`` prints in that kernel, started by a Jupyter with this PATH."""
        words = [sys.executable, "-m", "tests.support.notebook", str(self.directory), name, code]
        done = self.sandbox.run(words, REPOSITORY, 300, PATH=path, **extra)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def outcome(self, *words: str | Path, **extra: str) -> dict[str, tuple[int, str]]:
        """``roost kernel WORDS --json``: code and message of each kernel."""
        document = json.loads(self.kernel(*words, "--json", cwd=None, **extra).stdout)
        return {row["name"]: (row["code"], row["message"]) for row in document["kernels"]}
