"""Lets ipykernel write a kernel, puts it in its place in one step, and removes kernels."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from roost.machine import locks
from roost.machine.files import remove_tree
from roost.machine.layout import Layout
from roost.machine.process import ProcessFailed, run, scrubbed, uninterrupted
from roost.rules.errors import KernelFailed
from roost.rules.kernelspec import Kernel, Registration, renewal

_STAGING: Final = 120.0  # seconds for ipykernel to write its kernel


@contextmanager
def locked(layout: Layout) -> Iterator[None]:
    """One roost at a time changes kernels. Raises LockTimeout, KernelFailed."""
    path = layout.cache / "kernels.lock"
    with ExitStack() as held:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(locks.locked(path, "changing kernels"))
        except OSError as error:
            raise _unwritable(path.parent, error) from error
        yield


def stage(registration: Registration, environ: Mapping[str, str], scratch: Path) -> Path:
    """Lets the env's own ipykernel write its kernel below ``scratch``, and makes it ours. Raises KernelFailed."""
    name, prefix = registration.name, registration.mark.env
    words: list[str | Path] = [prefix / "bin" / "python", "-m", "ipykernel", "install", "--prefix", scratch, "--name", name]
    staged = scratch / "share" / "jupyter" / "kernels" / name
    try:
        run(words, {**scrubbed(environ), "TMPDIR": str(scratch)}, scratch, _STAGING)  # ipykernel leaves a directory behind
        document = registration.document(json.loads((staged / "kernel.json").read_bytes()))
        (staged / "kernel.json").write_text(json.dumps(document, indent=1) + "\n", encoding="ascii")
    except ProcessFailed as error:
        raise KernelFailed(
            "kernel-not-staged",
            f"ipykernel in {prefix} could not write a kernel: {error.reason}",
            command=renewal(prefix),
            file=prefix,
            detail=error.tail,
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KernelFailed("kernel-not-staged", f"ipykernel in {prefix} wrote no usable kernel: {error}", command=renewal(prefix), file=prefix) from error
    return staged


def place(staged: Path, directory: Path, replaced: Path | None) -> bool:
    """Puts a staged kernel into ``directory`` in one step, in the place of ``replaced``; false if it is there already.

    Raises KernelFailed; then everything is as before.
    """
    target = directory / staged.name
    if replaced == target and not target.is_symlink() and _content(target) == _content(staged):
        return False
    try:
        with uninterrupted():  # between the two renames there is no kernel
            directory.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=".roost-", dir=directory.resolve().parent))
            try:
                shutil.copytree(staged, aside / "new")
                if replaced is not None and os.path.lexists(replaced):
                    replaced.rename(aside / "old")  # a link itself, never what it leads to
                try:
                    (aside / "new").rename(target)
                except OSError:
                    if os.path.lexists(aside / "old") and replaced is not None:
                        (aside / "old").rename(replaced)
                    raise
            finally:
                remove_tree(aside)
    except OSError as error:
        raise _unwritable(directory, error) from error
    return True


def remove(kernel: Kernel) -> None:
    """Removes a kernel, or the link that stands for it. Raises KernelFailed."""
    try:
        remove_tree(kernel.path)
    except OSError as error:
        raise _unwritable(kernel.path, error) from error


def write_startup(prefix: Path) -> None:
    """Lets every IPython of the env put the env first on PATH, in kernels that roost did not write too. Raises KernelFailed."""
    path = prefix / "etc" / "ipython" / "startup" / "00-roost.py"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_STARTUP, encoding="ascii")
    except OSError as error:
        raise _unwritable(path.parent, error) from error


_STARTUP: Final = """\
# Put here by `roost kernel add --startup`: `!pip` and subprocesses of a notebook are this env's.
def _roost():
    import os
    import sys

    path = [field for field in os.environ.get("PATH", os.defpath).split(os.pathsep) if field != os.path.join(sys.prefix, "bin")]
    os.environ["PATH"] = os.pathsep.join([os.path.join(sys.prefix, "bin")] + path)
    os.environ["VIRTUAL_ENV"] = sys.prefix


_roost()
del _roost
"""


def _content(directory: Path) -> dict[str, bytes]:
    try:
        return {str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()}
    except OSError:
        return {}


def _cause(error: OSError) -> str:
    """What the system said; of a copy that failed, for its first file."""
    copies = error.args[0] if isinstance(error, shutil.Error) else ()
    return str(copies[0][2]).partition(": ")[0] if copies else error.strerror or str(error)


def _unwritable(path: Path, error: OSError) -> KernelFailed:
    advice = "make it a directory that you may write to, or give --data-dir"
    return KernelFailed("cannot-write", f"cannot write {path}: {_cause(error)}", advice=advice, file=path)
