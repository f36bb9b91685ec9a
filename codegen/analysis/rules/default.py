"""A default is an exact decimal, as text, inside the hyperparameter's domain."""

import re
from collections.abc import Iterator
from fractions import Fraction

from ....specs.language import Schedule
from .. import intervals
from ..fault import Fault
from ..subject import Subject, declared

CODE = "default"

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


_FRACTION = re.compile(rf"{_DECIMAL.pattern}(/\d+)?")


def check(subject: Subject) -> Iterator[Fault]:
    of_schedule = isinstance(subject.spec, Schedule)
    for hyper in subject.spec.hyperparameters:
        if of_schedule and hyper.default == "":
            continue
        if not isinstance(hyper.default, str):
            yield Fault(
                declared(hyper),
                f"its default {hyper.default!r} is no text, and so may be rounded",
                f'Write it as an exact decimal: "{hyper.default}"',
            )
        elif not (_FRACTION if of_schedule else _DECIMAL).fullmatch(hyper.default):
            yield Fault(
                declared(hyper),
                f'its default "{hyper.default}" is no decimal number',
                'Write digits with an optional point and exponent, such as "1e-3"',
            )
        elif not intervals.point(Fraction(hyper.default)).within(hyper.domain):
            yield Fault(
                declared(hyper),
                f"its default {hyper.default} is outside its domain "
                f"{hyper.domain.describe(hyper.name)}",
                "Change the default or the domain",
            )
