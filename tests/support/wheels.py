"""Small packages: wheels for any or for one Python, and source trees that build themselves, without anything from an index."""

from __future__ import annotations

import subprocess
import time
import zipfile
from pathlib import Path

_BACKEND = """
import pathlib, sys
sys.path.insert(0, {support!r})
from {module} import write_wheel

HERE = pathlib.Path(__file__).resolve().parent

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    (HERE / "built").write_text("yes")
    exec((HERE / "before_build.py").read_text() if (HERE / "before_build.py").exists() else "")
    return write_wheel(pathlib.Path(wheel_directory), {name!r}, {version!r}, files={{"{name}.py": (HERE / "{name}.py").read_text()}}).name

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return write_wheel(pathlib.Path(wheel_directory), {name!r}, {version!r}, files={{"__editable__{name}.pth": str(HERE) + "\\n"}}).name
"""


def write_wheel(
    directory: Path,
    name: str,
    version: str,
    tag: str = "py3-none-any",
    *,
    requires: tuple[str, ...] = (),
    python: str = "",
    files: dict[str, str] | None = None,
) -> Path:
    """A wheel with one module in it, ``name``, unless ``files`` says otherwise."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}-{version}-{tag}.whl"
    info = f"{name}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *(f"Requires-Dist: {each}" for each in requires)]
    content = {
        **(files or {f"{name}.py": f"version = {version!r}\n"}),
        f"{info}/METADATA": "\n".join([*metadata, *([f"Requires-Python: {python}"] if python else []), ""]),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(f"{file},,\n" for file in [*content, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in {**content, f"{info}/RECORD": record}.items():
            archive.writestr(file, text)
    return path


def source_tree(directory: Path, name: str, version: str) -> Path:
    """A package's source, which needs nothing to be built; ``before_build.py`` in it is run first."""
    directory.mkdir(parents=True)
    (directory / "pyproject.toml").write_text(
        f'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "{name}"\nversion = "{version}"\n'
    )
    (directory / "backend.py").write_text(_BACKEND.format(support=str(Path(__file__).parent), module=Path(__file__).stem, name=name, version=version))
    (directory / f"{name}.py").write_text(f"version = {version!r}\n")
    return directory


def repository(directory: Path, name: str, version: str) -> str:
    """The same in a git repository; returns its commit."""
    source_tree(directory, name, version)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main", "-C", str(directory)]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first"]):
        subprocess.run([*git, *words], check=True, env={"PATH": "/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin", "HOME": str(directory)})
    return subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


class HaltingTree:
    """A package's source whose build stops, if it is told to, until it is told to go on."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self._hook, self._reached, self._going = source / "before_build.py", source / "reached", source / "going"

    def halt(self) -> None:
        words = f"({str(self._reached)!r}, {str(self._going)!r})"
        self._hook.write_text(
            f"import os, time, pathlib\nreached, going = map(pathlib.Path, {words})\n"
            "reached.with_name('reached.new').write_text(str(os.getpid()))\nreached.with_name('reached.new').rename(reached)\n"
            # A test that failed lets nobody go on; its directory is removed in the end.
            "end = time.monotonic() + 120\n"
            "while not going.exists():\n    assert time.monotonic() < end\n    time.sleep(0.02)\n"
        )

    def builder(self) -> int:
        """Waits until the build has stopped; the process that is at it."""
        end = time.monotonic() + 60
        while not self._reached.exists():
            assert time.monotonic() < end
            time.sleep(0.02)
        return int(self._reached.read_text())

    def go_on(self) -> None:
        self._going.touch()


def halting_tree(directory: Path, name: str, version: str) -> HaltingTree:
    return HaltingTree(source_tree(directory, name, version))
