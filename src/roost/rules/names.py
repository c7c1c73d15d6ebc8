"""Names of envs: the one that a directory's name gives, and those that come near a mistyped word."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import count
from typing import Final

from roost.rules.model import NAME_LIMIT
from roost.rules.pins import is_env_name

_SUFFIX: Final = "-env"
_FALLBACK: Final = "project-env"  # for a directory whose name has no ASCII letter or digit


def env_name_for(directory: str) -> str:
    """A valid env name for the project in a directory called ``directory`` (I2, F7)."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", directory).lstrip("._-")[:NAME_LIMIT].rstrip("-")
    if not name:
        return _FALLBACK
    if is_env_name(name.encode("ascii")):
        return name
    # It is reserved, a number or like a version. 3.12.1-env would still be like a version: its dots go too.
    return name.replace(".", "-")[: NAME_LIMIT - len(_SUFFIX)].rstrip("-") + _SUFFIX


def free_env_name(directory: str, taken: Collection[str]) -> str:
    """The same for a project whose env must be none of those ``taken``: the first of ``shop``, ``shop-2``, ``shop-3`` ... that is free."""
    name = env_name_for(directory)
    if name not in taken:
        return name
    return next(each for number in count(2) if (each := f"{name[: NAME_LIMIT - len(f'-{number}')]}-{number}") not in taken)


def nearest(word: str, names: Iterable[str]) -> list[str]:
    """The names, three at most, that ``word`` may have been meant for; the nearest first."""
    import difflib  # here: only a mistyped word needs it

    return difflib.get_close_matches(word, sorted(set(names)), 3, 0.5)
