"""What a kind of parameter takes (H17)."""

from __future__ import annotations

import pytest

from roost.cli import complete
from roost.cli.quick import Parameter
from tests.support.sandbox import Sandbox


@pytest.mark.parametrize(
    ("metavar", "values"),
    [
        ("VERSION", ({"3.11.7", "3.12.1"}, False)),
        ("ENV", ({"3.12.1/envs/shop"}, True)),
        ("zsh|bash", ({"zsh", "bash"}, False)),
        ("DIR", (set(), True)),
        ("CMD|ENV", ({"3.12.1/envs/shop"}, True)),
        ("K=V", (set(), False)),
        ("", (set(), False)),
    ],
)
def test_values(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, metavar: str, values: tuple[set[str], bool]) -> None:
    """By the words of its metavar: what is in capitals is a kind of thing, the rest stands for itself; and whether a path is one, too."""
    sandbox.fake_interpreter("3.11.7")
    sandbox.fake_env("3.12.1", "shop")
    for name, value in sandbox.environ.items():
        monkeypatch.setenv(name, value)
    assert complete._values(Parameter("any", "text", metavar=metavar)) == values
