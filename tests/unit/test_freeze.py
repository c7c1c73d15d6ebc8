"""Packages as ``pip freeze`` writes them (U2, U3); the same is compared with the real pip in tests/e2e/test_upgrade.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from roost.machine import packages
from roost.machine.env_making import bundled_pip
from roost.machine.layout import Layout
from roost.machine.package_index import outlooks
from roost.rules.freeze import Package, comes_along, editable_place, frozen
from tests.support.sandbox import Sandbox
from tests.support.tools import serving
from tests.support.wheels import write_wheel


@pytest.mark.parametrize(
    ("origin", "line", "loose"),
    [
        (None, "shop==1.0", "shop"),
        ({"url": "file:///my%20code/shop", "dir_info": {"editable": True}}, "-e /my code/shop", ""),
        ({"url": "file:///code/shop", "dir_info": {}}, "shop @ file:///code/shop", ""),
        ({"url": "file:///shop.whl", "archive_info": {"hash": "sha256=00"}}, "shop @ file:///shop.whl#sha256=00", ""),
        ({"url": "https://a.org/shop.zip", "archive_info": {}, "subdirectory": "py"}, "shop @ https://a.org/shop.zip#subdirectory=py", ""),
        (
            {"url": "https://a.org/shop", "vcs_info": {"vcs": "git", "commit_id": "abc", "requested_revision": "main"}},
            "shop @ git+https://a.org/shop@abc",
            "shop @ git+https://a.org/shop@main",
        ),
        (
            {"url": "https://a.org/shop", "vcs_info": {"vcs": "git", "commit_id": "abc"}, "subdirectory": "py"},
            "shop @ git+https://a.org/shop@abc#subdirectory=py",
            "shop @ git+https://a.org/shop#subdirectory=py",
        ),
        ({"url": "file:///code", "dir_info": "no table"}, "shop @ file:///code", ""),
    ],
)
def test_lines(origin: dict[str, Any] | None, line: str, loose: str) -> None:
    """By name alone nothing is asked of an index that did not come from one: there it may be somebody else's."""
    package = frozen("shop", "1.0", origin)
    assert (package.line, package.loose) == (line, loose)
    assert package.from_index == (origin is None)


def test_what_has_no_line_of_its_own() -> None:
    """What every new env has, what a killed pip left, and a version that is none."""
    names = ("pip", "Setuptools", "wheel", "~ip", "-ip", "six", "a.b_c")
    assert [name for name in names if comes_along(name, (3, 11, 7))] == ["six", "a.b_c"]
    assert [name for name in names if comes_along(name, (3, 12))] == ["Setuptools", "wheel", "six", "a.b_c"]
    assert frozen("shop", "of today", None, valid=False).line == "shop"
    assert editable_place("-e /my code") == "/my code"
    assert editable_place("shop==1.0") is None


@pytest.fixture
def site(sandbox: Sandbox) -> Path:
    """The packages' directory of an env that only looks like one."""
    path = sandbox.fake_env("3.11.7", "shop") / "lib" / "python3.11" / "site-packages"
    path.mkdir(parents=True)
    return path


def _put(site: Path, name: str, *tags: str, pythons: str = "", origin: dict[str, Any] | None = None) -> None:
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    requires = f"Requires-Python: {pythons}\n" if pythons else ""
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}")
    if tags:
        (info / "WHEEL").write_text("".join(f"Tag: {tag}\n" for tag in tags))
    if origin is not None:
        (info / "direct_url.json").write_text(json.dumps(origin))


def test_a_look_at_an_env(site: Path) -> None:
    """Ordered by name; what a wheel was made for, and old setuptools' way of an editable package."""
    _put(site, "universal", "py2-none-any", "py3-none-any")
    _put(site, "Compiled", "cp311-cp311-linux_x86_64", pythons=">=3.8")
    _put(site, "old_one")
    _put(site, "here", "py3-none-any", origin={"url": "file:///here", "dir_info": {"editable": True}})
    (site / "before-pep-660.egg-link").write_text("/work/before\n../")
    _put(site, "pip", "py3-none-any")
    found = packages.freeze(site.parents[2])
    assert [package.line for package in found] == ["-e /work/before", "Compiled==1.0", "-e /here", "old_one==1.0", "universal==1.0"]
    assert [package.name for package in found if package.tied] == ["Compiled", "old_one"]
    assert found[1].pythons == ">=3.8"


def test_half_a_package(site: Path) -> None:
    """U2: what a stopped installation left, and a note of another program's, keep nothing from being read."""
    prefix = site.parents[2]
    for number, text in enumerate(("", "Name: half\n", "Version: 1.0\n")):
        (site / f"half{number}-1.0.dist-info").mkdir()
        (site / f"half{number}-1.0.dist-info" / "METADATA").write_text(text)
    _put(site, "here", origin={"url": "file:///my%20code", "dir_info": {"editable": True}})
    _put(site, "nowhere", origin={"dir_info": {"editable": True}})
    _put(site, "noted", origin={"url": 1, "dir_info": "no table"})
    (site / "noted-1.0.dist-info" / "direct_url.json").write_text("[")
    assert sorted(packages.installed(prefix)) == ["here", "noted", "nowhere"]
    assert packages.editables(prefix) == {"here": Path("/my code")}
    assert [package.name for package in packages.freeze(prefix)] == ["here", "noted", "nowhere"]


@pytest.mark.parametrize(
    ("package", "state", "version"),
    [
        (Package("pure", "1.0", "pure==1.0", "pure"), "same", ""),
        (Package("pure", "1.0", "pure==1.0", "pure", pythons=">=3.8"), "same", ""),
        (Package("absent", "1.0", "absent @ file:///absent", tied=True), "same", ""),
        (Package("here", "1.0", "-e /here", pythons="<3.12"), "unfit", ""),
        (Package("built", "1.0", "built==1.0", "built", tied=True), "same", ""),
        (Package("source", "1.0", "source==1.0", "source", tied=True), "source", ""),
        (Package("later", "1.0", "later==1.0", "later", tied=True), "other", "2.0"),
        (Package("later", "1.0", "later==1.0", "later", pythons="<3.12"), "other", "2.0"),
        (Package("absent", "1.0", "absent==1.0", "absent", tied=True), "none", ""),
    ],
)
def test_outlook(sandbox: Sandbox, tmp_path: Path, package: Package, state: str, version: str) -> None:
    """U5: for the index to say, and only where it is in doubt."""
    simple = tmp_path / "index" / "simple"
    write_wheel(simple / "built", "built", "1.0", "cp312-none-any")
    write_wheel(simple / "later", "later", "1.0", "cp311-none-any")
    write_wheel(simple / "later", "later", "2.0")
    (simple / "source").mkdir()
    (simple / "source" / "source-1.0.tar.gz").touch()
    layout = Layout.from_environ(sandbox.environ, sandbox.root)
    with serving(tmp_path / "index") as address:
        (said,) = outlooks([package], "3.12.1", bundled_pip(), {**layout.environ, "PIP_INDEX_URL": f"{address}/simple/"})
    assert (said.state, said.version) == (state, version)
