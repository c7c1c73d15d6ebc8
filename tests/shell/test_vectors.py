"""The shells against the vectors that Python runs too, each in three locales, all of a file in one process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.answers import LOCALES, ask
from tests.support.oracle import first_value, recorded
from tests.support.sandbox import Sandbox
from tests.support.shells import Shell
from tests.support.vectors import content, grow, load

pytestmark = pytest.mark.parametrize("locale", LOCALES)
Questions = list[tuple[str | Path, ...]]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """What the questions are about, made once: no shell changes it."""
    return Sandbox(tmp_path_factory.mktemp("vectors") / "machine")


def _files(directory: Path, contents: dict[str, bytes]) -> dict[str, Path]:
    directory.mkdir()
    for name, data in contents.items():
        (directory / name).write_bytes(data)
    return {name: directory / name for name in contents}


@pytest.fixture(scope="module")
def pins(ground: Sandbox) -> tuple[dict[str, Path], Questions]:
    """Each content once as the version file of a good name, once as the name file of a good version."""
    files = _files(ground.root / "pins", {vector["id"]: content(vector["bytes"]) for vector in load("pins.json")})
    good = _files(ground.root / "good", {"name": b"shop\n", "version": b"3.12.1\n"})
    questions: Questions = []
    for name, file in files.items():
        questions += [("pins", f"version {name}", good["name"], file), ("pins", f"name {name}", file, good["version"])]
    return files, questions


@pytest.fixture(scope="module")
def stores(ground: Sandbox) -> Questions:
    """A machine for each vector of resolution.json."""
    questions: Questions = []
    for vector in load("resolution.json"):
        machine = Sandbox(ground.root / "resolution" / vector["id"])
        store = machine.versions
        if vector["store"] == "roost":
            store = machine.data / "versions"
            machine.versions.rmdir()
        for name in vector["installed"]:
            python = store / name / "bin" / "python"
            python.parent.mkdir(parents=True)
            python.touch(mode=0o755)
        for name in vector["holding"]:
            (store / name / "envs" / "shop" / "bin").mkdir(parents=True)
            (store / name / "envs" / "shop" / "bin" / "python").touch(mode=0o755)
            (store / name / "envs" / "shop" / "pyvenv.cfg").touch()
        questions.append(("resolve", vector["id"], vector["request"], machine.pyenv_root, machine.home, machine.data))
    return questions


@pytest.fixture(scope="module")
def trees(ground: Sandbox) -> tuple[dict[str, Sandbox], Questions]:
    """A machine for each vector of trees.json."""
    vectors = load("trees.json")
    machines = {vector["id"]: Sandbox(ground.root / "trees" / vector["id"]) for vector in vectors}
    cwds = [grow(vector, machine) for vector, machine in zip(vectors, machines.values(), strict=True)]
    return machines, [("tree", name, cwd, machine.pyenv_root, machine.home, machine.data) for (name, machine), cwd in zip(machines.items(), cwds, strict=True)]


@pytest.fixture(scope="module")
def cases(ground: Sandbox) -> tuple[dict[str, Sandbox], Questions]:
    """A machine for each recorded case: pyenv's file, and a good name beside it."""
    machines: dict[str, Sandbox] = {}
    questions: Questions = []
    for case in recorded():
        machine = machines[case["id"]] = Sandbox(ground.root / "cases" / case["id"])
        project = machine.project("work", content(case["bytes"]), "shop")
        for name in case["installed"]:
            (machine.versions / name / "bin").mkdir(parents=True, exist_ok=True)
            (machine.versions / name / "bin" / "python").touch(mode=0o755)
        for name, target in case.get("symlinks", {}).items():
            (machine.versions / name).symlink_to(target)
        questions.append(("tree", case["id"], project, machine.pyenv_root, machine.home, machine.data))
        questions.append(("pins", f"{case['id']} read", project / ".python-virtualenv", project / ".python-version"))
    return machines, questions


def test_pins(ground: Sandbox, every_shell: Shell, locale: str, pins: tuple[dict[str, Path], Questions]) -> None:
    """F2-F9."""
    _, questions = pins
    vectors = load("pins.json")
    answers = ask(ground, every_shell, locale, questions)
    found: dict[str, Any] = {}
    expected: dict[str, Any] = {}
    for vector in vectors:
        for kind in ("version", "name"):
            key = f"{kind} {vector['id']}"
            state, name, version = answers[key]
            found[key] = {"valid": version if kind == "version" else name, "no-env": "none", "invalid": "invalid"}[state]
            expected[key] = vector[kind] if vector[kind] == "none" else vector[kind].get("value", "invalid")
    assert found == expected


def test_resolution(ground: Sandbox, every_shell: Shell, locale: str, stores: Questions) -> None:
    """V2, V3, V6."""
    vectors = load("resolution.json")
    answers = ask(ground, every_shell, locale, stores)
    found = {}
    for vector in vectors:
        (env,) = answers[vector["id"]]
        found[vector["id"]] = Path(env).parts[-3] if env else None
    assert found == {vector["id"]: vector["resolved"] if vector["resolved"] in vector["holding"] else None for vector in vectors}


def test_trees(ground: Sandbox, every_shell: Shell, locale: str, trees: tuple[dict[str, Sandbox], Questions]) -> None:
    """F1, F9, F11-F13, V2, V3, V6, E3."""
    machines, questions = trees
    vectors = load("trees.json")
    answers = ask(ground, every_shell, locale, questions)
    found, expected = {}, {}
    for vector in vectors:
        found[vector["id"]] = [place and str(Path(place).relative_to(machines[vector["id"]].root)) for place in answers[vector["id"]]]
        expect = vector["expect"]
        expected[vector["id"]] = [expect.get("root", ""), expect["env"] if expect["state"] == "ready" else ""]
    assert found == expected


def test_pyenv_reads_the_same_first_value(ground: Sandbox, every_shell: Shell, locale: str, cases: tuple[dict[str, Sandbox], Questions]) -> None:
    """F10: what roost accepts is what pyenv takes; what pyenv makes of oddities never leaves versions/."""
    machines, questions = cases
    answers = ask(ground, every_shell, locale, questions)
    ours, theirs = {}, {}
    for case in recorded():
        _, env = answers[case["id"]]
        state, _, request = answers[f"{case['id']} read"]
        if state != "invalid":
            if case["parity"] == "must":
                ours[case["id"]], theirs[case["id"]] = request, first_value(case["read_output"])
            if env:
                version = Path(env).relative_to(machines[case["id"]].versions).parts[0]
                assert env == str(machines[case["id"]].env(version, "shop"))
                assert version != ".."
    assert ours == theirs
    assert len(ours) > 60
