"""The sandbox, and a guard: a run that changes the real home, pyenv root or kernels fails."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.support.needs import is_strict, left_out, program
from tests.support.sandbox import BIN, REPOSITORY, Sandbox, current_versions, machines_pyenv_root, real_pyenv_root

_HOME = Path.home()
_GUARDED = (
    *(_HOME / name for name in (".zshrc", ".zshenv", ".zprofile", ".bashrc", ".bash_profile", ".bash_login", ".profile")),
    _HOME / ".local" / "share" / "roost",
    _HOME / ".cache" / "roost",
    _HOME / ".local" / "share" / "jupyter" / "kernels",
    _HOME / "Library" / "Application Support" / "roost",
    _HOME / "Library" / "Jupyter" / "kernels",
)


def _photograph() -> dict[str, object]:
    """Names and change times of what no test may touch."""
    seen: dict[str, object] = {}
    for path in _GUARDED:
        seen[str(path)] = path.stat().st_mtime_ns if path.exists() else None
    stores = {root / "versions" for root in (machines_pyenv_root(), real_pyenv_root())}
    for version in (version for store in stores if store.is_dir() for version in store.iterdir()):
        seen[str(version)] = version.stat().st_mtime_ns
        for below in ("envs", "bin", "lib"):
            if (version / below).exists():
                seen[str(version / below)] = (version / below).stat().st_mtime_ns
        for packages in version.glob("lib/python*/site-packages"):
            seen[str(packages)] = packages.stat().st_mtime_ns
    return seen


def pytest_sessionstart(session: pytest.Session) -> None:
    # Started in the background or by nohup, a run ignores these, and so would all that it starts.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    if not hasattr(session.config, "workerinput"):
        session.config.stash[_PHOTOGRAPH] = _photograph()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    before = session.config.stash.get(_PHOTOGRAPH, None)
    if before is None:
        return
    after = _photograph()
    touched = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    if touched:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        print("\nThe tests touched what is not theirs:", *touched, sep="\n  ")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and is_strict():
        report.outcome = "failed"
        report.longrepr = f"in a strict run no test is left out: {call.excinfo and call.excinfo.value}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = left_out(terminalreporter.getreports("skipped"))
    if lines:
        terminalreporter.section("tests that did not run")
        for line in lines:
            terminalreporter.line(line)


_PHOTOGRAPH = pytest.StashKey[dict[str, object]]()


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> Sandbox:
    """An empty machine: no interpreter, no pyenv command, no project.

    The coverage counts what commands do in the tests of tests/e2e. To measure all tests would take much longer and add nothing.
    """
    measured = request.path.is_relative_to(REPOSITORY / "tests" / "e2e") and request.node.get_closest_marker("unmeasured") is None
    return Sandbox(tmp_path / "machine", measured=measured)


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make wheelhouse` makes."""
    target = tmp_path_factory.mktemp("wheelhouse")
    words = [program("make"), "-C", str(REPOSITORY), "-o", ".venv/dev", "wheelhouse", f"WHEELHOUSE={target}", f"BIN={BIN}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture
def offline(sandbox: Sandbox, wheelhouse: Path) -> Sandbox:
    """A machine with the wheels and no index; its user's programs are in ~/.local/bin."""
    sandbox.path = f"{sandbox.home}/.local/bin:{sandbox.path}"
    sandbox.extra |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheelhouse), "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_CONFIG_FILE": os.devnull}
    sandbox.extra |= {"UV_NO_INDEX": "1", "UV_FIND_LINKS": str(wheelhouse), "UV_OFFLINE": "1", "UV_NO_CONFIG": "1"}
    return sandbox


@pytest.fixture
def newest() -> str:
    """The newest interpreter of the machine's pyenv."""
    return current_versions()[-1]


@pytest.fixture
def second() -> str:
    """The one before it."""
    return current_versions()[-2]


@pytest.fixture(autouse=True)
def _own_directory(tmp_path: Path) -> Iterator[None]:
    """No test leaves the process in another directory or with another environment."""
    cwd, environ = Path.cwd(), dict(os.environ)
    yield
    assert Path.cwd() == cwd
    assert {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"} == {
        key: value for key, value in environ.items() if key != "PYTEST_CURRENT_TEST"
    }
