"""What a project needs, and the command that installs it (D1, D2); values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from roost.rules.dependencies import Command, Listed, Locked, Means, ProjectFiles, Refusal, environment, expand_group, find_source, make_command, parse_deps
from roost.rules.model import Env, EnvState

ENV = Env("shop", Path("/p/versions/3.12.1/envs/shop"), EnvState.READY)
UV = Path("/bin/uv")
TOOLS = {name: Path("/bin") / name for name in ("uv", "poetry", "pdm", "pipenv")}
PIP = ("/p/versions/3.12.1/envs/shop/bin/python", "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
UV_PIP = ("/bin/uv", "pip", "install", "--python", "/p/versions/3.12.1/envs/shop/bin/python")
EVERYTHING = ("uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock", "requirements.txt")
GROUPS = {"dev": ["idna"]}


def project(*names: str, **more: Any) -> ProjectFiles:
    return ProjectFiles(frozenset(names), **more)


def means(uv: Path | None = None, pip: tuple[int, ...] = (26, 3), programs: Mapping[str, Path] = TOOLS, python: str = "3.12.1") -> Means:
    return Means(ENV, python, pip, uv, programs)


def command(source: Listed | Locked, given: Means) -> Command:
    made = make_command(source, given)
    assert isinstance(made, Command), made
    return made


@pytest.mark.parametrize("passed", range(len(EVERYTHING) + 1))
def test_the_first_source_counts(passed: int) -> None:
    """D1: the order, one by one."""
    found = find_source(project(*EVERYTHING[passed:], "setup.py", installable=True), deps=True)
    assert (
        found
        == (
            Locked("uv", ("uv.lock", "pyproject.toml")),
            Listed(("pylock.toml",)),
            Locked("poetry", ("poetry.lock", "pyproject.toml")),
            Locked("pdm", ("pdm.lock", "pyproject.toml")),
            Locked("pipenv", ("Pipfile.lock", "Pipfile")),
            Listed(("requirements.txt",)),
            Listed((), (".",)),
        )[passed]
    )


@pytest.mark.parametrize(
    ("files", "source"),
    [
        (
            project("requirements-test.txt", "requirements.txt", "requirements-dev.txt"),
            Listed(("requirements.txt", "requirements-dev.txt", "requirements-test.txt")),
        ),
        (project("requirements.txt", installable=True, extras=("dev",)), Listed(("requirements.txt",))),
        (project(installable=True, extras=("docs", "Dev")), Listed((), (".[Dev]",))),
        (project(installable=True, extras=("docs",)), Listed((), (".",))),
        (project(installable=True, groups=GROUPS), Listed((), (".",), ("dev",), ("idna",))),
        (project(installable=True, extras=("dev",), groups={"DEV": ["idna"]}), Listed((), (".[dev]",), ("DEV",), ("idna",))),
        (project(groups=GROUPS), Listed((), (), ("dev",), ("idna",))),
        (project("setup.py", groups={"docs": ["idna"]}), Listed((), (".",))),
        (project(installable=True, groups={"dev": []}), Listed((), (".",), ("dev",))),
        (project(groups={"dev": []}), None),
        (project(), None),
    ],
)
def test_what_a_project_without_a_lock_needs(files: ProjectFiles, source: Listed | None) -> None:
    """D1: requirements files, `-e .` with the dev group or extra, setup.py."""
    assert find_source(files, deps=True) == source
    assert find_source(files, deps=False) is None


def test_the_python_that_a_lock_is_for() -> None:
    pythons = {"pyproject.toml": ">=3.10", "Pipfile": "3.12"}
    assert find_source(project("pdm.lock", pythons=pythons), deps=True) == Locked("pdm", ("pdm.lock", "pyproject.toml"), ">=3.10")
    assert find_source(project("Pipfile.lock", pythons=pythons), deps=True) == Locked("pipenv", ("Pipfile.lock", "Pipfile"), "3.12")


@pytest.mark.parametrize(
    ("value", "parsed"),
    [
        (True, True),
        (False, False),
        ([], Listed()),
        (["requirements-dev.txt"], Listed(("requirements-dev.txt",))),
        (["requirements/dev.txt", "pylock.dev.toml"], Listed(("requirements/dev.txt", "pylock.dev.toml"))),
        (["-e .[dev]", "-e  ./my library"], Listed((), (".[dev]", "./my library"))),
        (["group:test", "group:a.b"], Listed((), (), ("test", "a.b"))),
        (["group:test", "-e .", "requirements.txt"], Listed(("requirements.txt",), (".",), ("test",))),
    ],
)
def test_what_the_settings_ask_for(value: object, parsed: bool | Listed) -> None:
    """D: `deps` in [tool.roost]."""
    assert parse_deps(value) == parsed


@pytest.mark.parametrize(
    "value",
    [
        *(None, 1, "requirements.txt", {}, [1], ["requirements.txt", None]),
        *([item] for item in ("", " ", "-e", "-e ", "-e --index-url=x", "-r requirements.txt", "--index-url=x", "-e.", "--editable .")),
        *([item] for item in ("group:", "group:-x", "group:a b", "group: test", "https://example.org/requirements.txt", "a\nb", "a\x1b[31m")),
    ],
)
def test_settings_that_ask_for_nothing_to_install_from(value: object) -> None:
    """D5: no item is an option of pip's; what is said can be shown."""
    with pytest.raises(ValueError, match=r"; write ") as refusal:
        parse_deps(value)
    assert str(refusal.value).isprintable()
    assert str(refusal.value).isascii()


