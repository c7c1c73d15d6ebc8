"""What PYTHONPATH and its like hold decides nothing of what roost imports (V8), and a broken roost is one line (C)."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from roost.cli import crash
from roost.machine.layout import Layout
from tests.support.look import document, looks_ready, only_line
from tests.support.sandbox import REPOSITORY, ROOST, Sandbox

_NEEDED = ["typer", "click", "rich", "platformdirs", "packaging", "filelock", "virtualenv", "distlib", "python_discovery", "typing_extensions", "pydantic"]
_LIBRARY = ["json", "dataclasses", "enum", "re", "typing", "pathlib", "shutil", "signal", "collections", "contextlib", "subprocess", "tempfile", "logging"]
_MODULE: list[str | Path] = [sys.executable, "-m", "pyenv_roost"]


@pytest.fixture
def hostile(sandbox: Sandbox) -> Path:
    """A directory of modules that end whoever imports one of them, another `roost` among them."""
    directory = sandbox.root / "hostile"
    directory.mkdir()
    for name in (*_NEEDED, *_LIBRARY):
        (directory / f"{name}.py").write_text(f"raise SystemExit('{name} came from PYTHONPATH')\n")
    (directory / "roost").mkdir()
    (directory / "roost" / "__init__.py").write_text("raise SystemExit('roost came from PYTHONPATH')\n")
    return directory


@pytest.mark.parametrize("line", ["up -q", "status", "--help", "kernel list", "hook zsh", "up --nonsense", "up -r -q"])
@pytest.mark.parametrize("start", [[ROOST], _MODULE], ids=["roost", "python -m"])
def test_a_hostile_pythonpath(sandbox: Sandbox, newest: str, hostile: Path, start: list[str | Path], line: str) -> None:
    """V8: every command does and says what it does without."""
    sandbox.install(newest)
    project, words = sandbox.project("shop", newest, "shop-venv"), line.split(" ")
    if start is _MODULE:  # `python -m` itself imports modules of the library before it starts anything
        for name in _LIBRARY:
            (hostile / f"{name}.py").unlink()
    done = sandbox.run([*start, *words], cwd=project, PYTHONPATH=f"{hostile}::{hostile / 'roost'}:relative")
    alike = sandbox.run([*start, *words], cwd=project)
    assert (done.stdout, done.stderr, done.returncode) == (alike.stdout, alike.stderr, alike.returncode)
    assert "came from PYTHONPATH" not in done.stdout + done.stderr
    if "-q" in words:
        assert done.returncode == 0
        assert looks_ready(sandbox.env(newest, "shop-venv"))


def test_python_m_roost(sandbox: Sandbox, hostile: Path) -> None:
    """V8: with all but another `roost`, which Python itself would start."""
    (hostile / "roost" / "__init__.py").unlink()
    (hostile / "roost").rmdir()
    for name in _LIBRARY:
        (hostile / f"{name}.py").unlink()
    done = sandbox.run([sys.executable, "-m", "roost", "--help"], PYTHONPATH=str(hostile))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("start", [_MODULE, [sys.executable, "-m", "roost"]], ids=["pyenv_roost", "roost"])
def test_the_working_directory_of_python_m(sandbox: Sandbox, hostile: Path, start: list[str | Path]) -> None:
    """V8, S: a clone that one is in brings no modules of roost's."""
    for name in [*_LIBRARY, "roost/__init__"]:
        (hostile / f"{name}.py").unlink()
    (hostile / "roost").rmdir()
    done = sandbox.run([*start, "--help"], cwd=hostile)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_directory_of_roosts_own_stays(sandbox: Sandbox, hostile: Path) -> None:
    """V8: PYTHONPATH may name the library, the installed packages and the checkout as well."""
    library = Path(os.__file__).parent
    installed = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    own = [library, library / "lib-dynload", installed, REPOSITORY / "src"]
    for order in (own, own[::-1]):
        done = sandbox.roost("--help", PYTHONPATH=":".join(map(str, [hostile, *order])))
        assert (done.returncode, done.stderr) == (0, "")


def test_modules_that_were_loaded_from_there_before(sandbox: Sandbox, hostile: Path) -> None:
    """V8: a tracer's sitecustomize imports what it likes before roost begins."""
    for name in ("json", "platformdirs"):
        (hostile / f"{name}.py").write_text("")
    (hostile / "sitecustomize.py").write_text("import json, platformdirs\n")
    project = sandbox.project("shop", None, "shop-venv")
    done = sandbox.roost("status", "--json", cwd=project, PYTHONPATH=str(hostile))
    assert (done.returncode, done.stderr) == (4, "")
    assert document(done)["state"] == "invalid"


