"""What is built, what it holds, and that every way to install it gives the same hook."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from roost import __version__
from tests.support.sandbox import REPOSITORY, Sandbox

_SHELLS = ("zsh", "bash", "fish")
_FILES = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "Makefile", ".gitignore", ".pre-commit-config.yaml")
_PARTS = (*_FILES, ".editorconfig", ".ci", ".github", "src", "shell", "tests", "docs", "scripts", "examples", "benchmarks")


def _call(*words: str | Path, cwd: Path | None = None, **variables: str) -> str:
    environ = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run([os.fspath(word) for word in words], cwd=cwd, env={**environ, **variables}, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def _copy(target: Path) -> Path:
    """The sources as they are, away from whoever edits them meanwhile."""
    target.mkdir(parents=True)
    for part in _PARTS:
        source = REPOSITORY / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
        elif source.exists():
            (target / part).parent.mkdir(exist_ok=True)
            shutil.copy2(source, target / part)
    return target


def _build(source: Path, *words: str) -> None:
    _call(sys.executable, "-m", "build", "--no-isolation", *words, cwd=source)


@dataclass(frozen=True)
class _Built:
    source: Path
    direct: Path  # the wheel built from the sources
    sdist: Path
    through: Path  # the wheel built from the sdist


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> _Built:
    root = tmp_path_factory.mktemp("packaging")
    source = _copy(root / "source")
    _build(source, "--wheel", "--outdir", str(root / "direct"))
    _build(source, "--outdir", str(root / "through"))
    wheel = f"pyenv_roost-{__version__}-py3-none-any.whl"
    return _Built(source, root / "direct" / wheel, root / "through" / f"pyenv_roost-{__version__}.tar.gz", root / "through" / wheel)


def _files(directory: Path) -> set[str]:
    return {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def test_the_exact_contents_of_the_wheel(built: _Built) -> None:
    """The package, the hook in share/roost, pyenv's command; nothing else. All of shell/ is in it."""
    info, data = f"pyenv_roost-{__version__}.dist-info", f"pyenv_roost-{__version__}.data"
    shell = _files(built.source / "shell")
    expected = _files(built.source / "src")
    expected |= {f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")}
    expected |= {f"{data}/data/share/roost/{name}" for name in shell - {"pyenv-roost"}} | {f"{data}/scripts/pyenv-roost"}
    assert "roost/py.typed" in expected
    with zipfile.ZipFile(built.direct) as wheel:
        assert set(wheel.namelist()) == expected


def test_the_wheel_built_from_the_sdist_is_the_same(built: _Built) -> None:
    """Byte by byte, modes too."""

    def content(path: Path) -> dict[str, tuple[bytes, int]]:
        with zipfile.ZipFile(path) as wheel:
            return {entry.filename: (wheel.read(entry), entry.external_attr) for entry in wheel.infolist()}

    assert content(built.direct) == content(built.through)


def test_the_exact_contents_of_the_sdist(built: _Built) -> None:
    """All that is needed to build and to test, and nothing that is not in the repository."""
    expected = {part for part in _PARTS if (built.source / part).is_file()} | {"PKG-INFO"}
    for part in _PARTS:
        if (built.source / part).is_dir():
            expected |= {f"{part}/{name}" for name in _files(built.source / part)}
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames() if archive.getmember(name).isfile()}
    assert names == expected


@pytest.mark.slow
def test_the_tests_run_from_the_sdist(built: _Built, tmp_path: Path) -> None:
    """Whoever packages roost tests what is packed: all tests are found there, and those run that read its files."""
    _call("tar", "-xzf", built.sdist, "-C", tmp_path)
    (unpacked,) = tmp_path.iterdir()
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    assert "error" not in _call(*words, "--collect-only", cwd=unpacked, PYTHONPATH=str(unpacked / "src")).splitlines()[-1]
    reading = [f"tests/unit/test_{name}.py" for name in ("bench_report", "build_docs", "contract", "declared", "one_source", "workflows")]
    _call(*words, *reading, cwd=unpacked, PYTHONPATH=str(unpacked / "src"))


class _Installation:
    """A venv with roost's dependencies, into which roost itself is put in different ways."""

    def __init__(self, prefix: Path) -> None:
        self.prefix = prefix
        self.bin = prefix / "bin"
        _call(sys.executable, "-m", "virtualenv", "-q", prefix)

    def pip(self, *words: str | Path) -> None:
        _call(self.bin / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", *words)

    def remove(self) -> None:
        _call(self.bin / "python", "-m", "pip", "uninstall", "-q", "-y", "pyenv-roost")
        left = [path for path in self.prefix.rglob("*roost*") if "__pycache__" not in path.parts and not (path.is_dir() and not any(path.iterdir()))]
        assert left == []

    def hooks(self) -> dict[str, str]:
        return {shell: _call(self.bin / "roost", "hook", shell) for shell in _SHELLS}


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory, built: _Built) -> _Installation:
    made = _Installation(tmp_path_factory.mktemp("installed") / "venv")
    made.pip(built.direct)
    return made