def test_a_list_is_taken_as_it_is() -> None:
    """D: its groups are looked up, and what it asks for comes before what the project has."""
    files = project(*EVERYTHING, installable=True, groups=GROUPS)
    assert find_source(files, Listed(("requirements.txt",), (".",), ("dev",))) == Listed(("requirements.txt",), (".",), ("dev",), ("idna",))
    assert find_source(files, Listed()) is None


@pytest.mark.parametrize(
    ("groups", "requirements"),
    [
        ({"test": ["six==1.16.0", "idna[all]>=3; python_version < '4'"]}, ["six==1.16.0", "idna[all]>=3; python_version < '4'"]),
        ({"test": [{"include-group": "base"}, "idna"], "base": ["six"]}, ["six", "idna"]),
        ({"test": [{"include-group": "a"}, {"include-group": "b"}], "a": [{"include-group": "c"}], "b": [{"include-group": "c"}], "c": ["six"]}, ["six"]),
        ({"TEST": [{"include-group": "A_b"}], "a.B": ["six"]}, ["six"]),
        ({"test": []}, []),
    ],
)
def test_the_requirements_of_a_group(groups: dict[str, Any], requirements: list[str]) -> None:
    """D2, PEP 735."""
    assert expand_group("test", groups) == requirements


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({}, "has no group 'test'"),
        ({"test": [{"include-group": "base"}]}, "has no group 'base'"),
        ({"test": [{"include-group": "test"}]}, "includes itself"),
        ({"test": [{"include-group": "a"}], "a": [{"include-group": "TEST"}]}, "includes itself"),
        ({"test": "six"}, "neither a requirement"),
        ({"test": [1]}, "neither a requirement"),
        ({"test": [{"include-group": "test", "more": 1}]}, "neither a requirement"),
        ({"test": [{"include-group": 1}]}, "neither a requirement"),
        ({"test": ["--index-url=https://example.org"]}, "neither a requirement"),
        ({"test": [" -e ."]}, "neither a requirement"),
        ({"test": [""]}, "neither a requirement"),
    ],
)
def test_a_group_that_cannot_be_installed(groups: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        find_source(project(groups=groups), Listed((), (), ("test",)))


SOURCE = Listed(("a.txt", "b.txt"), (".[dev]",), ("test",), ("six", "idna"))


def test_what_pip_is_told() -> None:
    """D2: the groups spelled out, as a pip before 25.1 knows none."""
    made = command(SOURCE, means())
    assert made.words == (*PIP, "--requirement", "a.txt", "--requirement", "b.txt", "--editable", ".[dev]", "six", "idna")


def test_what_uv_is_told_in_place_of_pip() -> None:
    """D2: the groups by name, for their [tool.uv.sources]."""
    made = command(SOURCE, means(UV))
    assert made.words == (*UV_PIP, "--requirement", "a.txt", "--requirement", "b.txt", "--editable", ".[dev]", "--group", "test")


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ("uv", ("/bin/uv", "sync", "--locked", "--inexact")),
        ("poetry", ("/bin/poetry", "install", "--no-interaction")),
        ("pdm", ("/bin/pdm", "install", "--check")),
        ("pipenv", ("/bin/pipenv", "install", "--deploy", "--dev")),
    ],
)
def test_what_a_lock_s_own_tool_is_told(tool: str, words: tuple[str, ...]) -> None:
    """D1: the tool that made the lock, whatever else there is; the env by its variables."""
    for uv in (None, UV):
        made = command(Locked(tool, ()), means(uv, ()))
        assert made.words == words
        assert made.variables["VIRTUAL_ENV"] == str(ENV.prefix)
    assert command(Locked("uv", ()), means()).variables["UV_PROJECT_ENVIRONMENT"] == str(ENV.prefix)


