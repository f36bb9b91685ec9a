"""The handbook in one language: everything in it that a person wrote lies in one folder.

``prose/<language>/*.md`` are the chapters, templates that call for what is derived.
``prose/<language>/words`` are the words on derived pages: each file is a table of texts, named for
what it speaks of, and so is each folder of files. ``statements`` has what claims say, with its
formulas set; ``specs`` translates what else is declared in English: summaries, arguments, peers;
``sources`` has the phrases that sources are made of, and ``notebooks`` the paragraphs of notebooks.
What a language does not have is taken from English, so a translation can grow page by page.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_PROSE = Path(__file__).parent / "prose"
ENGLISH = "en"
_BETWEEN = re.compile("([,:;] )")
"""What stands between the phrases of a source."""
_BROKEN = re.compile(
    "(?<=[\u3000-\u9fff\uff00-\uffef])[ \n](?=[\u3000-\u9fff\uff00-\uffef\u201c])"
    "|(?<=[\u3001\u3002\uff09\uff0c\uff1a\uff1b])[ \n](?=[A-Za-z])"
)
"""The end of a line, or a space, within a Chinese sentence: a browser would show it."""


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
        return self.words.get("specs", {}).get(text, text)

    def cited(self, source: str) -> str:
        """A source, in this language but for names and titles: phrase by phrase."""
        known = self.words.get("sources", {})
        return "".join(_phrase(each, known) for each in _BETWEEN.split(source))

    def typeset(self, text: str) -> str:
        """A page with the words that stand in formulas, and as lines are set in this language."""
        for word, own in self.words.get("formulas", {}).items():
            text = text.replace(rf"\text{{{word}}}", rf"\text{{{own}}}")
        return _BROKEN.sub("", text)


def languages() -> list[str]:
    """All there are, English first."""
    found = sorted(folder.name for folder in _PROSE.iterdir() if folder.is_dir())
    return sorted(found, key=lambda name: name != ENGLISH)


def edition(language: str = ENGLISH) -> Edition:
    """The texts of a language, over those in English."""
    english, own = _PROSE / ENGLISH, _PROSE / language
    words: dict[str, dict[str, str]] = {}
    for folder in (english, own):
        for name, table in _tables(folder / "words"):
            words[name] = words.get(name, {}) | table
    chapters = {
        file.stem: file.read_text(encoding="utf-8")
        for folder in (english, own)
        for file in sorted(folder.glob("*.md"))
    }
    own_chapters = frozenset(file.stem for file in own.glob("*.md"))
    return Edition(language, words, chapters, own_chapters)


def _tables(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Those of a folder, by the name of the file or of the folder in it."""
    for file in sorted(folder.rglob("*.toml")):
        name = file.relative_to(folder).with_suffix("").parts[0]
        yield name, tomllib.loads(file.read_text(encoding="utf-8"))


def _phrase(text: str, known: Mapping[str, str]) -> str:
    """One phrase; ``{}`` in a known one stands for any name or number."""
    for phrase, said in known.items():
        if found := re.fullmatch(re.escape(phrase).replace(r"\{\}", "(.+)"), text):
            return said.format(*found.groups())
    return text
