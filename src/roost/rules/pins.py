"""The grammar of the two project files: from a file's bytes to its value, or to the reason why it has none."""

from __future__ import annotations

import re
from typing import Final

from roost.rules.model import FILE_LIMIT, NAME_FILE, NAME_LIMIT, RESERVED_NAMES, SYSTEM, VERSION_FILE, VERSION_LIMIT, Pin, PinProblem
from roost.rules.spellings import EXAMPLE, Installed, advise, spells_version

# Everything here works on bytes. `str.split` and `str.strip` would also take U+00A0, VT and other
# characters for blanks, which neither pyenv nor the shells do (F3).
_BLANKS: Final = b" \t\r"
_VERSION: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,%d}" % (VERSION_LIMIT - 1))
_NAME: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,%d}" % (NAME_LIMIT - 1))
_LIKE_A_VERSION: Final = re.compile(rb"[0-9].*\.[0-9].*")
_ALPHABET: Final = "use only ASCII letters, digits, '.', '_' and '-', with a letter or digit first"
_EXAMPLE_VERSION: Final = f"write a version such as {EXAMPLE}"
_EXAMPLE_NAME: Final = "write a name such as myproject-venv"
# How the names of pyenv's releases begin, apart from CPython's own.
_IMPLEMENTATIONS: Final = (
    "activepython", "anaconda", "cinder", "graalpy", "graalpython", "ironpython", "jython", "mambaforge",
    "micropython", "miniconda", "miniforge", "nogil", "pypy", "pyston", "stackless",
)  # fmt: skip
_RELEASE: Final = re.compile(rf"[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?t?(-dev)?|({'|'.join(_IMPLEMENTATIONS)})([^A-Za-z].*)?|{SYSTEM}")


def shown(raw: bytes, limit: int = 60) -> str:
    """``raw`` as printable ASCII, cut after ``limit`` bytes: no escape code in a file may reach a terminal (F8)."""
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in raw[:limit])
    return text + ("..." if len(raw) > limit else "")


def first_words(data: bytes) -> list[bytes]:
    """The first word of each line that is neither empty nor a comment (F3-F5)."""
    return [_first_word(line) for line in _lines(data)]


def first_line(data: bytes) -> bytes:
    """The line that holds the value, without the blanks around it; empty if there is none."""
    return next(iter(_lines(data)), b"")


def without_prefix(word: bytes) -> bytes:
    """``word`` without a leading ``python-``, which pyenv drops too (F6)."""
    return word.removeprefix(b"python-")


def is_version(word: bytes) -> bool:
    """Is ``word``, its ``python-`` taken off, spelled as a version may be (F6)? See also ``names_release``."""
    return _VERSION.fullmatch(word) is not None


def is_env_name(word: bytes) -> bool:
    """Is ``word`` an env name?

    Not one that could be taken for a version: ``pyenv uninstall -f 3.9.18/envs/3.8.18`` would delete the
    interpreter 3.8.18 (F7).
    """
    return _NAME.fullmatch(word) is not None and word.decode("ascii") not in RESERVED_NAMES and not word.isdigit() and _LIKE_A_VERSION.fullmatch(word) is None


def names_release(word: str) -> bool:
    """Does ``word`` look like the name of a release that pyenv can install, installed or not?

    ``3.12``, ``pypy3.10-7.3.15`` and ``system`` do. ``shop`` does not, nor do ``v3.12.1`` and ``3.x``: these are
    spelled as a version may be, so a directory of that name in ``versions/`` is taken, but if there is none,
    nobody need ask pyenv for it.
    """
    return _RELEASE.fullmatch(word) is not None


def parse_version_file(data: bytes, installed: Installed = None) -> Pin | PinProblem:
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
        rule = f"it is longer than {VERSION_LIMIT} bytes" if len(word) > VERSION_LIMIT else _ALPHABET
        return _no_version(data, rule, installed)
    return Pin(word.decode("ascii"), tuple(shown(other) for other in words[1:]))


