"""The grammar of the two files, vector by vector (F2-F10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from roost.rules.model import Pin, PinProblem
from roost.rules.pins import parse_name_file, parse_version_file, pyenv_env_names, shown
from tests.support.oracle import first_value, recorded
from tests.support.vectors import Vector, content, load

VECTORS = load("pins.json")
PARSERS: dict[str, Callable[[bytes], Pin | PinProblem | None]] = {"version": parse_version_file, "name": parse_name_file}
PRINTABLE = re.compile(r"[ -~]+")


def _by_id(vector: Vector) -> str:
    return str(vector["id"])


def test_vectors_are_numbered_and_cite_a_clause() -> None:
    """Two vectors of one id would hide each other."""
    for name in ("pins.json", "resolution.json", "trees.json"):
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
            assert parsed.hint == expected.get("hint", parsed.hint)
            _check_refusal(parsed, data)


def _check_refusal(problem: PinProblem, data: bytes) -> None:
    """F8: the rule in words, what to write instead; S: no control, bidi or non-ASCII byte reaches a terminal."""
    assert PRINTABLE.fullmatch(problem.message)
    assert PRINTABLE.fullmatch(problem.hint)
    assert re.match(r"(write|save|keep) ", problem.hint)
    if problem.slug.endswith("-invalid"):
        said = re.fullmatch(r"'(.+)' is not an? [a-z ]+: (.+)", problem.message)
        assert said
        assert said[1] == shown(_first_word(data))
        assert re.search(r"letter|longer than|keeps that word|taken for a version", said[2])
        assert len(problem.message) < 400


def _first_word(data: bytes) -> bytes:
    """F3-F5 once more, as a pattern."""
    found = re.match(rb"(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t\r]*([^ \t\r\n]+)", data)
    assert found
    return found[1]


@pytest.mark.parametrize("word", [b">=3.9", b"3.12.*", b"==3.12.1", b"3.12.1/envs/shop", b"\xff", b"x" * 129, b"-rf", b""])
def test_what_a_refusal_says_to_write_is_accepted(word: bytes) -> None:
    """F8: following the hint mends the file."""
    problem = parse_version_file(word)
    assert isinstance(problem, PinProblem)
    advised = re.search(r"write (?:a version such as )?(\S+)$", problem.hint)
    assert advised
    assert parse_version_file(advised[1].encode()) == Pin(advised[1])


@pytest.mark.parametrize("word", [b"3.12.1", b"12", b"system", b"x" * 65, b"\xc5\xbfhop", b"3.12.1/envs/shop", b"../shop"])
def test_what_a_refusal_of_a_name_says_to_write_is_accepted(word: bytes) -> None:
    """F8."""
    problem = parse_name_file(word)
    assert isinstance(problem, PinProblem)
    advised = re.search(r"write (?:a name such as )?(\S+)$", problem.hint)
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
