"""What a docstring says, part by part. Its texts can be translated; a line of code in them stays.

Docstrings have the form of Google's: paragraphs, then ``Args``, ``Returns`` and ``Raises``, and
perhaps paragraphs again. Code stands between double backticks, and examples are indented.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from griffe import Docstring


@dataclass(frozen=True)
class Example:
    """Lines of code."""

    code: str


@dataclass(frozen=True)
class Described:
    """What is said of a class or a function.

    Args:
        paragraphs: before everything else.
        arguments: by name.
        returns: what it gives; empty where nothing is said.
        raises: when, by the names of the errors.
        remarks: paragraphs after these.
    """

    paragraphs: Sequence[str | Example]
    arguments: Mapping[str, str]
    returns: str
    raises: Mapping[str, str]
    remarks: Sequence[str | Example]

    @property
    def texts(self) -> Iterator[str]:
        """All that can be translated."""
        for each in (*self.paragraphs, *self.remarks):
            if isinstance(each, str):
                yield each
        yield from self.arguments.values()
        if self.returns:
            yield self.returns
        yield from self.raises.values()


def described(docstring: "Docstring | None") -> Described:
    """The parts of a docstring; none of none."""
    if docstring is None:
        return Described((), {}, "", {}, ())
    sections = docstring.parse("google", returns_multiple_items=False, warnings=False)
    texts: tuple[list[str | Example], list[str | Example]] = [], []
    arguments: dict[str, str] = {}
    raises: dict[str, str] = {}
    returns = ""
    for section in sections:
        match section.kind.value:
            case "parameters":
                arguments |= {each.name: _line(each.description) for each in section.value}
            case "returns":
                returns = _line(section.value[0].description)
            case "raises":
                raises |= {
                    _name(each.annotation): _line(each.description) for each in section.value
                }
            case "text":
                texts[bool(arguments or raises or returns)].extend(_paragraphs(section.value))
            case _:
                pass
    return Described(texts[0], arguments, returns, raises, texts[1])


def _paragraphs(texts: str) -> Iterator[str | Example]:
    for text in texts.split("\n\n"):
        yield Example(dedent(text)) if text.startswith("    ") else _line(text)


def _line(text: str) -> str:
    return " ".join(text.split())


def _name(annotation: object) -> str:
    return str(annotation).strip("()")