def test_the_home_directory_on_pythonpath(sandbox: Sandbox) -> None:
    """V8: Python and roost may lie anywhere below it."""
    done = sandbox.roost("--help", PYTHONPATH="/:" + ":".join(map(str, Path(sys.executable).parents)))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_variable_stays(sandbox: Sandbox, hostile: Path) -> None:
    """V8: programs of the user's get it as it is."""
    ask = "import os\nfrom pyenv_roost import main\nmain()\nassert os.environ['PYTHONPATH'].endswith('hostile')"
    done = sandbox.run([sys.executable, "-c", ask, "complete", "upg"], PYTHONPATH=str(hostile))
    assert (done.returncode, done.stdout, done.stderr) == (0, "upgrade\n", "")


@pytest.mark.parametrize("variable", ["PYTHONHOME", "__PYVENV_LAUNCHER__"])
def test_other_variables(sandbox: Sandbox, newest: str, hostile: Path, variable: str) -> None:
    """V8: with what Python itself still starts with."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    value = sys.base_prefix if variable == "PYTHONHOME" else sys.executable
    done = sandbox.roost("up", "-q", cwd=project, PYTHONPATH=str(hostile), **{variable: value})  # type: ignore[arg-type]
    assert (done.returncode, done.stderr) == (0, "")
    assert looks_ready(sandbox.env(newest, "shop-venv"))


_BROKEN = "import sys\nsys.modules[{name!r}] = None\nfrom pyenv_roost import main\nsys.exit(main())"


@pytest.mark.parametrize(("name", "line"), [("platformdirs", "status"), ("typer", "--help"), ("roost.cli.quick", "status"), ("virtualenv", "up -q")])
@pytest.mark.parametrize("as_json", [False, True])
def test_a_part_that_is_missing(sandbox: Sandbox, newest: str, name: str, line: str, as_json: bool) -> None:
    """C: one line, a log and what to type; never a traceback."""
    sandbox.install(newest)
    project = sandbox.project("shop", newest, "shop-venv")
    done = sandbox.run([sys.executable, "-c", _BROKEN.format(name=name), *line.split(" "), *(["--json"] if as_json else [])], cwd=project)
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    (log,) = sandbox.data.glob("logs/crash-*.log")
    assert said.startswith(f"roost: a part of roost is missing or broken: import of {name} halted; ")
    assert said.endswith(f"; type: pipx reinstall pyenv-roost, or report it with {log}")
    assert "Traceback" in log.read_text()
    if as_json:
        assert document(done)["error"]["file"] == str(log)


def test_a_log_keeps_no_values(sandbox: Sandbox) -> None:
    """C: it is sent along with a report, and the variables of a kernel may be secret."""
    words = ("kernel", "add", "--env", "TOKEN=hunter2")
    assert sandbox.run([sys.executable, "-c", _BROKEN.format(name="roost.cli.quick"), *words]).returncode == 1
    (log,) = sandbox.data.glob("logs/crash-*.log")
    assert "'TOKEN=...'" in log.read_text()
    assert "hunter2" not in log.read_text()


def test_a_log_that_cannot_be_written_there(sandbox: Sandbox) -> None:
    """C: it goes where temporary files go; if that cannot be either, the line says so."""
    sandbox.data.write_text("a file")
    start = [sys.executable, "-c", _BROKEN.format(name="platformdirs"), "status"]
    line = only_line(sandbox.run(start))
    (log,) = sandbox.tmp.glob("crash-*.log")
    assert line.endswith(f"or report it with {log}")
    blocked = sandbox.run(["/bin/sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *start])
    assert blocked.returncode == 1
    assert only_line(blocked).endswith("or no log could be written")


@pytest.mark.parametrize("missing", ["roost.cli.render", "roost.cli.crash"])
def test_an_error_while_an_error_is_reported(sandbox: Sandbox, missing: str) -> None:
    """C: still one line."""
    project = sandbox.project("shop", None, "shop")
    patch = f"import sys\nsys.modules['roost.cli.render'] = None\nsys.modules[{missing!r}] = None\nfrom pyenv_roost import main\nsys.exit(main())"
    done = sandbox.run([sys.executable, "-c", patch, "up"], cwd=project)
    assert done.returncode == 1
    assert "pipx reinstall pyenv-roost" in only_line(done)


@pytest.mark.parametrize(
    "environ", [{}, {"ROOST_HOME": "/r"}, {"XDG_STATE_HOME": "/state"}, {"XDG_STATE_HOME": "relative"}, {"XDG_STATE_HOME": ""}], ids=json.dumps
)
def test_the_log_lies_with_the_others(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> None:
    """C: by the layout's rule, without what the layout needs."""
    for name in ("ROOST_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert crash.log_directory() == Layout.from_environ(dict(os.environ), Path("/")).logs