def rewrite_word(data: bytes, word: str) -> bytes:
    """``data``, the content of a project file, with ``word`` in the place of the word that is its value (F5).

    Everything else stays, byte by byte: comments, further words and lines, line ends, a missing final newline (U4). A file
    without a value gets ``word`` as a line at its end. It is not asked whether ``data`` or ``word`` is valid.
    """
    new, begin = word.encode("ascii"), 0
    for line in data.split(b"\n"):
        text = line.lstrip(_BLANKS)
        if text and not text.startswith(b"#"):
            begin += len(line) - len(text)
            return data[:begin] + new + data[begin + len(_first_word(text)) :]
        begin += len(line) + 1
    return data + (b"\n" if data and not data.endswith(b"\n") else b"") + new + b"\n"


def explain_unknown(data: bytes, installed: Installed = None) -> PinProblem:
    """Why the version in ``data``, which is spelled as a version may be, is none after all. See ``names_release``."""
    return _no_version(data, "no release of Python has such a name", installed)


def parse_name_file(data: bytes) -> Pin | PinProblem | None:
    """The env name in ``.python-virtualenv``, why there is none, or None if the file says "no env here" (F9)."""
    if problem := _unusable(data, NAME_FILE):
        return problem
    words = first_words(data)
    if not words:
        return None
    word = words[0]
    if not is_env_name(word):
        return PinProblem("env-name-invalid", f"'{shown(word)}' is not an env name: {name_rule(word)}", _name_advice(word))
    return Pin(word.decode("ascii"), tuple(shown(other) for other in words[1:]))


def pyenv_env_names(data: bytes) -> tuple[str | None, str] | None:
    """The version and the name of the env that a lone ``.python-version`` names as pyenv-virtualenv does (F13).

    The version is None for a bare name. None if the file can name no env.
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


def absent_env_name(data: bytes) -> str | None:
    """The env that a lone ``.python-version`` names as pyenv-virtualenv does, if it can mean nothing else (F15).

    Asked where there is no env of that name: many public files name one that only their author has.
    """
    named = pyenv_env_names(data)
    if named is None:
        return None
    version, name = named
    return None if version is None and (names_release(name) or spells_version(first_line(data))) else name


def _lines(data: bytes) -> list[bytes]:
    """The lines that are neither empty nor a comment, without the blanks around them (F3, F4)."""
    stripped = (line.strip(_BLANKS) for line in data.split(b"\n"))
    return [line for line in stripped if line and not line.startswith(b"#")]


def _first_word(line: bytes) -> bytes:
    return re.split(rb"[ \t\r]", line, maxsplit=1)[0]


def _unusable(data: bytes, file: str) -> PinProblem | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return PinProblem("encoding", f"{file} is UTF-16", "save the file as plain ASCII text")
    if len(data) > FILE_LIMIT:
        return PinProblem("too-long", f"{file} is longer than {FILE_LIMIT} bytes", "keep one word in it")
    if b"\0" in data:
        return PinProblem("nul-byte", f"{file} contains a NUL byte", "save the file as plain ASCII text")
    if data.startswith(b"\xef\xbb\xbf"):
        return PinProblem("bom", f"{file} begins with a byte-order mark", "save the file without a byte-order mark")
    return None


def _no_version(data: bytes, rule: str, installed: Installed) -> PinProblem:
    line, word = first_line(data), first_words(data)[0]
    return PinProblem("version-invalid", f"'{shown(word)}' is not a version: {rule}", _version_advice(line, word, installed))


def _version_advice(line: bytes, word: bytes, installed: Installed) -> str:
    version, slash, _ = without_prefix(word).partition(b"/envs/")
    if slash and is_version(version) and names_release(version.decode("ascii")):
        return f"write {version.decode('ascii')}"
    return advise(line, installed)  # of the whole line: `>= 3.11, < 3.13` and `Python 3.12.1` are several words


def name_rule(word: bytes) -> str:
    """Which rule ``word``, which is no env name, breaks (F7)."""
    if _NAME.fullmatch(word) is None:
        return f"it is longer than {NAME_LIMIT} bytes" if len(word) > NAME_LIMIT else _ALPHABET
    if word.decode("ascii") in RESERVED_NAMES:
        return "pyenv reserves that word"
    return "it could be taken for a version"


def _name_advice(word: bytes) -> str:
    _, slash, name = word.partition(b"/envs/")
    return f"write {name.decode('ascii')}" if slash and is_env_name(name) else _EXAMPLE_NAME
