"""Jupyter kernels: their names, what people read of them, and the content of ``kernel.json``."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from roost.rules.errors import to_type
from roost.rules.model import SCHEMA

# Jupyter itself accepts `..` and `.`, and then empties its whole data directory.
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
NAME_RULE: Final = "use only a-z, 0-9, '.', '_' and '-', with a letter or digit at both ends, at most 64 characters"
# Names that Jupyter, or VS Code, takes for the default kernel of an interpreter.
_RESERVED: Final = re.compile(r"python\d*.?\d*")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# For clients that do not fill in `${PATH}`: with these, at least `ls` is found.
_PATH_TAIL: Final = "/usr/bin:/bin:/usr/sbin:/sbin"
ISOLATION: Final = {"PYTHONPATH": "", "PYTHONSTARTUP": ""}


class KernelState(str, enum.Enum):
    """What a look at a kernel tells, without starting it."""

    OK = "ok"
    STALE = "stale"  # its interpreter or its ipykernel is gone
    BROKEN = "broken"  # its kernel.json cannot be used


class Asked(NamedTuple):
    """What the user asked for at registration; it stays through rebuilds and upgrades."""

    display_name: str | None = None
    variables: Mapping[str, str] = {}


class OwnerMark(NamedTuple):
    """``metadata.roost`` in a kernel.json: the kernel is ours, and this is where it comes from."""

    env: Path
    project: Path | None
    python: str
    asked: Asked = Asked()

    def same_owner(self, env: Path, project: Path | None) -> bool:
        """Does the kernel belong to that env, or to that project, whose env may have moved?"""
        return self.env == env or (project is not None and self.project == project)

    @property
    def owner(self) -> Path:
        return self.project or self.env


class Kernel(NamedTuple):
    """A kernelspec on disk. ``mark`` is None for a foreign one; ``reason`` says why it is not ok."""

    name: str
    path: Path
    display_name: str
    interpreter: str
    mark: OwnerMark | None
    state: KernelState
    reason: str = ""
    shadowed: bool = False


class Registration(NamedTuple):
    """A kernel to be written. ``pyenv_version``: what pyenv calls the env, None if it does not know it."""

    name: str
    display_name: str
    mark: OwnerMark
    pyenv_version: str | None
    ipykernel: str

    def document(self, staged: Mapping[str, Any]) -> dict[str, Any]:
        """``kernel.json``: what ipykernel wrote for its own version, with our name, variables and mark."""
        env = str(self.mark.env)
        ours = {"VIRTUAL_ENV": _literal(env), "PATH": f"{_literal(env)}/bin:${{PATH}}:{_PATH_TAIL}"}
        if self.pyenv_version is not None:
            # For a shell whose start-up file puts pyenv's shims before PATH.
            ours["PYENV_VERSION"] = self.pyenv_version
        mark: dict[str, Any] = {
            "schema": SCHEMA,
            "env": env,
            "project": str(self.mark.project) if self.mark.project else None,
            "python": self.mark.python,
            "ipykernel": self.ipykernel,
        }
        asked = self.mark.asked
        given = {"display_name": asked.display_name, "env": dict(asked.variables)}
        if any(given.values()):
            mark["asked"] = {key: value for key, value in given.items() if value}
        return {
            **staged,
            "argv": [f"{env}/bin/python", *staged["argv"][1:]],
            "display_name": self.display_name,
            "metadata": {**staged.get("metadata", {}), "roost": mark},
            "env": {**staged.get("env", {}), **ours, **asked.variables},
        }


def checked_name(word: str) -> str | None:
    """``word`` as a kernel name, lower-case as Jupyter stores it; None if it must not be one."""
    name = word.lower()
    return name if _NAME.fullmatch(name) and not _RESERVED.fullmatch(name) else None


def default_names(env_name: str, project: Path | None, version: str) -> tuple[str, str]:
    """The name of an env's kernel, and the one to take if another project of ours has that.

    No Python version in it where there is a project: notebooks store the name, and it outlives upgrades.
    """
    return _slug(env_name), _slug(f"{env_name}-{project.name if project else version}")


def display_names(env_name: str, project: Path | None, version: str) -> list[str]:
    """What people read, the shortest first; the later ones tell namesakes apart."""
    python = ".".join(version.split(".")[:2])
    beside = [part for part in (project.name, project.parent.name) if part and part != env_name] if project else [version]
    return [f"{env_name} (Python {python})", *(f"{env_name} - {part} (Python {python})" for part in beside)]


def unused(names: list[str], used: Collection[str]) -> str:
    """The first of ``names`` that is not in ``used``, else the last."""
    return next((name for name in names if name not in used), names[-1])


def parse_variable(text: str) -> tuple[str, str] | None:
    """``K=V`` of ``--env``, None if it is none."""
    name, equals, value = text.partition("=")
    return (name, value) if equals and _VARIABLE.fullmatch(name) else None


def parse_mark(document: Mapping[str, Any]) -> OwnerMark | None:
    """Our mark in a kernel.json, None if it has none that can be used."""
    metadata = document.get("metadata")
    mark = metadata.get("roost") if isinstance(metadata, dict) else None
    if not isinstance(mark, dict) or not isinstance(mark.get("schema"), int):
        return None
    env = _directory(mark.get("env"))
    if env is None:
        return None
    python, asked = mark.get("python"), mark.get("asked")
    asked = asked if isinstance(asked, dict) else {}
    display_name, variables = asked.get("display_name"), asked.get("env")
    return OwnerMark(
        env,
        _directory(mark.get("project")),
        python if isinstance(python, str) else "",
        Asked(
            display_name if isinstance(display_name, str) else None,
            {name: value for name, value in variables.items() if _VARIABLE.fullmatch(name) and isinstance(value, str)} if isinstance(variables, dict) else {},
        ),
    )


def renewal(prefix: Path) -> str:
    """The command that installs ipykernel again, with the packages that it needs: one of those may be what is broken."""
    return to_type(prefix / "bin" / "python", "-m", "pip", "install", "--force-reinstall", "ipykernel")


def _directory(value: object) -> Path | None:
    """``value`` as an absolute path that a system call takes, None if it is none: anybody may have written it."""
    if not isinstance(value, str) or not value.startswith("/") or "\0" in value:
        return None
    try:
        value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return None
    return Path(value)


def _slug(text: str) -> str:
    name = re.sub(r"[^a-z0-9._-]", "-", text.lower()).strip("._-")[:64].rstrip("._-")  # cut before it is judged: what is left may be reserved
    return f"proj-{name}"[:64].rstrip("._-") if _RESERVED.fullmatch(name) else name


def _literal(path: str) -> str:
    """jupyter_client fills variables in; ``$$`` is its word for a dollar sign."""
    return path.replace("$", "$$")
