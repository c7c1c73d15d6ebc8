"""What `make test` does on a machine that lacks something: it makes it in the checkout, or names it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.needs import program
from tests.support.sandbox import REPOSITORY, Sandbox, lacking

pytestmark = pytest.mark.unmeasured


@pytest.fixture
def checkout(sandbox: Sandbox) -> Path:
    """As much of one as the scripts need; what they make lies in it."""
    for part in ("scripts", "tests/support"):
        shutil.copytree(REPOSITORY / part, sandbox.root / "checkout" / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "tests" / "__init__.py", sandbox.root / "checkout" / "tests")
    return sandbox.root / "checkout"


def _served(sandbox: Sandbox) -> str:
    """The machine's pyenv and pyenv-virtualenv as repositories side by side, and the address of the first."""
    sandbox.with_pyenv()
    for name, tree in (("pyenv", sandbox.pyenv_root), ("pyenv-virtualenv", sandbox.pyenv_root / "plugins" / "pyenv-virtualenv")):
        target = sandbox.root / "served" / name
        shutil.copytree(tree, target, symlinks=True, ignore=shutil.ignore_patterns(".git", "versions", "pyenv-virtualenv" if name == "pyenv" else ""))
        who = ["-c", "user.name=roost", "-c", "user.email=roost@example.org"]
        for words in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "-m", name]):
            subprocess.run([program("git"), *who, "-C", target, *words], check=True)
    return f"file://{sandbox.root}/served/pyenv"


def _make_pyenv(sandbox: Sandbox, checkout: Path, url: str, **extra: str) -> subprocess.CompletedProcess[str]:
    words: list[str | Path] = [sys.executable, "-m", "scripts.make_pyenv"]
    sandbox.extra |= {"ROOST_TEST_PYENV_URL": url, "UV_OFFLINE": "1", "UV_PYTHON_DOWNLOADS": "never", **extra}
    return sandbox.run(words, cwd=checkout)


def test_a_pyenv_is_cloned_and_the_machines_interpreters_are_linked(sandbox: Sandbox, checkout: Path, newest: str, second: str) -> None:
    """A pyenv of Homebrew's has its interpreters in ~/.pyenv and its commands elsewhere."""
    url = _served(sandbox)
    for version in (newest, second):
        sandbox.install(version)
    shutil.rmtree(sandbox.pyenv_root / "libexec")
    done = _make_pyenv(sandbox, checkout, url, ROOST_TEST_STRICT="1")
    made = checkout / ".cache" / "pyenv"
    assert (done.returncode, lacking(made)) == (0, []), done.stderr
    assert (made / "versions" / newest / "bin" / "python").samefile(sandbox.versions / newest / "bin" / "python")
    asked = sandbox.run([made / "bin" / "pyenv", "versions", "--bare"], PYENV_ROOT=str(made))
    assert set(asked.stdout.split()) == {newest, second}
    again = _make_pyenv(sandbox, checkout, "file:///nowhere/pyenv")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


@pytest.mark.parametrize("strict", ["0", "1"])
def test_what_cannot_be_had_is_named(sandbox: Sandbox, checkout: Path, strict: str) -> None:
    done = _make_pyenv(sandbox, checkout, "file:///nowhere/pyenv", ROOST_TEST_STRICT=strict)
    assert done.returncode == int(strict)
    assert "not available: pyenv, pyenv-virtualenv, two interpreters from 3.9 up in pyenv; " in done.stderr


def test_an_interpreter_that_does_not_run_is_none(sandbox: Sandbox, checkout: Path) -> None:
    """As one that was built for another place."""
    url = _served(sandbox)
    shutil.rmtree(sandbox.pyenv_root / "libexec")
    for version in ("3.12.1", "3.13.0"):
        sandbox.fake_interpreter(version)
    done = _make_pyenv(sandbox, checkout, url)
    assert "not available: two interpreters from 3.9 up in pyenv; " in done.stderr
    assert list((checkout / ".cache" / "pyenv" / "versions").iterdir()) == []


@pytest.mark.parametrize("strict", ["0", "1"])
def test_a_tool_that_cannot_be_installed_is_named(sandbox: Sandbox, strict: str) -> None:
    """Neither apt nor Homebrew is there, and nobody is asked for a password."""
    tools = sandbox.root / "bin"
    tools.mkdir()
    for name in ("bash", "env", "id", "uname", "grep", "ls"):
        (tools / name).symlink_to(program(name))
    done = sandbox.run([REPOSITORY / "scripts" / "needs", "ls", "zsh"], PATH=str(tools), ROOST_TEST_STRICT=strict)
    assert done.returncode == int(strict)
    assert done.stderr.splitlines()[0] == "missing: zsh"
    assert sandbox.run([REPOSITORY / "scripts" / "needs", "ls"], PATH=str(tools), ROOST_TEST_STRICT="1").returncode == 0


def test_a_venv_with_a_python_without_ensurepip(sandbox: Sandbox) -> None:
    """As Debian's python3 is until python3-venv is installed."""
    lacks = "import runpy, sys; sys.modules['ensurepip'] = None; sys.argv[1:] = ['made']; runpy.run_path(sys.argv.pop(), run_name='__main__')"
    script = REPOSITORY / "scripts" / "make_venv.py"
    base = os.path.realpath(sys.executable)
    done = sandbox.run([base, "-c", lacks.replace("sys.argv.pop()", repr(str(script)))], timeout=200)
    assert done.returncode == 0, done.stderr
    pip = sandbox.run([sandbox.root / "made" / "bin" / "pip", "--version"])
    assert str(sandbox.root / "made") in pip.stdout, pip.stderr


def test_a_strict_run_leaves_no_test_out(sandbox: Sandbox) -> None:
    """Beside a test that fails in both, one that needs what is not there."""
    (sandbox.root / "conftest.py").write_text("from tests.conftest import pytest_runtest_makereport, pytest_terminal_summary\n")
    (sandbox.root / "test_it.py").write_text("from tests.support.needs import program\ndef test_it():\n    program('no-such-tool')\n")
    words: list[str | Path] = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-c",
        "/dev/null",
        "--rootdir",
        sandbox.root,
        "test_it.py",
    ]
    lax = sandbox.run(words, PYTHONPATH=str(REPOSITORY))
    assert (lax.returncode, "not run, because they need no-such-tool: 1\n  test_it.py::test_it\n" in lax.stdout) == (0, True), lax.stdout
    strict = sandbox.run(words, PYTHONPATH=str(REPOSITORY), ROOST_TEST_STRICT="1")
    assert (strict.returncode, "needs no-such-tool" in strict.stdout) == (1, True), strict.stdout
