"""Rule text: words that any file and any terminal can take."""

import pytest
from steprule.codegen.analysis import analyse


@pytest.mark.parametrize("text", ["", "Zürich, 東京 — \\d {{ x }}", 'a """quoted"""\nline\tor two'])
def test_texts(momentum, text):
    assert analyse(momentum(summary=text, source=text))


@pytest.mark.parametrize("letter", ["\0", "\x1b", "\r", "\x85", "\udc80"])
def test_no_letters(momentum, refused, letter):
    words = ("source", ascii(letter), "is no letter", "Leave it out")
    refused(momentum(source=f"Polyak{letter}, 1964"), "text", *words)


def test_too_long(momentum, refused):
    refused(momentum(summary="x" * 10_001), "text", "summary", "10001 letters", "at most 10000")