def test_every_way_to_install_gives_the_same_hook(installation: _Installation, built: _Built) -> None:
    """The wheel, the wheel through the sdist, an editable install: byte-identical text."""
    installation.pip("--force-reinstall", "--no-deps", built.direct)
    direct = installation.hooks()
    assert all("_roost_cli" in text.splitlines()[0] and str(installation.bin / "roost") in text.splitlines()[0] for text in direct.values())
    installation.remove()
    installation.pip("--no-deps", built.through)
    assert installation.hooks() == direct
    installation.remove()
    installation.pip("--no-deps", "--editable", built.source)
    assert installation.hooks() == direct
    texts = {path: path.read_text() for path in (built.source / "shell" / "core.sh", built.source / "shell" / "roost.fish")}
    for path, text in texts.items():
        path.write_text(text + "# edited\n")
    try:
        assert all("# edited" in text for text in installation.hooks().values()), "an editable install shows a frozen copy"
    finally:
        for path, text in texts.items():
            path.write_text(text)
        installation.remove()
        installation.pip("--no-deps", built.direct)


def test_the_entry_points_work_and_need_no_click_of_their_own(installation: _Installation, tmp_path: Path) -> None:
    """Only what the wheel asks for is installed: a module that roost imports and does not name would be missing."""
    found = _call(installation.bin / "python", "-c", "import importlib.util as u; print(u.find_spec('click'), u.find_spec('typer') is not None)")
    assert found.split() == ["None", "True"]
    home = {"HOME": str(tmp_path), "PATH": f"{installation.bin}:/usr/bin:/bin", "PWD": str(tmp_path)}
    assert _call(installation.bin / "roost", "--version", cwd=tmp_path, **home).splitlines()[0] == f"roost {__version__}"
    assert _call(installation.bin / "pyenv-roost", "--version", cwd=tmp_path, **home).splitlines()[0] == f"roost {__version__}"
    assert _call(installation.bin / "python", "-m", "roost", "--version", cwd=tmp_path, **home).splitlines()[0] == f"roost {__version__}"
    assert "Usage" in _call(installation.bin / "roost", "up", "--help", cwd=tmp_path, **home)
    done = subprocess.run([installation.bin / "roost", "status", "."], cwd=tmp_path, env=home, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr


@pytest.mark.parametrize("shell", _SHELLS)
def test_the_hook_file_s_path_outlives_upgrades(installation: _Installation, shell: str) -> None:
    """H15: no Python version in the path that an rc file names."""
    path = Path(_call(installation.bin / "roost", "hook", shell, "--path").strip())
    assert path == installation.prefix / "share" / "roost" / f"roost.{shell}"
    assert re.search(r"python[0-9]|[0-9]\.[0-9]", str(path.relative_to(installation.prefix))) is None
    assert (path.parent / "core.sh").exists()


def test_the_rc_block_stays_right_after_an_upgrade(installation: _Installation, built: _Built, sandbox: Sandbox, tmp_path: Path) -> None:
    """H15: another version in the same place: nothing to change in the rc file, and the hook is the new one's."""
    roost = installation.bin / "roost"
    rc = sandbox.home / ".bashrc"
    assert sandbox.run([roost, "setup", "bash"]).returncode == 0
    before = rc.read_bytes()
    source = tmp_path / "newer"
    shutil.copytree(built.source, source)
    init = source / "src" / "roost" / "__init__.py"
    init.write_text(init.read_text().replace(__version__, "99.0"))
    (source / "shell" / "core.sh").write_text((source / "shell" / "core.sh").read_text() + "_roost_upgraded=yes\n")
    _build(source, "--wheel", "--outdir", str(tmp_path))
    try:
        installation.pip("--force-reinstall", "--no-deps", next(tmp_path.glob("*-99.0-*.whl")))
        assert sandbox.run([roost, "--version"]).stdout.startswith("roost 99.0\n")
        again = sandbox.run([roost, "setup", "bash"])
        assert (again.returncode, "nothing to do" in again.stderr) == (0, True)
        assert rc.read_bytes() == before
        shown = sandbox.run(["bash", "--rcfile", rc, "-ic", 'echo "$_roost_upgraded"'])
        assert shown.stdout.strip() == "yes", shown.stderr
    finally:
        installation.pip("--force-reinstall", "--no-deps", built.direct)


@pytest.mark.parametrize("shell", _SHELLS)
def test_the_rc_block_of_a_removed_roost_is_silent(installation: _Installation, built: _Built, sandbox: Sandbox, shell: str) -> None:
    """H15: the same words as a shell that never had the hook, and a function of its only before."""
    (sandbox.home / ".bash_profile").write_text(". ~/.bashrc\n")
    words = [shell, "-i", "-c", f"echo started; {'functions' if shell == 'fish' else 'typeset -f'} _roost_look >&2"]
    before = sandbox.run(words)
    assert sandbox.run([installation.bin / "roost", "setup", shell]).returncode == 0
    assert "_roost_look" in sandbox.run(words).stderr
    installation.remove()
    try:
        after = sandbox.run(words)
        assert (after.returncode, after.stdout, after.stderr) == (before.returncode, "started\n", before.stderr)
    finally:
        installation.pip("--no-deps", built.direct)
