"""Makes the pyenv that the tests take their parts from, in .cache/pyenv, if the machine's own does not have all of them.

pyenv and pyenv-virtualenv are cloned, from GitHub or from where ROOST_TEST_PYENV_URL says pyenv is, with the other
beside it. The interpreters are the machine's, else those that uv downloads, else what `pyenv install` builds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.needs import is_strict
from tests.support.sandbox import BIN, MADE_PYENV_ROOT, TWO_INTERPRETERS, lacking, link_tree, machines_pyenv_root, versions_of

_URL = "https://github.com/pyenv/pyenv"
_SERIES = ("3.12", "3.13")


def main() -> int:
    if not lacking(machines_pyenv_root()) or not lacking(MADE_PYENV_ROOT):
        return 0
    url = os.environ.get("ROOST_TEST_PYENV_URL") or _URL
    before, _, after = url.rpartition("pyenv")
    _clone("pyenv", url, MADE_PYENV_ROOT)
    _clone("pyenv-virtualenv", f"{before}pyenv-virtualenv{after}", MADE_PYENV_ROOT / "plugins" / "pyenv-virtualenv")
    for way in (_link_the_machines, _download, _build):
        if TWO_INTERPRETERS in lacking(MADE_PYENV_ROOT):
            way()
    missing = lacking(MADE_PYENV_ROOT)
    if not missing:
        return 0
    then = "ROOST_TEST_STRICT=1 asks for all of it" if is_strict() else "the tests that need it are named at the end"
    print(f"not available: {', '.join(missing)}; {then}", file=sys.stderr)
    return 1 if is_strict() else 0


def _clone(name: str, url: str, target: Path) -> None:
    """Fetches the newest commit into ``target``, which may hold interpreters already."""
    if name not in lacking(MADE_PYENV_ROOT):
        return
    print(f"fetching {name} from {url}", flush=True)
    target.mkdir(parents=True, exist_ok=True)
    for words in (["init", "--quiet"], ["fetch", "--quiet", "--depth", "1", url, "HEAD"], ["checkout", "--quiet", "--force", "FETCH_HEAD"]):
        if subprocess.run(["git", "-C", target, *words], stdin=subprocess.DEVNULL, check=False).returncode != 0:
            break


def _link_the_machines() -> None:
    root = machines_pyenv_root()
    for version in versions_of(root):
        _put(root / "versions" / version, version)


def _download() -> None:
    """uv downloads whole interpreters, in seconds; they work wherever they lie."""
    downloads = MADE_PYENV_ROOT.with_name("uv-python")
    print(f"downloading Python {' and '.join(_SERIES)} with uv", flush=True)
    subprocess.run([BIN / "uv", "python", "install", "--no-bin", "--install-dir", downloads, *_SERIES], check=False)
    for tree in downloads.glob("cpython-*.*.*-*"):
        if not tree.is_symlink():
            _put(tree, tree.name.split("-")[1])


def _build() -> None:
    for series in _SERIES if "pyenv" not in lacking(MADE_PYENV_ROOT) else ():
        print(f"building Python {series} with pyenv; this takes some minutes", flush=True)
        environ = {**os.environ, "PYENV_ROOT": str(MADE_PYENV_ROOT)}
        if subprocess.run([MADE_PYENV_ROOT / "bin" / "pyenv", "install", "--skip-existing", series], env=environ, check=False).returncode != 0:
            print("what a build needs: https://github.com/pyenv/pyenv/wiki#suggested-build-environment", file=sys.stderr)
            break


def _put(tree: Path, version: str) -> None:
    """A copy of an interpreter by hard links: whole and running, or not there."""
    store = MADE_PYENV_ROOT / "versions"
    if (store / version).exists():
        return
    half = store / f".{version}.{os.getpid()}"
    link_tree(tree, half)
    for mark in half.glob("lib/python*/EXTERNALLY-MANAGED"):  # the copy is pyenv's, where pip may install
        mark.unlink()
    if subprocess.run([half / "bin" / "python", "-c", ""], check=False).returncode == 0:
        half.rename(store / version)
    else:
        shutil.rmtree(half)


if __name__ == "__main__":
    sys.exit(main())
