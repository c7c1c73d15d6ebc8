"""What the lines of a shell's start-up files do that concerns roost: load the hook, start another activator, set a variable (W2, W3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from roost.rules.errors import to_type

_COMMENT: Final = re.compile(r"(?:^|\s)#.*")
_SOURCE: Final = re.compile(r"(?:^|&&|\|\||;|\b(?:then|and|or))\s*(?:builtin\s+)?(?:\.|source)\s+('[^']+'|\"[^\"]+\"|[^\s;&|]+)")
# What is written to a file is loaded by the line that sources that file.
_EVALUATED_HOOK: Final = re.compile(r"\broost hook (?:zsh|bash|fish)\b(?!.*(?<![0-9&])>)")
_HOOK_FILE: Final = re.compile(r"(?:^|/)roost\.(?:zsh|bash|fish|plugin\.zsh)$")
_ACTIVATORS: Final = (
    ("pyenv virtualenv-init", re.compile(r"\bpyenv[ -]virtualenv-init\s+-")),
    ("zsh-autoswitch-virtualenv", re.compile(r"[\w./-]*\bautoswitch[-_]virtualenv\b")),
    ("autoenv", re.compile(r"\bautoenv/activate\.sh|\bautoenv\.(?:zsh|plugin\.zsh)\b|\bzsh-autoenv\b")),
    ("oh-my-zsh's python plugin, by PYTHON_AUTO_VRUN", re.compile(r"\bPYTHON_AUTO_VRUN=['\"]?true")),
)
_CD_FUNCTION: Final = re.compile(r"\s*(?:function\s+cd\b|cd\s*\(\))")
_ONE_LINE: Final = re.compile(r"(?:\}|\bend)\s*;?\s*$")
_CD_ALIAS: Final = re.compile(r"\s*alias\s+(?:-g\s+)?cd[= ]")
_PYENV_BY_HAND: Final = re.compile(r"\bpyenv\s+(?:versions|virtualenvs|activate|version-name|local)\b|/bin/activate\b")
_LAYOUT: Final = re.compile(r"\s*(?:layout\s+(?:python|pyenv|pipenv|poetry|uv|pdm|hatch|virtualenv|venv|anaconda)|(?:\.|source|source_env)\s+\S*/bin/activate)")
_END: Final = re.compile(r"(?:\}|end\b)")
# A line like these is a part of something that goes on in the next line, or began in an earlier one.
_OPEN: Final = re.compile(r"(?:\\|\b(?:then|do|else|in)|[{(]|&&|\|)\s*$|^\s*(?:then|do|else|elif|fi|done|end|esac|[})]|&&|\|)")
_BLOCK: Final = re.compile(r"^\s*(?:if|for|while|case|function)\b(?!.*\b(?:fi|done|esac|end)\s*;?\s*$)")


class Line(NamedTuple):
    """A line of a start-up file. ``file``: with links followed, because it is the one that would have to be edited."""

    file: Path
    number: int
    text: str

    @property
    def code(self) -> str:
        """Without a comment."""
        return _COMMENT.sub("", self.text)

    @property
    def place(self) -> str:
        return f"line {self.number} of {self.file}"


class Activator(NamedTuple):
    """What else turns envs on and off; ``command`` takes it out, if it is as simple as that."""

    name: str
    line: Line
    command: str


def sourced(line: Line) -> list[str]:
    """The words for the files that a line sources, without their quotes."""
    return [word.strip("'\"") for word in _SOURCE.findall(line.code)]


def loads_of_hook(lines: Iterable[Line]) -> list[tuple[Line, str]]:
    """The lines that load roost's hook, each with the file that it names; an empty word for ``roost hook``."""
    found = []
    for line in lines:
        words = [word for word in sourced(line) if _HOOK_FILE.search(word)]
        if words or _EVALUATED_HOOK.search(line.code):
            found.append((line, words[0] if words else ""))
    return found


def activators(lines: Iterable[Line]) -> list[Activator]:
    """Every line that starts another activator; not what stands in the files of one that is named by such a line."""
    found: list[Activator] = []
    all_lines = list(lines)
    for line in all_lines:
        for name, sign in _ACTIVATORS:
            match = sign.search(line.code)
            if match and not any(line.file.name in earlier.line.text for earlier in found):
                word = match[0] if "plugins" in line.code or line.code.strip() == match[0] else ""
                found.append(Activator(name, line, _edit(line.file, f"{line.number}s/{word}//") if word and "/" not in word else taken_out(line)))
                break
    return [*found, *_cd_by_hand(all_lines)]


def _cd_by_hand(lines: list[Line]) -> Iterator[Activator]:
    """A ``cd`` of one's own that asks pyenv for its envs, or sources an activate script."""
    for index, line in enumerate(lines):
        if _CD_ALIAS.match(line.code) and any(_PYENV_BY_HAND.search(each.code) for each in lines if each.file == line.file):
            yield Activator("an alias cd that activates envs", line, taken_out(line))
        elif _CD_FUNCTION.match(line.code):
            body, whole = _function(lines[index:])
            if any(_PYENV_BY_HAND.search(each.code) for each in body):
                command = taken_out(line) if len(body) == 1 else _edit(line.file, f"{line.number},{body[-1].number}s/^/# /")
                yield Activator("a function cd that activates envs", line, command if whole else "")


def _function(lines: list[Line]) -> tuple[list[Line], bool]:
    """The function that begins with the first of ``lines``, and whether that is all of it: its end is indented as its beginning is."""
    first = lines[0]
    margin = first.text[: len(first.text) - len(first.text.lstrip())]
    if _ONE_LINE.search(first.code):
        return [first], True
    body = [first]
    for line in lines[1:]:
        if line.file != first.file or (line.text.strip() and not line.text.startswith(margin)):
            break
        body.append(line)
        if _END.match(line.code.removeprefix(margin)):
            return body, True
    return body, False


def layouts(lines: Iterable[Line]) -> list[Line]:
    """The lines of an .envrc with which direnv turns an env on."""
    return [line for line in lines if _LAYOUT.match(line.code)]


def settings_of(name: str, lines: Iterable[Line]) -> list[Line]:
    """The lines that export the variable ``name`` with a value."""
    sign = re.compile(rf"(?:\bexport\s+(?:\w+=\S*\s+)*|\b(?:typeset|declare)\s+-\w*x\w*\s+|\bset\s+-\w*x\w*\s+){name}[=\s]\s*['\"]?[^'\"\s]")
    return [line for line in lines if sign.search(line.code)]


def taken_out(line: Line) -> str:
    """The command that takes a line out and leaves a copy of the file as it was beside it; empty where a line cannot go by itself.

    It puts ``: # `` before the line, since a block of the shell's may not be empty. This form of sed's -i works on macOS too.
    """
    if _OPEN.search(line.code.rstrip()) or _BLOCK.search(line.code):
        return ""
    return _edit(line.file, f"{line.number}s/^/: # /")


def _edit(file: Path, script: str) -> str:
    return to_type("sed", "-i.bak", script, file)
