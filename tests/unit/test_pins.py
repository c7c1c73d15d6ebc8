"""The grammar of the two files, vector by vector (F2-F10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given

from roost.rules.model import NAME_FILE, VERSION_FILE, Pin, PinProblem
from roost.rules.pins import (
    absent_env_name,
    explain_unknown,
    first_words,
    names_release,
    parse_name_file,
    parse_version_file,
    pyenv_env_names,
    rewrite_word,
    shown,
)
from tests.property.strategies import FILES
from tests.support.oracle import first_value, reader, recorded
from tests.support.vectors import Vector, content, load

VECTORS = load("pins.json")
PARSERS: dict[str, Callable[[bytes], Pin | PinProblem | None]] = {"version": parse_version_file, "name": parse_name_file}
INSTALLED = ["2.7.18", "3.9.18", "3.10.13", "3.11.7", "3.12.1", "3.13.0", "3.13.0t", "3.14.0rc1", "3.15-dev", "pypy3.10-7.3.15", "miniconda3-latest", "shop"]
PRINTABLE = re.compile(r"[ -~]+")


def _by_id(vector: Vector) -> str:
    return str(vector["id"])


def test_vectors_are_numbered_and_cite_a_clause() -> None:
    """Two vectors of one id would hide each other."""
    for name in ("pins.json", "advice.json", "resolution.json", "trees.json"):
        vectors = load(name)
        assert len({vector["id"] for vector in vectors}) == len(vectors)
        for vector in vectors:
            assert re.fullmatch(r"[A-Za-z0-9-]+", vector["id"])
            assert re.fullmatch(r"([FVEHS][0-9]*)( [FVEHS][0-9]*)*", vector["clause"])


@pytest.mark.parametrize("vector", VECTORS, ids=_by_id)
def test_pin(vector: Vector) -> None:
    """F2-F9."""
    data = content(vector["bytes"])
    for file, parse in PARSERS.items():
        parsed, expected = parse(data), vector[file]
        if isinstance(parsed, Pin):
            assert {"value": parsed.value, "others": list(parsed.others)} == expected
            assert all(PRINTABLE.fullmatch(word) for word in (parsed.value, *parsed.others))
        elif parsed is None:
            assert expected == "none"
        else:
            assert expected != "none"
            assert parsed.slug == expected.get("problem"), parsed
            assert parsed.advice == expected.get("hint", parsed.advice)
            _check_refusal(parsed, data)


def _check_refusal(problem: PinProblem, data: bytes) -> None:
    """F8: the rule in words, what to write instead; S: no control, bidi or non-ASCII byte reaches a terminal."""
    assert PRINTABLE.fullmatch(problem.message)
    assert PRINTABLE.fullmatch(problem.advice)
    assert re.match(r"(write|save|keep) ", problem.advice)
    if problem.slug.endswith("-invalid"):
        said = re.fullmatch(r"'(.+)' is not an? [a-z ]+: (.+)", problem.message)
        assert said
        assert said[1] == shown(_first_word(data))
        assert re.search(r"letter|longer than|reserves that word|taken for a version", said[2])
        assert len(problem.message) < 400


def _first_word(data: bytes) -> bytes:
    """F3-F5 once more, as a pattern."""
    found = re.match(rb"(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t\r]*([^ \t\r\n]+)", data)
    assert found
    return found[1]


@pytest.mark.parametrize("vector", load("advice.json"), ids=_by_id)
def test_what_to_write_instead(vector: Vector) -> None:
    """F8: the version that was meant, in another tool's spelling or a person's; following the hint mends the file."""
    data = content(vector["bytes"])

    def installed() -> list[str]:
        return list(vector.get("installed", INSTALLED))

    problem = parse_version_file(data, installed)
    if isinstance(problem, Pin):  # spelled as a version may be: refused only if nothing of that name is installed
        assert not names_release(problem.value)
        problem = explain_unknown(data, installed)
    assert isinstance(problem, PinProblem)
    assert problem.advice == vector["hint"]
    assert problem.message.startswith(f"'{shown(_first_word(data))}' is not a version: ")
    advised = problem.advice.rpartition(" ")[2]
    assert parse_version_file(advised.encode()) == Pin(advised)
    assert names_release(advised)


@pytest.mark.parametrize("vector", load("advice.json"), ids=_by_id)
def test_nothing_is_shown_that_must_not_be(vector: Vector) -> None:
    """H12: on a mere `cd`, a refusal tells nothing of what is in the file."""
    data = content(vector["bytes"])
    for problem in (parse_version_file(data), explain_unknown(data)):
        if isinstance(problem, PinProblem):
            assert problem.unquoted(VERSION_FILE) == (problem.slug, ".python-version names no valid version", "write a version such as 3.12.1")


def test_nothing_of_a_name_is_shown_that_must_not_be() -> None:
    """H12."""
    for word in (b"3.12.1/envs/shop", b"TOP-SECRET:", b"../shop", b"system"):
        problem = parse_name_file(word)
        assert isinstance(problem, PinProblem)
        assert problem.unquoted(NAME_FILE) == (problem.slug, ".python-virtualenv names no valid env", "write a name such as myproject-venv")


def _never() -> list[str]:
    raise AssertionError


def test_what_is_installed_is_asked_for_a_range_only() -> None:
    """V1, P: nothing is listed, and packaging is not loaded, for any other word."""
    for word in (b"v3.12.1", b"3.12.*", b"==3.12.1", b"$(id)", b"3.12.1"):
        parse_version_file(word, _never)
    with pytest.raises(AssertionError):
        parse_version_file(b">=3.9", _never)


def test_a_range_is_not_looked_into_where_nobody_is_told() -> None:
    """H12, P: packaging takes long to load, and a hook's line is an example at most."""
    problem = parse_version_file(b">=3.15")
    assert isinstance(problem, PinProblem)
    assert problem.advice == "write a version such as 3.12.1"


