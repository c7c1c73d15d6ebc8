"""F2-F9: whatever is in a project file, Python and every shell read the same; F10: what they accept, pyenv reads too."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.rules.model import FILE_LIMIT, Pin
from roost.rules.pins import names_release, parse_name_file, parse_version_file
from roost.rules.spellings import advise
from tests.property.strategies import BATCHED, FILES, SPELLINGS, VERSIONS
from tests.support import oracle
from tests.support.answers import LOCALES, ask
from tests.support.sandbox import Sandbox
from tests.support.shells import PROMPTS, find_shell, shell_names

BATCHES = st.lists(FILES, min_size=60, max_size=60)
_number = itertools.count()


def _write(machine: Sandbox, batch: list[bytes]) -> list[Path]:
    directory = machine.root / f"batch-{next(_number)}"
    directory.mkdir()
    files = [directory / str(number) for number in range(len(batch))]
    for file, data in zip(files, batch, strict=True):
        file.write_bytes(data)
    return files


def _python(parsed: Pin | object | None) -> str:
    return parsed.value if isinstance(parsed, Pin) else "(none)" if parsed is None else "(invalid)"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("shell", shell_names(*PROMPTS))
@BATCHED
@given(batch=BATCHES)
def test_shells_read_what_python_reads(machine: Sandbox, shell: str, locale: str, batch: list[bytes]) -> None:
    """F2-F9."""
    files = _write(machine, batch)
    (good_name := machine.root / "good-name").write_bytes(b"shop\n")
    (good_version := machine.root / "good-version").write_bytes(b"3.12.1\n")
    questions: list[tuple[str | Path, ...]] = []
    for file in files:
        questions += [("pins", f"v{file.name}", good_name, file), ("pins", f"n{file.name}", file, good_version)]
    answers = ask(machine, find_shell(shell), locale, questions)
    theirs, ours = [], []
    for file, data in zip(files, batch, strict=True):
        bounded = data[: FILE_LIMIT + 1]
        for kind, parsed in (("v", parse_version_file(bounded)), ("n", parse_name_file(bounded))):
            state, name, version = answers[kind + file.name]
            theirs.append((kind, data, {"no-env": "(none)", "invalid": "(invalid)", "valid": version if kind == "v" else name}[state]))
            ours.append((kind, data, _python(parsed)))
    assert theirs == ours


@BATCHED
@given(batch=BATCHES)
def test_pyenv_reads_what_roost_accepts(machine: Sandbox, batch: list[bytes]) -> None:
    """F10, but for a line of 1024 bytes and more, which pyenv cuts into words."""
    accepted = [(data, pin.value) for data in batch if isinstance(pin := parse_version_file(data[: FILE_LIMIT + 1]), Pin) and _lines_are_short(data)]
    read = oracle.read(machine, _write(machine, [data for data, _ in accepted]))
    assert [(data, value) for (data, _), value in zip(accepted, read, strict=True)] == accepted


def _lines_are_short(data: bytes) -> bool:
    return max(map(len, data.split(b"\n"))) < 1024


@settings(max_examples=200)
@given(data=FILES)
def test_a_refusal_is_plain_ascii(data: bytes) -> None:
    """F8, S: nothing raw is ever shown, and every refusal says what to write."""
    for parsed in (parse_version_file(data[: FILE_LIMIT + 1]), parse_name_file(data[: FILE_LIMIT + 1])):
        if isinstance(parsed, Pin):
            shown = [parsed.value, *parsed.others]
        elif parsed is None:
            continue
        else:
            shown = [parsed.message, parsed.advice]
            assert parsed.slug
        assert all(text and all(" " <= letter <= "~" for letter in text) for text in shown)


@settings(max_examples=300)
@given(line=SPELLINGS, installed=st.lists(VERSIONS, max_size=4))
def test_what_to_write_instead_is_a_version(line: bytes, installed: list[str]) -> None:
    """F8: whatever a range or a spelling looks like, the hint can be followed."""
    advised = advise(line, lambda: installed).rpartition(" ")[2]
    assert parse_version_file(advised.encode()) == Pin(advised)
    assert names_release(advised)
