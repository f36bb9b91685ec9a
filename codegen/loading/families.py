"""Which family a rule is of; see :mod:`steprule.specs.families.order`."""

from collections.abc import Sequence

from ...specs.families.order import FAMILIES, OTHERS, Family
from ...specs.language import Optimizer

_BEGUN = {name: family for family in FAMILIES for name in family.begun_by}


def family(rule: Optimizer) -> Family:
    """Its own, or that of the nearest rule it grew out of."""
    names = (rule.name, *(entry.partition("(")[0] for entry in rule.lineage))
    return next((_BEGUN[name] for name in names if name in _BEGUN), OTHERS)


def by_family(rules: Sequence[Optimizer]) -> dict[Family, list[Optimizer]]:
    """Those families that there are rules of."""
    sorted_rules = {each: [r for r in rules if family(r) is each] for each in (*FAMILIES, OTHERS)}
    return {each: found for each, found in sorted_rules.items() if found}