@pytest.mark.parametrize("name", ["3", "3.12.1", "3.14-dev", "3.13t-dev", "3.13.0t", "3.14.0rc2", "pypy", "pypy3.10-7.3.15", "pypy-c-jit-latest"])
def test_names_of_releases(name: str) -> None:
    """F15: what pyenv may know, installed or not."""
    assert names_release(name)


def test_every_release_that_pyenv_knows_looks_like_one() -> None:
    """F15: the names of the definitions of the machine's own pyenv."""
    definitions = Path(reader()).parents[1] / "plugins" / "python-build" / "share" / "python-build"
    known = [path.name for path in definitions.iterdir() if path.is_file()]
    assert len(known) > 300
    assert [name for name in known if not names_release(name)] == []


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"shop\n", "shop"),
        (b"shop-3.10.13\n", "shop-3.10.13"),
        (b"3.10.13/envs/shop\n", "shop"),
        (b"3dproject\n", "3dproject"),
        (b"python-env\n", "python-env"),
        (b"django-4.2 # the old one\n", "django-4.2"),
        (b"3.12.1\n", None),
        (b"pypy3.10\n", None),
        (b"miniconda3-latest\n", None),
        (b"system\n", None),
        (b"v3.12.1\n", None),
        (b"python3.12\n", None),
        (b"cpython-3.12.1-linux-x86_64-gnu\n", None),
        (b"Python 3.12.1\n", None),
        (b"echo 3.12.1 > .python-version\n", None),
        (b"latest\n", None),
        (b">=3.9\n", None),
        (b"../shop\n", None),
        (b"", None),
    ],
)
def test_the_absent_env_that_a_lone_version_file_names(data: bytes, expected: str | None) -> None:
    """F15: a name, and not a version that somebody spelled in another way."""
    assert absent_env_name(data) == expected


@pytest.mark.parametrize("word", [b">=3.9", b"3.12.*", b"==3.12.1", b"3.12.1/envs/shop", b"\xff", b"x" * 129, b"-rf", b""])
def test_what_a_refusal_says_to_write_is_accepted(word: bytes) -> None:
    """F8: following the hint mends the file."""
    problem = parse_version_file(word)
    assert isinstance(problem, PinProblem)
    advised = re.search(r"write (?:a version such as )?(\S+)$", problem.advice)
    assert advised
    assert parse_version_file(advised[1].encode()) == Pin(advised[1])


