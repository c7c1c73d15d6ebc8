"""What a project's files say it needs, and the one command that installs it into an env (D1, D2)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, NamedTuple

from roost.rules.model import Env
from roost.rules.ranges import meets

REQUIREMENTS_FILE: Final = "requirements.txt"
REQUIREMENTS_FILES: Final = "requirements*.txt"
STANDARD_LOCK: Final = "pylock.toml"
_DEV: Final = "dev"
_ITEMS: Final = "write a requirements file, '-e .[dev]' or 'group:test'"
_PYLOCK: Final = re.compile(r"(.*/)?pylock(\.[^.]+)?\.toml")  # PEP 751
_OLDEST_PIP_FOR_PYLOCK: Final = (26, 1)
_GROUP: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


class ProjectFiles(NamedTuple):
    """What lies in a project's root and says what the project needs.

    ``names``: its files. ``installable``: can pip install what ``pyproject.toml`` describes? ``extras`` and
    ``groups``: its extras' names, and its ``[dependency-groups]`` as they are. ``pythons``: by the file that says
    so, the versions of Python that the project is for.
    """

    names: frozenset[str]
    installable: bool = False
    extras: tuple[str, ...] = ()
    groups: Mapping[str, Any] = {}
    pythons: Mapping[str, str] = {}


class Listed(NamedTuple):
    """What pip and uv install from: requirements files, directories, and groups of ``pyproject.toml``.

    ``expanded``: the requirements that the groups stand for.
    """

    requirements: tuple[str, ...] = ()
    editables: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    expanded: tuple[str, ...] = ()

    def describe(self) -> str:
        editables = (f"-e {name}" for name in self.editables)
        return ", ".join([*self.requirements, *editables, *(f"the group {name}" for name in self.groups)])


class Locked(NamedTuple):
    """A lock file of ``tool``, which alone can install from it. ``python``: what Python the project is for."""

    tool: str
    files: tuple[str, ...]
    python: str | None = None

    def describe(self) -> str:
        return self.files[0]


Source = Listed | Locked


class Means(NamedTuple):
    """What an installation is done with.

    ``python`` and ``pip``: the versions in the env. ``uv``: uv, if it is to do pip's work. ``programs``: what is
    found on PATH of ``PROGRAMS``.
    """

    env: Env
    python: str
    pip: tuple[int, ...]
    uv: Path | None
    programs: Mapping[str, Path]


class Command(NamedTuple):
    """What installs, started in the project's root. ``variables``: what shows it the env."""

    words: tuple[str, ...]
    variables: Mapping[str, str]


class Refusal(NamedTuple):
    """Why nothing can install it. ``command`` can be typed as it stands, ``advice`` is a sentence."""

    slug: str
    message: str
    command: str = ""
    advice: str = ""


class _Tool(NamedTuple):
    """A tool with a lock file of its own. ``{prefix}`` and ``{python}`` in its variables stand for the env's."""

    lock: str
    manifest: str
    words: tuple[str, ...]
    variables: Mapping[str, str]