@pytest.mark.parametrize(
    ("programs", "typed"),
    [
        ({"uv", "pipx", "brew"}, "uv tool install poetry"),
        ({"pipx", "brew"}, "pipx install poetry"),
        ({"brew", "pdm"}, "brew install poetry"),
        (set(), "python3 -m pip install --user poetry"),
    ],
)
def test_the_line_that_gets_a_missing_tool(programs: set[str], typed: str) -> None:
    """D1: exit 9, and nothing else is tried in its place."""
    refusal = make_command(Locked("poetry", ()), means(programs={name: Path("/bin") / name for name in programs}))
    assert refusal == Refusal("tool-missing", "poetry.lock needs poetry, which is not on PATH", typed)


@pytest.mark.parametrize("name", ["pylock.toml", "pylock.dev.toml", "locks/pylock.toml"])
def test_a_standard_lock_needs_uv_or_a_new_pip(name: str) -> None:
    """D1."""
    assert command(Listed((name,)), means(pip=(26, 1))).words == (*PIP, "--requirement", name)
    assert command(Listed((name,)), means(UV, ())).words == (*UV_PIP, "--requirement", name)
    for pip in ((26, 0, 1), ()):
        refusal = make_command(Listed((name,)), means(pip=pip, programs={}))
        assert refusal == Refusal("tool-missing", f"{name} needs uv, or a pip from 26.1 in the env", "python3 -m pip install --user uv")
    assert isinstance(make_command(Listed(("my-pylock.toml.txt",)), means(pip=(9,))), Command)


@pytest.mark.parametrize("tool", ["uv", "poetry", "pdm", "pipenv"])
def test_a_lock_for_another_python_is_refused(tool: str) -> None:
    """pdm would make an env of its own in the project."""
    refusal = make_command(Locked(tool, (), ">=3.13"), means())
    assert isinstance(refusal, Refusal)
    assert refusal.slug == "python-unfit"
    assert "requires Python >=3.13, but the env has 3.12.1" in refusal.message
    assert refusal.advice == "write a version that fits into .python-version"
    assert isinstance(make_command(Locked(tool, (), ">=3.13"), means(python="3.13.0")), Command)


def test_the_environment_of_a_command() -> None:
    """Nothing that would lead a tool past the env stays; where packages come from does."""
    kept = {"PATH": "/bin", "UV_DEFAULT_INDEX": "https://example.org", "POETRY_HTTP_BASIC_X_PASSWORD": "x", "PIPENV_PYPI_MIRROR": "https://example.org"}
    misleading = {"PIPENV_PYTHON": "3.11", "UV_MANAGED_PYTHON": "1", "PDM_PROJECT": "/x", "VIRTUAL_ENV": "/x"}
    made = Command((), {"VIRTUAL_ENV": "/env"})
    assert environment(made, {**kept, **misleading}) == {**kept, "VIRTUAL_ENV": "/env"}
