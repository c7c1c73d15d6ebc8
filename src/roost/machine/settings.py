"""``[tool.roost]`` in a project's ``pyproject.toml``, and the user's ``config.toml``: the defaults of ``up``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from roost.machine.files import is_project_file, parse_toml, read_or_refuse
from roost.machine.layout import Layout
from roost.rules.errors import InvalidPin

if TYPE_CHECKING:
    from roost.rules.dependencies import Listed

_LIMIT: Final = 1 << 20  # bytes


class Settings(NamedTuple):
    """What ``up`` does besides making the env: should it register the env's kernel, and install what? None: nobody says."""

    kernel: bool | None = None
    deps: bool | Listed | None = None


def read(project: Path, layout: Layout) -> Settings:
    """The project's settings, and where it has none the user's. Raises InvalidPin for a file that cannot be used."""
    team = _table(project / "pyproject.toml", ("tool", "roost"))
    user = _table(layout.settings, ())
    said = {key: (team[key], project / "pyproject.toml") if key in team else (user.get(key), layout.settings) for key in Settings._fields}
    return Settings(_switch("kernel", *said["kernel"]), _deps(*said["deps"]))


def _table(path: Path, keys: tuple[str, ...]) -> Mapping[str, Any]:
    data = read_or_refuse(path, _LIMIT, InvalidPin) if is_project_file(path) else b""
    if not data or (keys and b"roost" not in data):
        return {}  # whatever else is wrong with it is not roost's business
    try:
        table: Any = parse_toml(data.decode())
        for key in keys:
            table = table.get(key, {})
    except (ValueError, AttributeError) as error:
        raise InvalidPin("settings-invalid", f"{path} is not valid TOML: {error}", advice="correct it, or remove roost's part", file=path) from error
    return table if isinstance(table, dict) else {}


def _deps(value: object, path: Path) -> bool | Listed | None:
    if value is None or isinstance(value, bool):
        return value
    from roost.rules.dependencies import parse_deps  # here: a list is rare, and is asked for by `up` alone

    try:
        return parse_deps(value)
    except ValueError as error:
        message, _, advice = str(error).partition("; ")
        raise InvalidPin("settings-invalid", f"{path}: {message}", advice=advice, file=path) from error


def _switch(key: str, value: object, path: Path) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise InvalidPin("settings-invalid", f"{key} in {path} is neither true nor false", advice=f"write {key} = true", file=path)
