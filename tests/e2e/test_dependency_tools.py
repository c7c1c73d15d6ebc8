"""The commands of D1 and D2 with the real tools: each fills the env that it is shown, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from roost.machine.manifests import read_dependencies
from roost.machine.packages import installed
from roost.machine.process import for_packages
from roost.rules.dependencies import PROGRAMS, Command, Listed, Means, environment, find_source, make_command
from roost.rules.model import Env, EnvState
from tests.support.sandbox import Sandbox
from tests.support.tools import package_index, toolbox

pytestmark = pytest.mark.unmeasured

PYPROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "shop"
version = "1"
requires-python = ">=3.9"
dependencies = ["six==1.16.0"]
[project.optional-dependencies]
dev = ["toml"]
[dependency-groups]
base = ["idna"]
dev = [{include-group = "base"}]
[tool.setuptools]
packages = ["shop"]
"""
PIPFILE = """
[[source]]
name = "index"
url = "{index}"
verify_ssl = false
[packages]
six = "==1.16.0"
[dev-packages]
idna = "*"
"""
# What the index is called in each tool's own words.
SOURCES = {
    "uv": "",
    "poetry": '[[tool.poetry.source]]\nname = "index"\nurl = "{index}"\n',
    "pdm": '[[tool.pdm.source]]\nname = "pypi"\nurl = "{index}"\nverify_ssl = false\n',
}
LOCKING = {"uv": ("lock",), "poetry": ("lock", "--no-interaction"), "pdm": ("lock",), "pipenv": ("lock",)}
TOOLS = tuple(LOCKING)
# What leads one of the tools past the env, or makes it remove the env, if it is not kept away.
HOSTILE = {
    "CONDA_DEFAULT_ENV": "base",
    "CONDA_PREFIX": "/opt/conda",
    "PDM_IGNORE_ACTIVE_VENV": "1",
    "PDM_IN_VENV": "in-project",
    "PDM_LOCKFILE": "other.lock",
    "PDM_PROJECT": "/",
    "PDM_PYTHON": sys.executable,
    "PDM_USE_VENV": "0",
    "PIPENV_ACTIVE": "1",
    "PIPENV_IGNORE_VIRTUALENVS": "1",
    "PIPENV_PIPFILE": "/Pipfile",
    "PIPENV_YES": "1",
    "PIP_TARGET": "/",
    "POETRY_VIRTUALENVS_IN_PROJECT": "true",
    "UV_MANAGED_PYTHON": "1",
    "UV_NO_MANAGED_PYTHON": "1",
    "UV_PROJECT": "/",
    "UV_PROJECT_ENVIRONMENT": "/nowhere",
    "UV_PYTHON": sys.executable,
    "UV_WORKING_DIR": "/",
    "UV_WORKING_DIRECTORY": "/",
}


class Workshop(NamedTuple):
    """A project, an env for it, and what it takes to install the one into the other."""

    sandbox: Sandbox
    project: Path
    env: Env
    python: str

    def command(self, deps: bool | Listed = True, *, uv: bool = False, pip: tuple[int, ...] = (26, 1)) -> Command:
        """What roost makes of the project's files."""
        source = find_source(read_dependencies(self.project), deps)
        assert source is not None
        programs = {name: toolbox() / name for name in PROGRAMS if (toolbox() / name).exists()}
        command = make_command(source, Means(self.env, self.python, pip, programs["uv"] if uv else None, programs))
        assert isinstance(command, Command), command
        return command

    def run(self, command: Command, **variables: str) -> subprocess.CompletedProcess[str]:
        environ = environment(command, for_packages({**self.sandbox.environ, **variables}))
        return subprocess.run(command.words, cwd=self.project, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False)

    def install(self, command: Command, **variables: str) -> None:
        done = self.run(command, **variables)
        assert done.returncode == 0, done.stdout + done.stderr

    def packages(self) -> dict[str, str]:
        return installed(self.env.prefix)

    def put(self, *packages: str) -> None:
        """Installs packages into the env, as its user would."""
        done = self.sandbox.run([toolbox() / "uv", "pip", "install", "--quiet", "--python", self.env.python, *packages])
        assert done.returncode == 0, done.stderr

    def photograph(self) -> dict[str, object]:
        """The project's files, where there are envs, and what is in the interpreters; setuptools leaves its metadata in the project."""
        files = (path for path in self.project.rglob("*") if path.is_file() and ".egg-info" not in str(path) and "build" not in path.parts)
        return {
            "files": {str(path): path.read_bytes() for path in files},
            "envs": sorted(path.parent for path in self.sandbox.root.rglob("pyvenv.cfg")),
            "env": (self.env.prefix / "pyvenv.cfg").read_bytes(),
            "interpreters": {path.name: installed(path) for path in self.sandbox.versions.iterdir()},
        }


@pytest.fixture(scope="module")
def index() -> Iterator[str]:
    with package_index() as address:
        yield address


@pytest.fixture
def workshop(sandbox: Sandbox, newest: str, index: str) -> Workshop:
    sandbox.install(newest)
    sandbox.extra |= {"PIP_INDEX_URL": index, "UV_DEFAULT_INDEX": index}
    env = Env("shop-env", sandbox.env(newest, "shop-env"), EnvState.READY)
    _make_env(sandbox, sandbox.versions / newest, env.prefix)
    project = sandbox.project("shop", newest, env.name)
    (project / "shop").mkdir()
    (project / "shop" / "__init__.py").touch()
    (project / "pyproject.toml").write_text(PYPROJECT)
    return Workshop(sandbox, project, env, newest)


