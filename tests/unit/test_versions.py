"""From a request to a version, vector by vector (V2, V3, V6)."""

from __future__ import annotations

import itertools

import pytest

from roost.rules.model import Pin
from roost.rules.pins import parse_version_file
from roost.rules.versions import Resolution, order, resolve
from tests.support.oracle import recorded
from tests.support.vectors import Vector, content, load


def _by_id(vector: Vector) -> str:
    return str(vector["id"])


@pytest.mark.parametrize("vector", load("resolution.json"), ids=_by_id)
def test_resolution(vector: Vector) -> None:
    """V2, V3; the order in which a directory lists its names does not matter."""
    for installed in itertools.islice(itertools.permutations(vector["installed"]), 24):
        assert resolve(vector["request"], installed, vector["holding"]) == Resolution(vector["resolved"], vector["newer"])


def test_order() -> None:
    """V2: numbers, not text; a dash is as good as a dot; equals by length, then by letter."""
    names = ["3.2.6", "3.9.2", "3.9.18", "3.10", "3.10.1", "3.10.1-a", "3.10.1-b", "3.10.1-aa", "3.10-2", "3.100"]
    assert sorted(set(names), key=order) == names


def test_pyenv_resolves_to_the_same_version() -> None:
    """V2: as ``pyenv latest``, where roost accepts the file, one version is in it and no directory's own name begins with python- (F6)."""
    ours, theirs = {}, {}
    for case in recorded():
        pin = parse_version_file(content(case["bytes"]))
        installed = {name for name in (*case["installed"], *case.get("symlinks", {})) if "/" not in name}
        if case["parity"] != "must" or "PYENV_VERSION" in case.get("env", {}) or not isinstance(pin, Pin) or pin.others or pin.value == "system":
            continue
        if case["id"] != "env-short-dangling" and not any(name.startswith("python-") for name in installed):
            ours[case["id"]] = resolve(pin.value, installed, ()).version
            theirs[case["id"]] = (case["expected_versions"] or [None])[0]
    assert ours == theirs
    assert len(ours) > 40
