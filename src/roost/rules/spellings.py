"""The version that was meant by a line of ``.python-version`` that is no version, as a hint says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

EXAMPLE: Final = "3.12.1"

Installed = Callable[[], Iterable[str]] | None
"""Lists the names of the interpreters that are installed. A function, because only a range needs the answer.

None where nobody is told the answer: a range is not looked into then, because that takes a third as long again as all
the rest of a hook's call.
"""

# `>=3.11,<3.13`, poetry's `^3.11` and `~3.11`, conda's `=3.12`.
_CLAUSE: Final = re.compile(r"(~=|>=|<=|!=|={1,3}|<|>|~|\^)\s*v?([0-9]{1,3}(?:\.[0-9]{1,3}){0,2}(?:\.\*)?)")
_LATEST: Final = re.compile(r"(?:c?python)?[@:=-]*latest")
# A whole word: `v3.12.1`, `python3.12`, `3.x`.
_WORD: Final = re.compile(r"(?:v|python-?)?(pypy[23]\.[0-9]{1,2}|[23](?:\.[0-9]{1,3}){0,2}(?:(?:a|b|rc)[0-9]+)?t?(?:-dev)?)(?:\.[x*])*")
# As uv and rye name a whole build: `cpython-3.12.1-linux-x86_64-gnu`.
_BUILD: Final = re.compile(r"cpython[0-9-].*")
# Within any other word, as in `shop-3.10.13`, only what is hardly anything else: `django-4.2` and `web2.0`
# hold no Python.
_WITHIN: Final = re.compile(r"(?<![0-9.])((?:3\.(?:[6-9]|[1-9][0-9])|2\.7)(?:\.[0-9]{1,3})?(?:(?:a|b|rc)[0-9]+)?t?)(?!\.?[a-z0-9])")


def advise(line: bytes, installed: Installed) -> str:
    """What to write instead of ``line``: a version that can be read out of it, or an example."""
    version = version_meant(line, installed)
    return f"write {version}" if version else f"write a version such as {EXAMPLE}"


def spells_version(line: bytes) -> bool:
    """Is ``line`` a version in another tool's or in a person's spelling, rather than the name of something?"""
    text = _text(line)
    return text is not None and (_LATEST.fullmatch(text) is not None or any(_WORD.fullmatch(word) or _BUILD.fullmatch(word) for word in _words(text)))


def version_meant(line: bytes, installed: Installed) -> str | None:
    """The version that can be read out of ``line``; None if there is none."""
    text = _text(line)
    if text is None:
        return None
    clauses = _CLAUSE.findall(text)
    if any(not operator.startswith("=") for operator, _ in clauses) or _LATEST.fullmatch(text):
        if installed is None:
            return None
        from roost.rules.ranges import version_inside  # here: it loads packaging, and few files hold a range

        return version_inside(clauses, installed())
    found = next(filter(None, map(_WORD.fullmatch, _words(text))), None) or _WITHIN.search(text)
    return found[1] if found else None


def version_at_end(name: str) -> str | None:
    """The version that ``name`` ends with, as people name their envs: ``shop-3.10.13``, ``shop_3.10``; None if it does not (I3)."""
    found = [match for match in _WITHIN.finditer(name.lower()) if match.end() == len(name)]
    return found[0][1] if found else None


def _text(line: bytes) -> str | None:
    """``line`` in lower case, without a comment; None if what it shows on a screen need not be what it holds."""
    text = line.partition(b"#")[0].decode("ascii", "replace").replace("\t", " ").strip().lower()
    if not text.isascii() or not text.isprintable():
        return None
    text = text.replace("+freethreaded", "t")  # uv's word for a free-threaded build
    # pyenv names a PyPy by the version of Python that it implements, and then by its own: `pypy3.10-7.3.15`.
    return re.sub(r"pypy[@=:-]*([23]\.[0-9]{1,2})[0-9.]*", r"pypy\1", text)


def _words(text: str) -> list[str]:
    return [word.strip("._-") for word in re.split(r"[^a-z0-9.*_-]+", text)]
