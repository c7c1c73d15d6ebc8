"""H2, H3: whatever is on PATH and whatever the user does to it meanwhile, roost adds and takes its own entry and no other."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.strategies import BATCHED
from tests.support.answers import LOCALES, ask
from tests.support.sandbox import Sandbox
from tests.support.shells import PROMPTS, find_shell, shell_names

OURS = ("{first}", "{second}")
# `{first}` and `{second}` stand for the `bin` of the two envs; the rest is the user's, most of it hardly different from ours.
_FIELDS = st.one_of(
    st.sampled_from(["", "", "/usr/bin", "/bin", *OURS, *OURS]),
    st.sampled_from(["{first}2", "{first}/x", "{first}/", "{first} ", "/x{first}", "{second}2", "{second}/../bin"]),
    st.sampled_from([".", "..", "~", "~/bin", "-n", "*", "/usr/*", "[a-z]", "?", "$HOME", "$(id)", "`id`", "a b", " ", "'", '"', "\\", "%n", "#", "!", "a=b"]),
    st.sampled_from(["é", "/日本/bin", os.fsdecode(b"\xff"), os.fsdecode(b"/\xc3"), os.fsdecode(b"\xa9x"), "new\nline", "\n", "\t", "d" * 300]),
)
# Envs in a directory of such a name too. (A control character or a colon in PYENV_ROOT is refused.)
ROOTS = ("pyenv", 'it\'s [a-z]* "$HOME" \\ %s', "né" + os.fsdecode(b"\xff\xc3"))
_GO = st.tuples(st.just("go"), st.sampled_from(["first", "first", "second", "second", "outside"]))
_EDITS = st.one_of(
    st.tuples(st.just("insert"), st.integers(0, 9), _FIELDS),
    st.tuples(st.just("insert"), st.sampled_from([0, 99]), _FIELDS),
    st.tuples(st.just("remove"), st.integers(0, 9)),
    st.tuples(st.sampled_from(["remove ours", "only ours", "empty", "unset", "prompt"])),
)


@dataclass(frozen=True)
class Example:
    root: str
    fields: list[str]
    steps: list[tuple[str | int, ...]]


EXAMPLES = st.builds(
    Example,
    st.sampled_from(ROOTS),
    st.lists(_FIELDS, max_size=6),
    st.lists(st.one_of(_GO, _EDITS), max_size=8).map(lambda steps: [("go", "first"), *steps, ("go", "outside")]),
)
BATCHES = st.lists(EXAMPLES, min_size=60, max_size=60)


class Model:
    """What a user expects of PATH, as a list of fields. ``kind`` says how a shell keeps a list."""

    def __init__(self, kind: str, bins: dict[str, str]) -> None:
        self.kind = kind
        self.bins = bins
        self.place = "outside"
        self.active: str | None = None
        self.fields: list[str] = []

    def set(self, fields: list[str]) -> None:
        """fish keeps a list, and an empty field as a dot; in the others no field is the same as an empty one."""
        self.fields = [field or "." for field in fields] if self.kind == "fish" else fields or [""]

    def prompt(self) -> None:
        """H2: in a project, our entry is first and there once. H3: what is not ours stays, in its order."""
        here = self.bins.get(self.place)
        if here or self.active:
            others = [field for field in self.fields if field not in {here, self.active}]
            self.set([here, *others] if here else others)
        self.active = here


def _play(kind: str, example: Example, versions: Path, places: dict[str, Path]) -> tuple[list[str | Path], list[str]]:
    """The steps as the shell is to take them, and the PATH after each."""
    model = Model(kind, {name: str(versions / "3.12.1" / "envs" / name / "bin") for name in ("first", "second")})

    def real(field: str | int) -> str:
        return str(field).replace("{first}", model.bins["first"]).replace("{second}", model.bins["second"])

    words: list[str | Path] = []
    expected: list[str] = []

    def take(*pair: str | Path) -> None:
        words.extend(pair)
        expected.append(":".join(model.fields))

    def put(fields: list[str]) -> None:
        model.set(fields)
        if fields:
            take("set", ":".join(fields))
        else:
            take("unset", "-")

    put([real(field) for field in example.fields])
    for step in example.steps:
        fields = list(model.fields)
        match step:
            case "go", str(place):
                model.place = place
                model.prompt()
                take("go", places[place])
            case "insert", int(at), field:
                put([*fields[:at], real(field), *fields[at:]])
            case "remove", int(at):
                put([field for number, field in enumerate(fields) if number != at])
            case ("remove ours",):
                put([field for field in fields if field != model.active])
            case ("only ours",):
                put([model.bins["first"]])
            case ("empty",):
                put([""])
            case ("unset",):
                put([])
            case _:
                model.prompt()
                take("prompt", "-")
    return words, expected


@pytest.fixture(scope="module")
def stores(machine: Sandbox) -> dict[str, Path]:
    """A PYENV_ROOT of each name, each with the envs of both projects."""
    found = {}
    for name in ROOTS:
        own = Sandbox(machine.root / name)
        for env in ("first", "second"):
            own.fake_env("3.12.1", env)
        found[name] = own.pyenv_root
    return found


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("shell", shell_names(*PROMPTS))
@BATCHED
@given(batch=BATCHES)
def test_path_is_the_users(machine: Sandbox, stores: dict[str, Path], shell: str, locale: str, batch: list[Example]) -> None:
    """H3: entering and leaving, over one project or two, changes nothing that is not ours; H2: while an env is on, its `bin` is first, once."""
    chosen = find_shell(shell)
    places = {name: machine.project(name, "3.12.1", name) for name in ("first", "second")}
    places["outside"] = machine.home
    questions: list[tuple[str | Path, ...]] = []
    ours: list[tuple[Example, list[str | Path], list[str]]] = []
    for number, example in enumerate(batch):
        words, expected = _play(chosen.kind, example, stores[example.root] / "versions", places)
        questions.append(("path", str(number), stores[example.root], *words))
        ours.append((example, words, expected))
    answers = ask(machine, chosen, locale, questions)
    for number, (example, words, expected) in enumerate(ours):
        told = list(zip(words[1::2], answers[str(number)], strict=True))
        assert told == list(zip(words[1::2], expected, strict=True)), example
