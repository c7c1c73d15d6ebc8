"""V2, V3: versions have one order and one answer, in Python and in every shell."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.rules.pins import is_version
from roost.rules.versions import order, resolve
from tests.property.strategies import BATCHED, ODD_NAMES, REQUESTS, VERSIONS
from tests.support.answers import LOCALES, ask
from tests.support.sandbox import Sandbox
from tests.support.shells import PROMPTS, find_shell, shell_names

PAIRS = st.lists(st.tuples(VERSIONS, VERSIONS), min_size=150, max_size=150)
# A request, what is installed, and which of that hold the env.
STORES = st.lists(
    st.tuples(REQUESTS, st.lists(st.one_of(VERSIONS, VERSIONS, VERSIONS, ODD_NAMES), max_size=6, unique=True), st.integers(0, 63)),
    min_size=25,
    max_size=25,
)
_number = itertools.count()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("shell", shell_names(*PROMPTS))
@BATCHED
@given(pairs=PAIRS)
def test_shells_order_as_python_does(machine: Sandbox, shell: str, locale: str, pairs: list[tuple[str, str]]) -> None:
    """V2."""
    answers = ask(machine, find_shell(shell), locale, [("newer", str(number), *pair) for number, pair in enumerate(pairs)])
    theirs = [(one, other, answers[str(number)][0] == "yes") for number, (one, other) in enumerate(pairs)]
    assert theirs == [(one, other, order(one) > order(other)) for one, other in pairs]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("shell", shell_names(*PROMPTS))
@BATCHED
@given(stores=STORES)
def test_shells_resolve_as_python_does(machine: Sandbox, shell: str, locale: str, stores: list[tuple[str, list[str], int]]) -> None:
    """V2, V3."""
    questions: list[tuple[str | Path, ...]] = []
    ours: list[tuple[str, list[str], list[str], str]] = []
    for request, installed, chosen in stores:
        if not is_version(request.encode()):
            continue
        own = Sandbox(machine.root / f"store-{next(_number)}")
        holding = [name for bit, name in enumerate(installed) if chosen >> bit & 1]
        for name in installed:
            own.fake_interpreter(name)
        for name in holding:
            own.fake_env(name, "shop")
        questions.append(("resolve", str(len(questions)), request, own.pyenv_root, own.home, own.data))
        version = resolve(request, installed, holding).version
        ours.append((request, installed, holding, "" if version not in holding else str(own.env(version, "shop"))))
    answers = ask(machine, find_shell(shell), locale, questions)
    assert [(*asked[:3], answers[str(number)][0]) for number, asked in enumerate(ours)] == ours


@settings(max_examples=300)
@given(request=REQUESTS, installed=st.lists(VERSIONS, max_size=8, unique=True), chosen=st.integers(0, 255), seed=st.integers())
def test_resolution_is_deterministic_and_stays_among_what_is_installed(request: str, installed: list[str], chosen: int, seed: int) -> None:
    """V2, V3: neither the order of a listing nor a name that twice is in it changes the answer."""
    holding = {name for bit, name in enumerate(installed) if chosen >> bit & 1}
    answer = resolve(request, installed, holding)
    shuffled = [*installed, *installed[:2]]
    random.Random(seed).shuffle(shuffled)
    assert resolve(request, shuffled, holding) == answer
    assert answer.version is None or answer.version in installed
    if answer.newer is not None:
        assert answer.version in holding
        assert answer.newer not in holding
        assert order(answer.newer) > order(answer.version or "")
    if request in installed:
        assert answer.version == request


@settings(max_examples=300)
@given(one=VERSIONS, other=VERSIONS, third=VERSIONS)
def test_order_is_total(one: str, other: str, third: str) -> None:
    """V2: different names are never equal, and the order is transitive."""
    assert (order(one) == order(other)) is (one == other)
    if order(one) <= order(other) <= order(third):
        assert order(one) <= order(third)
