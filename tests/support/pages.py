"""The documentation as a test reads it: what a page lets its reader type, and what it promises to appear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from roost.cli.declared import COMMANDS
from roost.cli.quick import Command
from tests.support.needs import need
from tests.support.sandbox import REPOSITORY, current_versions

_FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_HIDDEN = re.compile(r"^<!-- run: (.*?) -->$", re.MULTILINE)
_TYPED = re.compile(r"((?:\([^()]+\) )?)\$ (.+)")
_SPAN = re.compile(r"(?<!`)`((?:pyenv )?roost [^`\n]+)`(?!`)")
# Where a command may stand in a script, in YAML, in a Makefile or in a crontab.
_CALL = re.compile(r"(?:^|[\s;&|(\"'`/])(roost (?:[^\s;&|)`'\"]+[ ]?)+)")
_ELLIPSIS = "…"
# The user of the pages, and her two interpreters.
_HOME, _NEWEST, _SECOND = "/home/ada", "3.12.1", "3.11.7"
_WORD = r"(?<![\d.]){}(?!\d|\.\d)"


class Step(NamedTuple):
    """A line that the reader types. ``prefix`` stands before the prompt then; ``shown`` is what comes after, None if that is not said."""

    line: str
    prefix: str | None
    shown: str | None
    number: int


class Block(NamedTuple):
    """A fenced block: its language, its text, and the line of the page on which the text begins."""

    language: str
    text: str
    number: int


def pages() -> list[Path]:
    """Every page that a reader may meet, as a path in the repository."""
    found = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md"), *(REPOSITORY / "examples").rglob("*.md")]
    return sorted(path.relative_to(REPOSITORY) for path in found)


def blocks(text: str) -> list[Block]:
    return [
        Block(found[2], re.sub(rf"^{found[1]}", "", found[3], flags=re.MULTILINE), text.count("\n", 0, found.start(3)) + 1) for found in _FENCE.finditer(text)
    ]


def steps(text: str) -> list[Step]:
    """What is typed in the ``console`` blocks of a page, and in its hidden ``<!-- run: ... -->`` lines, in their order."""
    found = [Step(hidden[1], None, None, text.count("\n", 0, hidden.start()) + 1) for hidden in _HIDDEN.finditer(text)]
    for block in blocks(text):
        if block.language == "console":
            found += _session(block)
    return sorted(found, key=lambda step: step.number)


def _session(block: Block) -> Iterator[Step]:
    lines = block.text.splitlines()
    typed = [position for position, line in enumerate(lines) if _TYPED.fullmatch(line)]
    assert typed[:1] == [0], f"a console block begins with a line that is typed, after `$ ` (line {block.number})"
    for position, following in zip(typed, [*typed[1:], len(lines)], strict=True):
        match = _TYPED.fullmatch(lines[position])
        assert match
        yield Step(match[2], match[1], "\n".join(lines[position + 1 : following]), block.number + position)


def is_as_shown(shown: str, seen: str) -> bool:
    """A line that is just an ellipsis stands for any lines, even none; an ellipsis within a line for any text of that line."""
    pattern = ""
    for line in shown.splitlines():
        if line.strip() in {_ELLIPSIS, "..."}:
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(map(re.escape, line.split(_ELLIPSIS))) + "\n"
    ended = "".join(f"{line.rstrip()}\n" for line in seen.splitlines())
    return re.fullmatch(pattern, ended) is not None


# --- the machine of the pages' reader ---


class Words:
    """What the pages say, in the words of this machine, and back: the home directory and the two interpreters have other names here."""

    def __init__(self, home: Path, newest: str, second: str) -> None:
        self._here = {_HOME: str(home)}
        for page, here in ((_NEWEST, newest), (_SECOND, second)):
            self._here |= {page: here, _minor(page): _minor(here)}
        self._there = {here: page for page, here in self._here.items()}

    def here(self, text: str) -> str:
        return _replace(text, self._here)

    def there(self, text: str) -> str:
        return _replace(text, self._there)


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _replace(text: str, names: dict[str, str]) -> str:
    """All at once, for the one interpreter here may have the name that the other has in the pages."""
    alternatives = sorted(map(re.escape, names), key=len, reverse=True)
    return re.sub(_WORD.format(f"({'|'.join(alternatives)})"), lambda found: names[found[0]], text)


def interpreters() -> tuple[str, str]:
    """The newest two of different minor versions, as 3.12.1 and 3.11.7 are."""
    newest_of = {_minor(version): version for version in current_versions()}
    need("a pyenv with interpreters of two minor versions from 3.9 up", len(newest_of) >= 2)
    second, newest = list(newest_of.values())[-2:]
    return newest, second


# --- commands that are shown but not run ---


def calls(text: str) -> Iterator[tuple[str, int]]:
    """Each ``roost ...`` in the page's code, and its line: in blocks and in spans."""
    for block in blocks(text):
        if block.language == "json":
            continue
        for offset, line in enumerate(block.text.splitlines()):
            if not line.lstrip().startswith("#"):
                yield from ((match[1].strip(), block.number + offset) for match in _CALL.finditer(line))
    prose = _FENCE.sub(lambda found: "\n" * found[0].count("\n"), text)
    for span in _SPAN.finditer(prose):
        yield span[1].removeprefix("pyenv ").replace("\\|", "|"), prose.count("\n", 0, span.start()) + 1


def fault(call: str) -> str | None:
    """What is wrong with a call as a page shows it, ``roost kernel add|list`` and ``roost up [DIR]`` included; None if nothing is."""
    name, *rest = call.split()[1:] or [""]
    if not re.fullmatch(r"[a-z|]+", name):
        return None if name in {"-h", "--help", "--version"} or not name.startswith("-") else f"roost has no option {name}"
    for alternative in name.split("|"):
        below = [""]
        if alternative not in COMMANDS:
            if not any(known.startswith(f"{alternative} ") for known in COMMANDS):
                return f"roost has no command {alternative}"
            below = rest[0].rstrip(",").split("|") if rest else []
        for word in below:
            full = f"{alternative} {word}".strip()
            if word.startswith("-") or word.isupper():
                continue
            if full not in COMMANDS:
                return f"roost has no command {full}"
            known = {*COMMANDS[full].options, "-h", "--help"}
            unknown = [option for option in _options(rest, COMMANDS[full]) if option not in known]
            if unknown:
                return f"roost {full} has no option {unknown[0]}"
    return None


def _options(words: list[str], command: Command) -> Iterator[str]:
    """The options among ``words``, as they are spelled; those of a wrapped command are its own."""
    options: Mapping[str, object] = command.options
    takes_value = False
    for word in (each.strip("[](),.:") for each in words):
        if word == "--" or (command.wraps and not word.startswith("-") and not takes_value):
            return
        takes_value = False
        if word.startswith("-"):
            for each in re.split(r"[|,]", word):
                name = each.partition("=")[0]
                yield name
                takes_value = name in options and command.options[name].kind != "flag"
