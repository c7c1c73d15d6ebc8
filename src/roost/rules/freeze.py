"""Packages as ``pip freeze`` writes them, and what became of each on its way into another env (U2, U3)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
# What a new env has without anybody's wish; from 3.12 on it is pip alone.
_SEEDS: Final = frozenset({"pip"})
_OLD_SEEDS: Final = _SEEDS | {"setuptools", "wheel", "distribute"}
_EDITABLE: Final = "-e "


class Package(NamedTuple):
    """A package of an env. ``line``: as ``pip freeze`` writes it. ``loose``: the same without its version; empty for what has just one form.

    ``tied``: were its files made for one version of Python, or one kind of machine? ``pythons``: the range of versions that it says it is for.
    """

    name: str
    version: str
    line: str
    loose: str = ""
    tied: bool = False
    pythons: str = ""

    @property
    def from_index(self) -> bool:
        """Does it come from an index, and not from a place of its own?"""
        return self.loose == self.name


class Outlook(NamedTuple):
    """What an index has of a package for another Python. ``state``:

    - ``same``: the version that the env has, ready to be put in place
    - ``source``: that version, but it would have to be built
    - ``other``: another version, which is ``version``
    - ``none``: nothing
    - ``unfit``: it comes from a place of its own, where it said that it is not for that Python when it was installed
    - ``unknown``: the index did not answer
    """

    package: Package
    state: str
    version: str = ""


class Carried(NamedTuple):
    """What became of packages. ``changed``: with the version that each has now; ``failed``: with the reason of each.

    ``unmet``: what the installer said if the packages do not have all that they need themselves.
    """

    exact: tuple[Package, ...] = ()
    changed: tuple[tuple[Package, str], ...] = ()
    failed: tuple[tuple[Package, str], ...] = ()
    unmet: str = ""


def comes_along(name: str, python: tuple[int, ...]) -> bool:
    """Is a package of that name, in an env of that Python, one to be carried? What a killed pip left behind is called ``~name``."""
    return _NAME.fullmatch(name) is not None and name.lower() not in (_SEEDS if python >= (3, 12) else _OLD_SEEDS)


def counted(packages: Collection[Package]) -> str:
    """How many there are, in words."""
    return f"{len(packages)} package{'' if len(packages) == 1 else 's'}"


def frozen(name: str, version: str, origin: Mapping[str, Any] | None, *, valid: bool = True) -> Package:
    """The package as ``pip freeze`` writes it. ``origin``: its ``direct_url.json`` (PEP 610); ``valid``: is ``version`` one by PEP 440?

    Only a release from an index, and a commit of a repository, can be had without its version: a name alone would get from the index
    something else than what was installed from a directory or an address.
    """
    if origin is None:
        return Package(name, version, f"{name}=={version}" if valid else name, loose=name)
    url, parts = str(origin.get("url", "")), []
    if vcs := _part(origin, "vcs_info"):
        base, revision = f"{name} @ {vcs.get('vcs')}+{url}", vcs.get("requested_revision")
        line, loose = f"{base}@{vcs.get('commit_id')}", f"{base}@{revision}" if revision else base
    elif _part(origin, "dir_info").get("editable"):
        return Package(name, version, editable(url))
    else:
        line, loose = f"{name} @ {url}", ""
        parts += [hashed] if (hashed := _part(origin, "archive_info").get("hash")) else []
    parts += [f"subdirectory={inside}"] if (inside := origin.get("subdirectory")) else []
    fragment = f"#{'&'.join(parts)}" if parts else ""
    return Package(name, version, line + fragment, loose=loose and loose + fragment)


def editable(place: str) -> str:
    """The line of a package that is used where its source lies. ``place``: a path or a ``file:`` address."""
    from urllib.parse import unquote, urlsplit  # here: most envs have none

    return _EDITABLE + (unquote(urlsplit(place).path) if place.startswith("file:") else place)


def editable_place(line: str) -> str | None:
    """Where the source of an editable package lies; None for the line of another one."""
    return line.removeprefix(_EDITABLE) if line.startswith(_EDITABLE) else None


def _part(origin: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = origin.get(key)
    return part if isinstance(part, dict) else {}
