"""Makes text safe to show: a terminal obeys nothing in it, and it stays on its line."""

from __future__ import annotations


def printable(text: str) -> str:
    """``text`` with everything escaped that a terminal would obey, or show as nothing."""
    if text.isprintable():
        return text
    return "".join(character if character == "\n" or character.isprintable() else ascii(character)[1:-1] for character in text)


def one_line(text: str) -> str:
    """The same with newlines escaped too: a message is one line, whatever names are in it."""
    return printable(text).replace("\n", r"\n")
