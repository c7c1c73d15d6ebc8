"""Text that a terminal shows and does not obey (F8, S)."""

from __future__ import annotations

import pytest

from roost.rules.text import one_line, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("größe 日本 😀", "größe 日本 😀"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\rb\tc\0", "a\\rb\\tc\\x00"),
        ("a\u202eb\u200bc\u2028d\x85", "a\\u202eb\\u200bc\\u2028d\\x85"),
        ("a\udcffb", "a\\udcffb"),
    ],
)
def test_what_steers_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == one_line(text) == shown


def test_lines() -> None:
    assert printable("a\nb") == "a\nb"
    assert one_line("a\nb") == "a\\nb"
