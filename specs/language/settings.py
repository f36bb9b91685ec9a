"""What the arguments of a rule are set to in practice, and who says so."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One argument of a rule.

    Args:
        name: of the hyperparameter.
        low: the least of the values that are usual, as an argument is written; empty where there
            are none.
        high: the largest; empty where there is one value.
        doc: what to know when one chooses.
        source: where both are said.
        tried: the values that the rate is measured beside, in pictures.
    """

    name: str
    low: str
    high: str
    doc: str
    source: str
    tried: Sequence[str] = ()
