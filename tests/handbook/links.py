"""The links of a site: each leads to a file that is there, and to a place in it."""

import re
from functools import cache
from html import unescape
from os.path import exists, normpath
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Quotes outside of tags are escaped, so no parser is needed, which takes ten times as long.
_LINK = re.compile(r'\s(?:href|src)="([^"]+)"')
_PLACE = re.compile(r'\s(?:id|name)="([^"]+)"')


def broken_links(site: Path) -> list[str]:
    """Those within a site that lead nowhere, as ``page: link``."""
    pages = {file: file.read_text(encoding="utf-8") for file in sorted(site.rglob("*.html"))}
    places = {
        normpath(file): {*map(unescape, _PLACE.findall(text))} for file, text in pages.items()
    }
    there = cache(exists)
    broken: list[str] = []
    for file, text in pages.items():
        for link in dict.fromkeys(_LINK.findall(text)):
            target = unescape(link)
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            path = unquote(parts.path)
            aim = normpath(file.parent / path if path else file)
            place = unquote(parts.fragment)
            missing_place = place and aim in places and place not in places[aim]
            if not there(aim) or missing_place:
                broken.append(f"{file.relative_to(site)}: {target}")
    return broken