# A lock that is out of date is refused by each of them, neither rewritten nor installed as it is.
_TOOLS: Final = {
    "uv": _Tool(
        "uv.lock",
        "pyproject.toml",
        # Without --inexact it takes out whatever the lock does not name: a kernel's ipykernel, for one.
        ("sync", "--locked", "--inexact"),
        # With the first alone, uv removes the env and makes one of its own, without pip, if it would have chosen another
        # Python: by .python-version, or because only its own downloads are preferred.
        {"UV_PROJECT_ENVIRONMENT": "{prefix}", "UV_PYTHON": "{python}", "UV_PYTHON_PREFERENCE": "system"},
    ),
    "poetry": _Tool(
        "poetry.lock",
        "pyproject.toml",
        ("install", "--no-interaction"),
        # VIRTUAL_ENV is enough. POETRY_VIRTUALENVS_CREATE=false, as often advised, lets it fill the interpreter itself
        # where it does not look at that variable: in conda's base.
        {},
    ),
    "pdm": _Tool(
        "pdm.lock",
        "pyproject.toml",
        ("install", "--check"),
        # The Python that it saved in .pdm-python would come first; without use_venv it fills __pypackages__.
        {"PDM_IGNORE_SAVED_PYTHON": "1", "PDM_USE_VENV": "1", "PDM_NON_INTERACTIVE": "1", "PDM_CHECK_UPDATE": "0"},
    ),
    "pipenv": _Tool(
        "Pipfile.lock",
        "Pipfile",
        ("install", "--deploy", "--dev"),
        # The first silences its notice that it uses an env which it did not make.
        {"PIPENV_VERBOSITY": "-1", "PIPENV_NOSPIN": "1"},
    ),
}
# Each would lead one of them past the env or into another project; with PIPENV_PYTHON, pipenv even removes the env.
_MISLEADING: Final = frozenset({
    "UV_MANAGED_PYTHON", "UV_NO_MANAGED_PYTHON", "UV_PROJECT", "UV_WORKING_DIR", "UV_WORKING_DIRECTORY",
    "PDM_IGNORE_ACTIVE_VENV", "PDM_LOCKFILE", "PDM_PROJECT",
    "PIPENV_ACTIVE", "PIPENV_IGNORE_VIRTUALENVS", "PIPENV_PIPFILE", "PIPENV_PYTHON",
})  # fmt: skip
# What installs a program for its user; the first that is there is named.
_INSTALLERS: Final = {"uv": "uv tool install", "pipx": "pipx install", "brew": "brew install"}
PROGRAMS: Final = frozenset({*_TOOLS, *_INSTALLERS})
LOCKS: Final = ("uv.lock", STANDARD_LOCK, "poetry.lock", "pdm.lock", "Pipfile.lock")  # in the order of D1


