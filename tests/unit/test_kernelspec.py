"""Names, display names and kernel.json, without a kernel (jupyter.md 1.2, 3.2, 3.5, 6.2)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.rules.kernelspec import (
    Asked,
    OwnerMark,
    Registration,
    checked_name,
    default_names,
    display_names,
    parse_mark,
    parse_variable,
    unused,
)

_ENV = Path("/p/versions/3.12.1/envs/churn")
_ARGV = ["python", "-Xfrozen_modules=off", "-m", "ipykernel_launcher"]
_STAGED = {"argv": _ARGV, "language": "python", "metadata": {"debugger": True}}


@pytest.mark.parametrize("word", ["", ".", "..", ".hidden", "-x", "a-", "a.", "x\n", "a b", "a/b", "ä", "a" * 65, "python3", "python", "Python3.11", "pythonx"])
def test_no_kernel_name(word: str) -> None:
    assert checked_name(word) is None


@pytest.mark.parametrize(
    ("word", "name"), [("churn", "churn"), ("My.Shop", "my.shop"), ("a", "a"), ("3", "3"), ("a" * 64, "a" * 64), ("python-shop", "python-shop")]
)
def test_a_kernel_name(word: str, name: str) -> None:
    assert checked_name(word) == name


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True), st.none() | st.text(min_size=1).filter(lambda text: "/" not in text))
def test_every_env_has_names_that_may_be(env: str, directory: str | None) -> None:
    """Whatever F7 accepts, in whatever directory."""
    for name in default_names(env, Path("/work") / directory if directory else None, "3.12.1"):
        assert checked_name(name) == name


def test_names_without_a_python_version() -> None:
    """Notebooks store the name; it outlives an upgrade."""
    assert default_names("Churn_X", Path("/work/Acme"), "3.12.1") == ("churn_x", "churn_x-acme")
    assert default_names("python3", None, "3.12.1") == ("proj-python3", "python3-3.12.1")


def test_a_name_that_is_reserved_once_it_is_cut() -> None:
    project = Path("/work") / ("." * 70 + "x")
    assert default_names("python", project, "3.12.1")[1] == "proj-python"
    assert checked_name(default_names("python" + "1" * 58, None, "3.12.1")[0])


def test_what_was_asked_for_and_cannot_be() -> None:
    """Anybody may have written it, and it would be written again."""
    asked = {"display_name": ["x"], "env": {"A": "b", "B": 1, "C D": "x", "": "y"}}
    mark = parse_mark({"metadata": {"roost": {"schema": 1, "env": "/e", "asked": asked}}})
    assert mark is not None
    assert mark.asked == Asked(None, {"A": "b"})


@pytest.mark.parametrize(
    ("project", "names"),
    [
        (Path("/work/acme/churn"), ["churn (Python 3.12)", "churn - acme (Python 3.12)"]),
        (Path("/work/shop"), ["churn (Python 3.12)", "churn - shop (Python 3.12)", "churn - work (Python 3.12)"]),
        (None, ["churn (Python 3.12)", "churn - 3.12.1 (Python 3.12)"]),
    ],
)
def test_display_names(project: Path | None, names: list[str]) -> None:
    """3.5: the folder tells namesakes apart."""
    assert display_names("churn", project, "3.12.1") == names
    assert unused(names, set()) == names[0]
    assert unused(names, {names[0]}) == names[1]
    assert unused(names, set(names)) == names[-1]


def test_the_document_keeps_what_ipykernel_wrote() -> None:
    """3.2: argv[0] and the three variables are ours, the rest is not."""
    mark = OwnerMark(_ENV, Path("/work/churn"), "3.12.1", Asked("Churn!", {"A": "${B}", "PATH": "mine"}))
    document = Registration("churn", "Churn!", mark, "3.12.1/envs/churn", "7.4.0").document({**_STAGED, "env": {"OTHER": "1"}})
    assert document["argv"] == [f"{_ENV}/bin/python", *_ARGV[1:]]
    assert document["metadata"]["debugger"] is True
    assert document["env"] == {"OTHER": "1", "VIRTUAL_ENV": str(_ENV), "PATH": "mine", "PYENV_VERSION": "3.12.1/envs/churn", "A": "${B}"}
    assert parse_mark(document) == mark


def test_a_dollar_in_a_path_is_no_variable() -> None:
    """3.2: jupyter_client wants it doubled; without pyenv there is no PYENV_VERSION."""
    env = Path("/p/$x/envs/churn")
    document = Registration("churn", "churn", OwnerMark(env, None, "3.12.1"), None, "7.4.0").document(_STAGED)
    assert document["argv"][0] == "/p/$x/envs/churn/bin/python"
    assert document["env"] == {"VIRTUAL_ENV": "/p/$$x/envs/churn", "PATH": "/p/$$x/envs/churn/bin:${PATH}:/usr/bin:/bin:/usr/sbin:/sbin"}


@pytest.mark.parametrize("metadata", [None, [], {}, {"roost": 1}, {"roost": {}}, {"roost": {"schema": "1", "env": "/x"}}, {"roost": {"schema": 1}}])
def test_what_is_not_ours(metadata: object) -> None:
    assert parse_mark({"metadata": metadata}) is None


def test_whose_a_kernel_is() -> None:
    """6.2: the project's, wherever its env is by now; or the env's."""
    mark = OwnerMark(_ENV, Path("/work/churn"), "3.12.1")
    assert mark.same_owner(Path("/elsewhere"), Path("/work/churn"))
    assert mark.same_owner(_ENV, None)
    assert not mark.same_owner(Path("/elsewhere"), Path("/work/other"))
    assert not OwnerMark(_ENV, None, "3.12.1").same_owner(Path("/elsewhere"), None)


@pytest.mark.parametrize(
    ("text", "pair"),
    [("A=b", ("A", "b")), ("A=", ("A", "")), ("A=b=c", ("A", "b=c")), ("_1=x", ("_1", "x")), ("A", None), ("=x", None), ("1=x", None), ("A B=x", None)],
)
def test_a_variable(text: str, pair: tuple[str, str] | None) -> None:
    assert parse_variable(text) == pair
