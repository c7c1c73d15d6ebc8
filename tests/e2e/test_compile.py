"""A real compile through ``pyenv install`` (V4, V5)."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.look import assert_works, home_of
from tests.support.sandbox import Sandbox

_SERIES = "3.11"
_ARCHIVE = "http://deb.debian.org/debian bookworm main"


def _tarball(directory: Path) -> tuple[str, Path]:
    """CPython's sources as Debian keeps them, byte-identical to python.org's, and their version."""
    directory.mkdir(parents=True)
    apt = shutil.which("apt-get")
    assert apt, f"this test needs Debian's archive for the sources of Python {_SERIES}: apt-get is not there"
    (directory / "lists" / "partial").mkdir(parents=True)
    (directory / "sources.list").write_text(f"deb-src {_ARCHIVE}\n")
    # Lists of its own: neither deb-src lines nor root's rights are asked of the machine.
    own = [f"-oDir::Etc::sourcelist={directory / 'sources.list'}", "-oDir::Etc::sourceparts=-", f"-oDir::State::lists={directory / 'lists'}"]
    own += ["-oAPT::Sandbox::User="]
    update = subprocess.run([apt, *own, "update"], capture_output=True, text=True, check=False)
    assert update.returncode == 0, f"Debian's archive cannot be reached:\n{update.stderr[-1000:]}"
    done = subprocess.run([apt, *own, "source", "--download-only", f"python{_SERIES}"], cwd=directory, capture_output=True, text=True, check=False)
    found = list(directory.glob(f"python{_SERIES}_{_SERIES}.*.orig.tar.*z"))
    assert len(found) == 1, f"apt-get source python{_SERIES} gave no tarball:\n{done.stderr[-1000:]}"
    match = re.search(rf"_({re.escape(_SERIES)}\.[0-9]+)\.orig", found[0].name)
    assert match
    return match.group(1), found[0]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_real_compile(sandbox: Sandbox) -> None:
    """V4, V5: source to env, with progress, a log and no missing module."""
    version, tarball = _tarball(sandbox.root / "sources")
    sandbox.with_pyenv()
    cache = sandbox.pyenv_root / "cache"
    cache.mkdir()
    packed = "xz" if tarball.suffix == ".xz" else "gz"
    # python-build takes a tarball from its cache if the checksum in its own definition is right.
    name = f"Python-{version}.tar.xz" if packed == "xz" else f"Python-{version}.tgz"
    shutil.copy2(tarball, cache / name)
    shutil.copy2(tarball, cache / f"Python-{version}.tar.{packed}")
    skip = {} if packed == "xz" else {"_PYTHON_BUILD_FORCE_SKIP_XZ": "1"}
    sandbox.extra = {**skip, "PYTHON_BUILD_CURL_OPTS": "--proxy http://127.0.0.1:9", "MAKEOPTS": "-j2"}
    project = sandbox.project("shop", version, "shop-venv")
    done = sandbox.roost("up", cwd=project, timeout=1700)
    assert done.returncode == 0, done.stderr
    assert f"Installing Python-{version}" in done.stderr
    assert f"Installed Python-{version}" in done.stderr
    assert "built without" not in done.stderr
    assert "Installed Python" in next((sandbox.data / "logs").glob(f"install-{version}-*.log")).read_text()
    prefix = sandbox.env(version, "shop-venv")
    assert_works(prefix)
    assert home_of(prefix) == str(sandbox.versions / version / "bin")
