"""A default is an exact decimal, as text, inside the hyperparameter's domain."""

import re
from collections.abc import Iterator
from fractions import Fraction
from numbers import Real

from ....specs.language import Schedule
from .. import intervals, magnitude
from ..fault import Fault, short
from ..subject import Subject, declared

CODE = "default"

_DECIMAL = re.compile(r"[+-]?((?!0[0-9])[0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,9})?")


_LENGTH = 1000
"""Of what is still read: more than enough for any double."""

_FRACTION = re.compile(rf"{_DECIMAL.pattern}(/[0-9]+)?")


def check(subject: Subject) -> Iterator[Fault]:
    of_schedule = isinstance(subject.spec, Schedule)
    for hyper in subject.spec.hyperparameters:
        if of_schedule and hyper.default == "":
            continue
        if not isinstance(hyper.default, str):
            yield Fault(
                declared(hyper),
                f"its default {short(hyper.default)} is no text, and so may be rounded",
                f'Write it as an exact decimal: "{_decimal(hyper.default)}"',
            )
        elif not (_FRACTION if of_schedule else _DECIMAL).fullmatch(hyper.default):
            yield Fault(
                declared(hyper),
                f'its default "{_short(hyper.default)}" is no decimal number',
                'Write digits with an optional point and exponent, such as "1e-3"',
            )
        elif reason := _objection(hyper.default):
            yield Fault(
                declared(hyper),
                f"its default {_short(hyper.default)} {reason}",
                "Give a default that double precision has room for",
            )
        elif not intervals.point(Fraction(hyper.default)).within(hyper.domain):
            yield Fault(
                declared(hyper),
                f"its default {hyper.default} is outside its domain "
                f"{hyper.domain.describe(hyper.name)}",
                "Change the default or the domain",
            )


def _decimal(default: object) -> str:
    return short(default) if isinstance(default, Real) else "1e-3"


def _objection(text: str) -> str:
    """Why no double is near a decimal; its exponent is looked at before it is a number."""
    exponent = re.search(r"[eE]([+-]?\d+)", text)
    if len(text) > _LENGTH or (exponent and abs(int(exponent[1])) > _LENGTH):
        return "has too many digits, written out"
    if "/" in text and not int(text.partition("/")[2]):
        return "divides by 0"
    return magnitude.objection(Fraction(text))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}..."