def parse_deps(value: object) -> bool | Listed:
    """``deps`` in the settings: true, false or a list (D). Raises ValueError, which says what to write."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("deps is neither true, false nor a list of strings; write deps = true")
    requirements, editables, groups = [], [], []
    for item in value:
        kind, _, name = item.partition(" " if item.startswith("-e") else ":")
        if kind == "-e" and _is_path(name.strip()):
            editables.append(name.strip())
        elif kind == "group" and _GROUP.fullmatch(name):
            groups.append(name)
        elif kind != "group" and _is_path(item) and "://" not in item:
            requirements.append(item)
        else:
            raise ValueError(f"deps has the item {item!a}, which is not something to install from; {_ITEMS}")
    return Listed(tuple(requirements), tuple(editables), tuple(groups))


def find_source(files: ProjectFiles, deps: bool | Listed) -> Source | None:
    """What ``deps`` means for a project: None if there is nothing to install. Raises ValueError for a group that is none.

    True is the first of these that the project has: a lock, requirements files, ``pyproject.toml``, ``setup.py`` (D1).
    """
    found = (_first_source(files) if deps else None) if isinstance(deps, bool) else deps
    if not isinstance(found, Listed):
        return found
    expanded = tuple(requirement for group in found.groups for requirement in expand_group(group, files.groups))
    return found._replace(expanded=expanded) if found.requirements or found.editables or expanded else None


def _first_source(files: ProjectFiles) -> Source | None:
    for lock in LOCKS:
        if lock in files.names:
            return _from_lock(lock, files)
    requirements = sorted((name for name in files.names if fnmatchcase(name, REQUIREMENTS_FILES)), key=lambda name: (name != REQUIREMENTS_FILE, name))
    if requirements:
        return Listed(tuple(requirements))
    groups = tuple(name for name in files.groups if _normalized(name) == _DEV)
    if files.installable:
        extras = [name for name in files.extras if _normalized(name) == _DEV]
        return Listed((), (f".[{extras[0]}]" if extras else ".",), groups)
    if groups:
        return Listed((), (), groups)
    return Listed((), (".",)) if "setup.py" in files.names else None


def _from_lock(lock: str, files: ProjectFiles) -> Source:
    name = next((name for name, tool in _TOOLS.items() if tool.lock == lock), None)
    if name is None:
        return Listed((lock,))
    manifest = _TOOLS[name].manifest
    return Locked(name, (lock, manifest), files.pythons.get(manifest))


def expand_group(name: str, groups: Mapping[str, Any], within: tuple[str, ...] = ()) -> list[str]:
    """The requirements of a group in ``[dependency-groups]``, with those of the groups that it includes (PEP 735).

    ``within``: the groups that include it. Raises ValueError.
    """
    key = next((key for key in groups if _normalized(key) == _normalized(name)), None)
    if key is None:
        raise ValueError(f"[dependency-groups] has no group {name!a}")
    if key in within:
        raise ValueError(f"the group {key!a} in [dependency-groups] includes itself")
    requirements: list[str] = []
    for item in groups[key] if isinstance(groups[key], list) else [None]:
        included = item.get("include-group") if isinstance(item, dict) and len(item) == 1 else None
        if isinstance(included, str):
            requirements += expand_group(included, groups, (*within, key))
        elif isinstance(item, str) and re.match(r"\s*[A-Za-z0-9]", item):
            requirements.append(item)
        else:  # a text that begins with a dash would be an option of pip's
            raise ValueError(f"the group {key!a} in [dependency-groups] has an entry that is neither a requirement nor an include-group")
    return list(dict.fromkeys(requirements))


def make_command(source: Source, means: Means) -> Command | Refusal:
    """What installs ``source`` into the env of ``means``, or why it cannot be done."""
    env = means.env
    if isinstance(source, Listed):
        pylock = next((name for name in source.requirements if _PYLOCK.fullmatch(name)), None)
        if pylock is not None and means.uv is None and means.pip < _OLDEST_PIP_FOR_PYLOCK:
            return Refusal("tool-missing", f"{pylock} needs uv, or a pip from {_dotted(_OLDEST_PIP_FOR_PYLOCK)} in the env", _get("uv", means.programs))
        return Command(_pip_words(source, means), {"VIRTUAL_ENV": str(env.prefix)})
    tool = _TOOLS[source.tool]
    program = means.programs.get(source.tool)
    if program is None:
        return Refusal("tool-missing", f"{tool.lock} needs {source.tool}, which is not on PATH", _get(source.tool, means.programs))
    if source.python is not None and not meets(means.python, source.python):
        # uv and Poetry say so themselves; pdm would make an env of its own.
        advice = "write a version that fits into .python-version"
        return Refusal("python-unfit", f"{tool.manifest} requires Python {source.python}, but the env has {means.python}", advice=advice)
    variables = {name: text.format(prefix=env.prefix, python=env.python) for name, text in tool.variables.items()}
    return Command((str(program), *tool.words), {"VIRTUAL_ENV": str(env.prefix), **variables})


def environment(command: Command, environ: Mapping[str, str]) -> dict[str, str]:
    """``environ``, already without what misleads pip and Python, for ``command``: nothing leads it into another place."""
    return {**{name: environ[name] for name in environ.keys() - _MISLEADING}, **command.variables}


def installer(env: Env, uv: Path | None) -> tuple[str, ...]:
    """What a command begins with that installs packages into ``env``: uv if there is one, else the env's own pip."""
    if uv is not None:
        return (str(uv), "pip", "install", "--python", str(env.python))
    return (str(env.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input")


def _pip_words(source: Listed, means: Means) -> tuple[str, ...]:
    # uv is given the groups by name, as it alone knows their [tool.uv.sources]; a pip before 25.1 knows no groups.
    options = {"--requirement": source.requirements, "--editable": source.editables, "--group": source.groups if means.uv else ()}
    words = [word for option, values in options.items() for value in values for word in (option, value)]
    return (*installer(means.env, means.uv), *words, *(() if means.uv else source.expanded))


def _get(tool: str, programs: Mapping[str, Path]) -> str:
    """The one line that gets ``tool``."""
    return f"{next((words for name, words in _INSTALLERS.items() if name in programs), 'python3 -m pip install --user')} {tool}"


def _is_path(text: str) -> bool:
    return bool(text.strip()) and not text.startswith("-") and text.isprintable()


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _dotted(release: Sequence[int]) -> str:
    return ".".join(map(str, release))
