"""What ``remove`` and ``prune`` take away, a class for each kind of thing; what each holds is decided before anything goes."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class RemoveEnv(NamedTuple):
    """Remove the env with its lock, the alias if it leads there, and these kernels of ours."""

    prefix: Path
    kernels: tuple[str, ...] = ()

    def describe(self) -> str:
        return f"remove the env {self.prefix}"


class RemoveLink(NamedTuple):
    """Remove a link and nothing of what it leads to."""

    path: Path

    def describe(self) -> str:
        return f"remove the link {self.path}"


Removal = RemoveEnv | RemoveLink
