"""What ``remove`` and ``prune`` take away, a class for each kind of thing; what each holds is decided before anything goes."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class RemoveEnv(NamedTuple):
    """Remove the env with its lock, the alias if it leads there, and these kernels of ours. ``half_made``: only if it still is."""

    prefix: Path
    kernels: tuple[str, ...] = ()
    half_made: bool = False

    def describe(self) -> str:
        return f"remove the env {self.prefix}"


class FinishReplacement(NamedTuple):
    """Settle what a killed ``--recreate`` left: the old env goes if the new one is whole, and comes back if not."""

    prefix: Path
    whole: bool

    def describe(self) -> str:
        return f"remove the old env beside {self.prefix}" if self.whole else f"put back the old env {self.prefix}"


class RemoveLink(NamedTuple):
    """Remove a link and nothing of what it leads to. ``dangling``: only if it still leads nowhere."""

    path: Path
    dangling: bool = False

    def describe(self) -> str:
        return f"remove the link {self.path}"


class RemoveKernel(NamedTuple):
    """Remove the Jupyter kernel of that name."""

    name: str

    def describe(self) -> str:
        return f"remove the kernel {self.name}"


class RemoveLock(NamedTuple):
    """Remove a lock file, unless somebody holds it."""

    path: Path

    def describe(self) -> str:
        return f"remove the lock {self.path}"


class RemoveFile(NamedTuple):
    """Remove a file that roost wrote for people to read. ``what``: what kind of file it is."""

    path: Path
    what: str

    def describe(self) -> str:
        return f"remove the {self.what} {self.path}"


Removal = RemoveEnv | FinishReplacement | RemoveLink | RemoveKernel | RemoveLock | RemoveFile