def _make_env(sandbox: Sandbox, interpreter: Path, prefix: Path) -> None:
    done = sandbox.run([sys.executable, "-m", "virtualenv", "--quiet", "--python", interpreter / "bin" / "python", prefix])
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def _locks() -> dict[str, bytes]:
    """The locks that were made so far: each tool makes its own but once."""
    return {}


@pytest.fixture
def lock(workshop: Workshop, index: str, _locks: dict[str, bytes]) -> Callable[[str], Path]:
    """Puts into the project what the tool calls a manifest, and the lock that the tool makes from it."""

    def lay(tool: str) -> Path:
        name = "Pipfile.lock" if tool == "pipenv" else f"{tool}.lock"
        if tool == "pipenv":
            (workshop.project / "pyproject.toml").unlink()
            (workshop.project / "Pipfile").write_text(PIPFILE.format(index=index))
        else:
            (workshop.project / "pyproject.toml").write_text(PYPROJECT + SOURCES[tool].format(index=index))
        if tool not in _locks:
            (workshop.project / name).touch()  # an empty one shows the way to the tool
            made = workshop.command()
            (workshop.project / name).unlink()
            workshop.install(made._replace(words=(made.words[0], *LOCKING[tool])))
            _locks[tool] = (workshop.project / name).read_bytes()
        (workshop.project / name).write_bytes(_locks[tool])
        return workshop.project / name

    return lay


@pytest.mark.parametrize("tool", TOOLS)
def test_a_lock_fills_the_env_and_nothing_else(workshop: Workshop, lock: Callable[[str], Path], second: str, tool: str) -> None:
    """D1: whatever the user's variables say, and whatever other envs the project has had; what is in the env stays."""
    lock(tool)
    sandbox = workshop.sandbox
    sandbox.install(second)
    _make_env(sandbox, sandbox.versions / second, workshop.project / ".venv")
    (workshop.project / ".pdm-python").write_text(str(workshop.project / ".venv" / "bin" / "python"))
    (workshop.project / ".python-version").write_text(f"{second}\n")
    (workshop.project / "uv.toml").write_text('python-preference = "only-managed"\n')
    workshop.put("toml")
    before, stays = workshop.photograph(), installed(workshop.project / ".venv")
    workshop.install(workshop.command(), **HOSTILE, PIPENV_PYTHON=second)
    assert workshop.packages().items() >= {"six": "1.16.0", "idna": "3.10", "toml": "0.10.2"}.items()
    assert "pip" in workshop.packages()
    assert ("shop" in workshop.packages()) is (tool != "pipenv")
    assert workshop.photograph() == before
    assert installed(workshop.project / ".venv") == stays


@pytest.mark.parametrize("tool", TOOLS)
def test_a_lock_that_is_out_of_date_is_refused(workshop: Workshop, lock: Callable[[str], Path], tool: str) -> None:
    """D1: it is neither installed as it is nor written anew; the env stays as it was (D4)."""
    lock(tool)
    manifest = workshop.project / ("Pipfile" if tool == "pipenv" else "pyproject.toml")
    manifest.write_text(manifest.read_text().replace("==1.16.0", ">=1.15"))
    before, stays = workshop.photograph(), workshop.packages()
    assert workshop.run(workshop.command()).returncode != 0
    assert workshop.photograph() == before
    assert workshop.packages() == stays


LISTED = Listed(("requirements.txt",), (".[dev]",), ("dev",))


@pytest.mark.parametrize("installer", ["uv", "pip", "old pip"])
def test_a_list_is_installed_by_uv_and_by_any_pip(workshop: Workshop, installer: str) -> None:
    """D2: nested -r and -c, extras, editable installs and groups, the pip that knows no groups included."""
    (workshop.project / "requirements.txt").write_text("-r requirements/base.txt\n")
    (workshop.project / "requirements").mkdir()
    (workshop.project / "requirements" / "base.txt").write_text("-c limits.txt\nsix\n")
    (workshop.project / "requirements" / "limits.txt").write_text("six<1.17\n")
    workshop.put("pip==24.0" if installer == "old pip" else "pip==26.1")
    before = workshop.photograph()
    workshop.install(workshop.command(LISTED, uv=installer == "uv"), **HOSTILE)
    assert {name for name in workshop.packages() if name not in {"pip", "setuptools"}} == {"shop", "six", "idna", "toml"}
    assert workshop.photograph() == before


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_a_project_without_a_lock(workshop: Workshop, installer: str) -> None:
    """D1: `-e .` with the dev group and the dev extra; the package is the project's directory."""
    workshop.install(workshop.command(uv=installer == "uv"))
    assert workshop.packages().keys() >= {"shop", "six", "idna", "toml"}
    (workshop.project / "shop" / "__init__.py").write_text("print('from the project')\n")
    assert workshop.sandbox.run([workshop.env.python, "-I", "-c", "import shop"]).stdout == "from the project\n"


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_a_standard_lock(workshop: Workshop, lock: Callable[[str], Path], installer: str) -> None:
    """D1, PEP 751: uv, or a pip from 26.1."""
    lock("uv")
    export = workshop.command()
    workshop.install(export._replace(words=(export.words[0], "export", "--locked", "--no-emit-project", "--output-file", "pylock.toml")))
    (workshop.project / "uv.lock").unlink()
    workshop.put("pip==26.1")
    workshop.install(workshop.command(uv=installer == "uv"))
    assert workshop.packages().items() >= {"six": "1.16.0", "idna": "3.10"}.items()
