"""The handbook in one language: everything in it that a person wrote lies in one folder.

``prose/<language>/*.md`` are the chapters, templates that call for what is derived.
``prose/<language>/words/*.toml`` are the words on derived pages: each file is a table of texts,
named for what it speaks of. ``rules.toml`` translates the summaries of optimizers, one a line, and
``specs.toml`` what else the specs themselves say in English.
What a language does not have is taken from English, so a translation can grow page by page.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PROSE = Path(__file__).parent / "prose"
ENGLISH = "en"


@dataclass(frozen=True)
class Edition:
    """One language.

    Args:
        language: its code, ``en`` or ``zh``.
        words: the texts by file and key.
        chapters: the templates of the chapters by name.
        translated_chapters: those that are not in English for want of a translation.
    """

    language: str
    words: Mapping[str, Mapping[str, str]]
    chapters: Mapping[str, str]
    translated_chapters: frozenset[str]

    def said(self, text: str) -> str:
        """What a spec or a claim says, in this language where it is translated."""
        for file in ("rules", "specs"):
            if translated := self.words.get(file, {}).get(text):
                return translated
        return text


def languages() -> list[str]:
    """All there are, English first."""
    found = sorted(folder.name for folder in _PROSE.iterdir() if folder.is_dir())
    return sorted(found, key=lambda name: name != ENGLISH)


def edition(language: str = ENGLISH) -> Edition:
    """The texts of a language, over those in English."""
    english, own = _PROSE / ENGLISH, _PROSE / language
    words: dict[str, dict[str, str]] = {}
    for folder in (english, own):
        for file in sorted((folder / "words").glob("*.toml")):
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            words[file.stem] = words.get(file.stem, {}) | table
    chapters = {
        file.stem: file.read_text(encoding="utf-8")
        for folder in (english, own)
        for file in sorted(folder.glob("*.md"))
    }
    own_chapters = frozenset(file.stem for file in own.glob("*.md"))
    return Edition(language, words, chapters, own_chapters)
