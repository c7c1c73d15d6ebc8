"""`make docs`: builds the documentation in .cache/site/html, and refuses a site with a link that leads nowhere or a file from elsewhere.

The pages lie below .cache/site/pages as they lie in the repository, so one relative link is right on GitHub and on the site.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

REPOSITORY: Final = Path(__file__).resolve().parents[1]
SITE: Final = REPOSITORY / ".cache" / "site"
_COPIED: Final = ("README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "docs", "benchmarks/RESULTS.md", "benchmarks/*.svg", "examples")


def main() -> int:
    lay_out(SITE / "pages")
    html = SITE / "html"
    shutil.rmtree(html, ignore_errors=True)
    # Its settings lie in SITE, because zensical empties the .cache beside them.
    shutil.copy2(REPOSITORY / "mkdocs.yml", SITE)
    built = subprocess.run([Path(sys.executable).with_name("zensical"), "build", "--clean", "--strict"], cwd=SITE, check=False)
    if built.returncode:
        return built.returncode
    wrong = sorted(faults(html))
    for line in wrong:
        print(f"make docs: {line}", file=sys.stderr)
    print(f"the site is {html / 'index.html'}")
    return 1 if wrong else 0


def lay_out(pages: Path) -> None:
    """Copies what the site shows to ``pages``, and writes the page that is made from the program."""
    from scripts.options import page

    shutil.rmtree(pages, ignore_errors=True)
    for pattern in _COPIED:
        for source in REPOSITORY.glob(pattern):
            target = pages / source.relative_to(REPOSITORY)
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy2(source, target)
    (pages / "docs" / "reference").mkdir(exist_ok=True)
    (pages / "docs" / "reference" / "options.md").write_text(page(), encoding="utf-8")
    for path in pages.rglob("*.md"):
        path.write_text(_without_escapes(path.read_text(encoding="utf-8")), encoding="utf-8")


def _without_escapes(markdown: str) -> str:
    """GitHub wants a bar in a table's code written as ``\\|``; the site would show the backslash."""
    return re.sub(r"`[^`\n]+`", lambda code: code[0].replace("\\|", "|"), markdown)


class _Page(HTMLParser):
    """What a page of the site has: its anchors, its links, and what a browser loads with it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            elif name in {"src", "srcset"} and value:
                self.loaded.append(value)
            elif name == "href" and value:
                (self.links if tag == "a" else self.loaded).append(value)


def faults(html: Path) -> Iterator[str]:
    """zensical looks at Markdown links alone. This looks at what came out, pictures in HTML and the theme's own files included."""
    pages = {path: _Page(path) for path in html.rglob("*.html")}
    for path, page in pages.items():
        name = path.relative_to(html)
        for url in page.loaded:
            if urlsplit(url).netloc:
                yield f"{name} loads {url} from another server"
        for url in [*page.links, *page.loaded]:
            parts = urlsplit(url)
            if parts.scheme or parts.netloc or name.name == "404.html":  # the page for a wrong address knows no place of its own
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            if not target.exists():
                yield f"{name} leads to {url}, which is not there"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{name} leads to {url}, and there is no such heading"


if __name__ == "__main__":
    sys.exit(main())
