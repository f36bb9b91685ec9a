"""The links of a site: each leads to a file that is there, and to a place in it."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    def __init__(self, file: Path) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.places: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.targets += [v for v in (found.get("href"), found.get("src")) if v]
        self.places |= {v for v in (found.get("id"), found.get("name")) if v}


def broken_links(site: Path) -> list[str]:
    """Those within a site that lead nowhere, as ``page: link``."""
    pages = {file: _Page(file) for file in sorted(site.rglob("*.html"))}
    broken: list[str] = []
    for file, page in pages.items():
        for target in page.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            aim = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            place = unquote(parts.fragment)
            missing_place = place and aim in pages and place not in pages[aim].places
            if not aim.exists() or missing_place:
                broken.append(f"{file.relative_to(site)}: {target}")
    return broken