@pytest.mark.parametrize("word", [b"3.12.1", b"12", b"system", b"x" * 65, b"\xc5\xbfhop", b"3.12.1/envs/shop", b"../shop"])
def test_what_a_refusal_of_a_name_says_to_write_is_accepted(word: bytes) -> None:
    """F8."""
    problem = parse_name_file(word)
    assert isinstance(problem, PinProblem)
    advised = re.search(r"write (?:a name such as )?(\S+)$", problem.advice)
    assert advised
    assert parse_name_file(advised[1].encode()) == Pin(advised[1])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"3.12.1/envs/shop\n", ("3.12.1", "shop")),
        (b"python-3.12.1/envs/shop\n", ("3.12.1", "shop")),
        (b"# note\n\tshop other\r\n", (None, "shop")),
        (b"3.12.1\n", None),
        (b"3.12.1/envs/..\n", None),
        (b"../x/envs/shop\n", None),
        (b"3.12.1/envs/shop/envs/shop\n", None),
        (b"3.12.1/envs/shop\0\n", None),
        (b"\xef\xbb\xbfshop\n", None),
        (b"\n", None),
    ],
)
def test_the_env_that_a_lone_version_file_names(data: bytes, expected: tuple[str | None, str] | None) -> None:
    """F13: every part passes F6 and F7."""
    assert pyenv_env_names(data) == expected


def test_every_byte_in_a_word() -> None:
    """F3, F6, F7: blanks and LF separate, letters, digits, '.', '_' and '-' belong to a word, nothing else is let in."""
    for letter in (bytes([byte]) for byte in range(256)):
        for parse in PARSERS.values():
            parsed = parse(b"a" + letter + b"b")
            if letter in b" \t\r":
                assert parsed == Pin("a")
            elif letter == b"\n":
                assert parsed == Pin("a", ("b",))
            elif letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-":
                assert parsed == Pin(f"a{letter.decode()}b")
            else:
                assert isinstance(parsed, PinProblem), letter


def test_pyenv_reads_the_same_first_value() -> None:
    """F10: what roost accepts is what pyenv takes; what pyenv makes of oddities never leaves versions/."""
    ours, theirs = {}, {}
    for case in recorded():
        parsed = parse_version_file(content(case["bytes"]))
        if isinstance(parsed, Pin):
            assert Path("versions", parsed.value).resolve().parent == Path("versions").resolve()
            if case["parity"] == "must":
                ours[case["id"]], theirs[case["id"]] = parsed.value, first_value(case["read_output"])
    assert ours == theirs


def test_most_of_what_pyenv_reads_is_accepted() -> None:
    """F10: the check above is not passed by refusing."""
    pairs = [(parse_version_file(content(case["bytes"])), case) for case in recorded() if case["parity"] == "must" and case["read_output"]]
    refused = [case["id"] for parsed, case in pairs if not isinstance(parsed, Pin)]
    assert len(refused) < len(pairs) / 2, refused


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"3.12.1\n", b"3.13.0\n"),
        (b"3.12.1", b"3.13.0"),
        (b"# why\r\n\r\n  3.12.1\t# here\r\n3.11.7\r\n", b"# why\r\n\r\n  3.13.0\t# here\r\n3.11.7\r\n"),
        (b"\t#3.12.1\n3.12.1/envs/shop 3.12.1\n3.12.1", b"\t#3.12.1\n3.13.0 3.12.1\n3.12.1"),
        (b"python-3.12.1 \xff\n", b"3.13.0 \xff\n"),
        (b"\x0b3.12.1\n", b"3.13.0\n"),
        (b"", b"3.13.0\n"),
        (b"# why\n", b"# why\n3.13.0\n"),
        (b" \r\n# why", b" \r\n# why\n3.13.0\n"),
    ],
)
def test_one_word_is_replaced_and_nothing_else(data: bytes, expected: bytes) -> None:
    """U4, I3: comments, further words and lines, line ends, a missing final newline stay."""
    assert rewrite_word(data, "3.13.0") == expected


@given(FILES)
def test_whatever_the_file_holds_its_value_is_replaced(data: bytes) -> None:
    """U4."""
    new = rewrite_word(data, "3.13.0")
    words = first_words(data)
    assert first_words(new) == [b"3.13.0", *words[1:]]
    if words and words[0].isascii():
        assert rewrite_word(new, words[0].decode("ascii")) == data
