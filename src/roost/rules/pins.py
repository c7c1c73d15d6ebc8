"""The grammar F1-F9: from the bytes of a project file to a value or to the reason why there is none."""

from __future__ import annotations

import re
from typing import Final

from roost.rules.model import FILE_LIMIT, NAME_FILE, NAME_LIMIT, RESERVED_NAMES, VERSION_FILE, VERSION_LIMIT, Pin, PinProblem

_BLANKS: Final = b" \t\r"
_VERSION: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,%d}" % (VERSION_LIMIT - 1))
_NAME: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,%d}" % (NAME_LIMIT - 1))
_LIKE_A_VERSION: Final = re.compile(rb"[0-9].*\.[0-9].*")
_EXAMPLE_VERSION: Final = "write a version such as 3.12.1"
_EXAMPLE_NAME: Final = "write a name such as myproject-venv"


def shown(raw: bytes, limit: int = 60) -> str:
    """``raw`` as printable ASCII: everything else escaped, cut after ``limit`` bytes (F8)."""
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in raw[:limit])
    return text + ("..." if len(raw) > limit else "")


def first_words(data: bytes) -> list[bytes]:
    """The first word of each line that is neither empty nor a comment (F3-F5)."""
    words = []
    for line in data.split(b"\n"):
        stripped = line.strip(_BLANKS)
        if stripped and not stripped.startswith(b"#"):
            words.append(re.split(rb"[ \t\r]", stripped, maxsplit=1)[0])
    return words


def without_prefix(word: bytes) -> bytes:
    """``word`` without its one leading ``python-`` (F6)."""
    return word.removeprefix(b"python-")


def is_version(word: bytes) -> bool:
    """Is ``word``, its ``python-`` taken off, a version (F6)?"""
    return _VERSION.fullmatch(word) is not None


def is_env_name(word: bytes) -> bool:
    """Is ``word`` an env name (F7)?"""
    return _NAME.fullmatch(word) is not None and word.decode("ascii") not in RESERVED_NAMES and not word.isdigit() and _LIKE_A_VERSION.fullmatch(word) is None


def parse_version_file(data: bytes) -> Pin | PinProblem:
    """The version that ``.python-version`` asks for, or why it asks for none.

    ``data``: the content, at most ``FILE_LIMIT + 1`` bytes of it.
    """
    if problem := _unusable(data, VERSION_FILE):
        return problem
    words = first_words(data)
    if not words:
        return PinProblem("version-empty", f"{VERSION_FILE} names no version", _EXAMPLE_VERSION)
    word = without_prefix(words[0])
    if not is_version(word):
        return PinProblem("version-invalid", f"'{shown(words[0])}' is not a version: {_version_rule(word)}", _version_advice(word))
    return Pin(word.decode("ascii"), tuple(shown(other) for other in words[1:]))


def parse_name_file(data: bytes) -> Pin | PinProblem | None:
    """The env name in ``.python-virtualenv``, why there is none, or None for "no env here" (F9)."""
    if problem := _unusable(data, NAME_FILE):
        return problem
    words = first_words(data)
    if not words:
        return None
    word = words[0]
    if not is_env_name(word):
        return PinProblem("env-name-invalid", f"'{shown(word)}' is not an env name: {_name_rule(word)}", _name_advice(word))
    return Pin(word.decode("ascii"), tuple(shown(other) for other in words[1:]))


def pyenv_env_names(data: bytes) -> tuple[str | None, str] | None:
    """The (version, name) that a lone ``.python-version`` names in the way of pyenv-virtualenv (F13).

    The version is None for a bare name. None if it can name no env.
    """
    if _unusable(data, VERSION_FILE):
        return None
    words = first_words(data)
    if not words:
        return None
    version, slash, name = words[0].partition(b"/envs/")
    if not slash:
        return (None, version.decode("ascii")) if is_env_name(version) else None
    version = without_prefix(version)
    if is_version(version) and is_env_name(name):
        return version.decode("ascii"), name.decode("ascii")
    return None


def _unusable(data: bytes, file: str) -> PinProblem | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return PinProblem("encoding", f"{file} is UTF-16", "save the file as plain ASCII text")
    if len(data) > FILE_LIMIT:
        return PinProblem("too-long", f"{file} is longer than {FILE_LIMIT} bytes", "keep one word in it")
    if b"\0" in data:
        return PinProblem("nul-byte", f"{file} holds a NUL byte", "save the file as plain ASCII text")
    if data.startswith(b"\xef\xbb\xbf"):
        return PinProblem("bom", f"{file} begins with a byte-order mark", "save the file without a byte-order mark")
    return None


def _version_rule(word: bytes) -> str:
    if len(word) > VERSION_LIMIT:
        return f"it is longer than {VERSION_LIMIT} bytes"
    return "ASCII letters, digits, '.', '_' and '-', a letter or digit first"


def _version_advice(word: bytes) -> str:
    version, slash, _ = word.partition(b"/envs/")
    version = without_prefix(version)
    if slash and is_version(version):
        return f"write {version.decode('ascii')}"
    if word.endswith(b".*") and is_version(word[:-2]):
        return f"write {word[:-2].decode('ascii')}"
    bare = word.removeprefix(b"cpython@").removeprefix(b"==").removeprefix(b"v")
    if bare != word and is_version(bare):
        return f"write {bare.decode('ascii')}"
    return _EXAMPLE_VERSION


def _name_rule(word: bytes) -> str:
    if _NAME.fullmatch(word) is None:
        if len(word) > NAME_LIMIT:
            return f"it is longer than {NAME_LIMIT} bytes"
        return "ASCII letters, digits, '.', '_' and '-', a letter or digit first"
    if word.decode("ascii") in RESERVED_NAMES:
        return "pyenv keeps that word for itself"
    return "it could be taken for a version"


def _name_advice(word: bytes) -> str:
    _, slash, name = word.partition(b"/envs/")
    if slash and is_env_name(name):
        return f"write {name.decode('ascii')}"
    return _EXAMPLE_NAME
