"""Names of envs made from the names of directories (I2, F7), and names near a mistyped word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.rules.model import RESERVED_NAMES
from roost.rules.names import env_name_for, nearest
from roost.rules.pins import is_env_name


@pytest.mark.parametrize(
    ("directory", "name"),
    [
        ("shop", "shop"),
        ("Shop_2.x", "Shop_2.x"),
        ("my project", "my-project"),
        ("My Project (copy)!", "My-Project-copy"),
        (".dotfiles", "dotfiles"),
        ("-rf", "rf"),
        ("gr\u00f6\u00dfe", "gr-e"),
        ("caf\udce9 bar", "caf-bar"),
        ("shop\U0001f413", "shop"),
        ("a\nb", "a-b"),
        ("x" * 64, "x" * 64),
        ("x" * 65, "x" * 64),
        ("x" * 63 + " y", "x" * 63),
        ("shop.", "shop."),
        # Reserved, digits alone, like a version.
        ("system", "system-env"),
        ("envs", "envs-env"),
        ("2024", "2024-env"),
        ("3.12.1", "3-12-1-env"),
        ("2.0-project", "2-0-project-env"),
        ("1" * 80, "1" * 60 + "-env"),
        ("1" * 59 + ".1.1", "1" * 59 + "-env"),
        (".system", "system-env"),
        # Nothing left.
        ("", "project-env"),
        ("..", "project-env"),
        ("___", "project-env"),
        ("\u65e5\u672c\u8a9e", "project-env"),
        ("\U0001f413", "project-env"),
    ],
)
def test_the_name_that_a_directory_gives(directory: str, name: str) -> None:
    assert env_name_for(directory) == name


@given(st.text(max_size=90) | st.text(alphabet="0123456789.-_ \u0660system", max_size=90) | st.sampled_from(sorted(RESERVED_NAMES)))
def test_every_directory_gives_a_valid_name(directory: str) -> None:
    name = env_name_for(directory)
    assert is_env_name(name.encode("ascii"))
    assert env_name_for(name) == name  # a project in the env's own name keeps it


def test_the_three_nearest_names() -> None:
    names = ["shop", "shop-2", "shop-env", "ship", "warehouse"]
    assert nearest("shp", names) == ["shop", "ship", "shop-2"]
    assert nearest("wharehouse", iter(names)) == ["warehouse"]
    assert nearest("zzz", names) == []
    assert nearest("shop", ["shop", "shop"]) == ["shop"]
