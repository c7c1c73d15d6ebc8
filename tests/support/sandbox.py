"""A machine of a test's own: HOME, PYENV_ROOT and projects below one directory, real interpreters in it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.needs import need

REPOSITORY = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
ROOST = BIN / "roost"
TWO_INTERPRETERS = "two interpreters from 3.9 up in pyenv"


_UNUSED = shutil.ignore_patterns("envs", "test", "tests", "idlelib", "turtledemo", "*.opt-?.pyc")
_SEEDS = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence.pth")  # with which an interpreter comes
MADE_PYENV_ROOT = REPOSITORY / ".cache" / "pyenv"  # what scripts/test_pyenv.py makes


def machines_pyenv_root() -> Path:
    return Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")


def real_pyenv_root() -> Path:
    """The pyenv whose parts the tests take: the machine's if it has all of them, else the one that `make test` makes."""
    machines = machines_pyenv_root()
    return MADE_PYENV_ROOT if lacking(machines) else machines


def lacking(root: Path) -> list[str]:
    """What tests need of a pyenv and ``root`` does not have."""
    there = {
        "pyenv": (root / "libexec" / "pyenv").is_file(),
        "pyenv-virtualenv": (root / "plugins" / "pyenv-virtualenv" / "bin" / "pyenv-virtualenv").is_file(),
        TWO_INTERPRETERS: len([name for name in versions_of(root) if is_current(name)]) >= 2,
    }
    return [part for part, here in there.items() if not here]


def is_current(version: str) -> bool:
    """Does virtualenv itself support it?"""
    return tuple(map(int, version.split(".")[:2])) >= (3, 9)


def real_versions() -> list[str]:
    """The CPython releases that tests can take, oldest first."""
    return versions_of(real_pyenv_root())


def versions_of(root: Path) -> list[str]:
    """The CPython releases in a pyenv, oldest first."""
    found = []
    store = root / "versions"
    for path in store.iterdir() if store.is_dir() else ():
        fields = path.name.split(".")
        if len(fields) == 3 and all(field.isdigit() for field in fields) and not path.is_symlink() and (path / "bin" / "python").exists():
            found.append((tuple(map(int, fields)), path.name))
    return [name for _, name in sorted(found)]


def current_versions() -> list[str]:
    """Those that virtualenv itself supports, oldest first: what a test takes if any version will do."""
    versions = [name for name in real_versions() if is_current(name)]
    need(TWO_INTERPRETERS, len(versions) >= 2)
    return versions


def newest_release(minor: str) -> str:
    """The newest release of a series that tests can take."""
    found = [version for version in real_versions() if version.startswith(f"{minor}.")]
    need(f"a Python {minor} in pyenv", found)
    return found[-1]


def link_tree(source: Path, target: Path) -> None:
    """A copy by hard links; never a symlink into the real root, where pip would write.

    With what was compiled there, which the first start of each copy would do once more, and without what somebody
    installed into that interpreter: that may be twenty times as many files as it has itself.
    """

    def link(one: str, other: str) -> None:
        try:
            os.link(one, other, follow_symlinks=False)
        except OSError as error:
            if error.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK}:
                raise
            shutil.copy2(one, other, follow_symlinks=False)

    shutil.copytree(source, target, symlinks=True, copy_function=link, ignore=_superfluous)


def _superfluous(directory: str, names: list[str]) -> set[str]:
    """What in a directory of an interpreter no test needs."""
    found = set(_UNUSED(directory, names))
    if os.path.basename(directory) == "site-packages":
        found |= {name for name in names if not name.startswith(_SEEDS)}
    return found


def _point_scripts(prefix: Path, real: Path) -> None:
    """Lets pip and its like start the Python beside them: their first line names the tree they were copied from."""
    for script in (prefix / "bin").iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        data = script.read_bytes()
        if data.startswith(b"#!") and os.fsencode(real) in data:
            mode = script.stat().st_mode
            script.unlink()  # the other name of this file is the real one
            script.write_bytes(data.replace(os.fsencode(real), os.fsencode(prefix)))
            script.chmod(mode)


