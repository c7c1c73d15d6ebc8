"""What `make docs` makes of the pages, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from roost.cli.declared import COMMANDS
from scripts import options, site
from tests.support import pages
from tests.support.sandbox import REPOSITORY


def test_all_commands_and_options_are_on_their_page() -> None:
    """And nothing that is hidden."""
    sections = dict(re.findall(r"^## `roost (.+?)`\n(.*?)(?=^## |\Z)", options.page(), re.MULTILINE | re.DOTALL))
    assert set(sections) == {name for name, command in COMMANDS.items() if not command.hidden}
    for name, section in sections.items():
        shown = set(re.findall(r"`(-{1,2}[A-Za-z][\w-]*)[ `]", section))
        assert shown == {word for parameter in COMMANDS[name].parameters if not parameter.hidden for word in parameter.words}, name


def test_each_page_is_in_the_navigation() -> None:
    """A page that no menu leads to is one that nobody reads. The README of an example belongs to the example."""
    named = set(re.findall(r"[\w/-]+\.md", (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")))
    there = {str(page) for page in pages.pages() if page.parts[0] != "examples"} | {"docs/reference/options.md", "benchmarks/RESULTS.md"}
    assert named == there


def test_each_cell_of_the_comparison_has_its_source() -> None:
    """A claim about a peer without a link is an opinion."""
    page = (REPOSITORY / "docs" / "comparison.md").read_text(encoding="utf-8")
    table = [line.strip("|").split(" | ") for line in page.partition("\n## ")[0].splitlines() if line.startswith("| ")][2:]
    assert len(table) >= 10
    unsourced = [(row[0].strip(), cell) for row in table for cell in row[1:] if "](" not in cell and "][" not in cell]
    assert unsourced == []
    used = {name for row in table for cell in row for name in re.findall(r"\]\[([\w-]+)\]", cell)}
    assert used <= set(re.findall(r"^\[([\w-]+)\]: https://", page, re.MULTILINE))
    assert {len(row) for row in table} == {7}


def test_variables_have_a_line() -> None:
    """Each variable that begins with ROOST_ and is read or set anywhere."""
    sources = [
        path for directory in ("src", "shell") for path in (REPOSITORY / directory).rglob("*") if path.suffix in {".py", ".sh", ".bash", ".zsh", ".fish"}
    ]
    used = {name for path in sources for name in re.findall(r"\bROOST_[A-Z_]+\b", path.read_text(encoding="utf-8"))}
    page = (REPOSITORY / "docs" / "reference" / "environment.md").read_text(encoding="utf-8")
    assert used == set(re.findall(r"\bROOST_[A-Z_]+\b", page))


def test_pages_lie_as_in_the_repository(tmp_path: Path) -> None:
    """So one relative link is right on GitHub and on the site."""
    site.lay_out(tmp_path)
    for page in ("README.md", "SECURITY.md", "docs/files.md", "docs/reference/options.md", "docs/reference/schemas/status.json", "benchmarks/depth.svg"):
        assert (tmp_path / page).is_file(), page
    assert "`roost hook zsh|bash|fish`" in (tmp_path / "docs" / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<a href="there.html">', None),
        ('<a href="there.html#here">', None),
        ('<a href="#mine"><p id="mine">', None),
        ('<a href="https://example.org/">', None),
        ('<img src="picture.svg">', None),
        ('<a href="gone.html">', "index.html leads to gone.html, which is not there"),
        ('<a href="there.html#gone">', "index.html leads to there.html#gone, and there is no such heading"),
        ('<img src="gone.svg">', "index.html leads to gone.svg, which is not there"),
        ('<source srcset="gone.svg">', "index.html leads to gone.svg, which is not there"),
        ('<script src="https://example.org/x.js">', "index.html loads https://example.org/x.js from another server"),
        ('<link rel="stylesheet" href="//example.org/x.css">', "index.html loads //example.org/x.css from another server"),
    ],
)
def test_faults_of_a_site(tmp_path: Path, html: str, fault: str | None) -> None:
    (tmp_path / "index.html").write_text(html)
    (tmp_path / "there.html").write_text('<h1 id="here">')
    (tmp_path / "picture.svg").touch()
    assert list(site.faults(tmp_path)) == ([fault] if fault else [])