class Sandbox:
    """``root`` holds home/, pyenv/ and whatever a test makes; nothing outside it is touched."""

    def __init__(self, root: Path, *, measured: bool = False) -> None:
        """``measured``: the coverage counts what roost does here."""
        self.root = root
        self._measured = measured
        self.home = root / "home"
        self.pyenv_root = root / "pyenv"
        self.versions = self.pyenv_root / "versions"
        self.data = root / "home" / "data"
        self.home.mkdir(parents=True)
        self.tmp = root.with_name(f"{root.name}.tmp")  # beside the machine, so that no look at it meets it
        self.tmp.mkdir()
        self.versions.mkdir(parents=True)
        self.path = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        self.extra: dict[str, str] = {}

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a user of this machine, and nothing of the real one."""
        names = ["LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", *["COVERAGE_PROCESS_CONFIG"] * self._measured]
        kept = {name: os.environ[name] for name in names if name in os.environ}
        return {
            **kept,
            "HOME": str(self.home),
            # What a killed program or a failed build leaves behind is the sandbox's too.
            "TMPDIR": str(self.tmp),
            "XDG_RUNTIME_DIR": str(self.tmp),
            "PATH": self.path,
            "PYENV_ROOT": str(self.pyenv_root),
            "ROOST_HOME": str(self.data),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "SHELL": "/bin/sh",
            **self.extra,
        }

    def install(self, version: str) -> Path:
        """Puts a real interpreter of the machine's pyenv into this PYENV_ROOT."""
        target = self.versions / version
        if not target.exists():
            link_tree(real_pyenv_root() / "versions" / version, target)
            _point_scripts(target, real_pyenv_root() / "versions" / version)
        return target

    def with_pyenv(self) -> None:
        """Makes the real pyenv's commands (its code, not its versions) available here."""
        for part in {"pyenv", "pyenv-virtualenv"}.intersection(lacking(real_pyenv_root())):
            need(part, there=False)
        for name in ("bin", "libexec", "plugins", "pyenv.d", "completions", "src"):
            source = real_pyenv_root() / name
            if source.exists() and not (self.pyenv_root / name).exists():
                shutil.copytree(source, self.pyenv_root / name, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        self.path = f"{self.pyenv_root / 'bin'}:{self.path}"

    def project(self, name: str, version: str | bytes | None, env: str | bytes | None) -> Path:
        """A project directory with the two files; None leaves a file out."""
        directory = self.root / name
        directory.mkdir(parents=True, exist_ok=True)
        for file, content in ((".python-version", version), (".python-virtualenv", env)):
            if content is not None:
                data = content if isinstance(content, bytes) else f"{content}\n".encode()
                (directory / file).write_bytes(data)
        return directory

    def env(self, version: str, name: str) -> Path:
        return self.versions / version / "envs" / name

    def fake_env(self, version: str, name: str) -> Path:
        """An env that only looks like one: enough where nothing is started."""
        prefix = self.env(version, name)
        (prefix / "bin").mkdir(parents=True)
        (prefix / "bin" / "python").symlink_to(self.fake_interpreter(version) / "bin" / "python")
        (prefix / "pyvenv.cfg").write_bytes(os.fsencode(f"home = {self.versions / version / 'bin'}\n"))
        return prefix

    def fake_interpreter(self, version: str) -> Path:
        """An interpreter that only looks like one."""
        prefix = self.versions / version
        if not (prefix / "bin" / "python").exists():
            (prefix / "bin").mkdir(parents=True, exist_ok=True)
            (prefix / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
            (prefix / "bin" / "python").chmod(0o755)
        return prefix

    def run(self, words: Sequence[str | Path], cwd: Path | None = None, timeout: float = 120, **extra: str) -> subprocess.CompletedProcess[str]:
        """Runs a command here, without a terminal and without input. One that is not on the machine is what the test needs."""
        environ = {**self.environ, "PWD": str(cwd or self.root), **extra}
        need(os.path.basename(words[0]), os.sep in os.fspath(words[0]) or shutil.which(words[0], path=environ["PATH"]))
        return subprocess.run(
            [os.fspath(word) for word in words],
            cwd=cwd or self.root,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, *words: str | Path, cwd: Path | None = None) -> subprocess.Popen[str]:
        """A roost that runs meanwhile, in a session of its own, as a terminal's foreground job is a group of its own."""
        return subprocess.Popen(
            [ROOST, *words],
            cwd=cwd or self.root,
            env={**self.environ, "PWD": str(cwd or self.root)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def roost(self, *words: str | Path, cwd: Path | None = None, timeout: float = 120, **extra: str) -> subprocess.CompletedProcess[str]:
        return self.run([ROOST, *words], cwd, timeout, **extra)
