"""How tightly the forms of formulas bind: what needs parentheses within what."""

from collections.abc import Sequence

from ....specs.language import (
    amax,
    call,
    chained,
    chained_momentum,
    clip,
    completed_cycles,
    global_amax,
    global_norm,
    global_total,
    identity,
    item,
    iterate,
    lerp,
    matmul,
    mean,
    momentum_of,
    norm,
    one_minus_power,
    passed,
    rate_of,
    running_product,
    size,
    stored,
    total,
    trace,
    transpose,
)
from ....specs.language.heads import Head

SUM, PRODUCT, POWER, ATOM = range(4)

HEADS: dict[type[Head], tuple[int, Sequence[int]]] = {
    one_minus_power: (SUM, (ATOM, SUM)),
    lerp: (SUM, (PRODUCT, PRODUCT, PRODUCT)),
    clip: (POWER, (SUM, SUM, SUM)),
    norm: (ATOM, (SUM, ATOM, ATOM)),
    global_norm: (POWER, (SUM,)),
    global_total: (PRODUCT, (SUM,)),
    global_amax: (POWER, (SUM,)),
    mean: (POWER, (SUM, ATOM, ATOM)),
    total: (POWER, (SUM, ATOM, ATOM)),
    amax: (POWER, (SUM, ATOM, ATOM)),
    stored: (POWER, (SUM,)),
    matmul: (PRODUCT, (POWER, POWER)),
    transpose: (POWER, (ATOM,)),
    trace: (POWER, (SUM,)),
    identity: (ATOM, (SUM,)),
    iterate: (POWER, (SUM,) * 5),
    passed: (POWER, (POWER, SUM)),
    size: (ATOM, (SUM,)),
    item: (ATOM, (POWER, SUM)),
    completed_cycles: (POWER, (SUM, POWER, ATOM)),
    call: (POWER, (POWER, SUM)),
    running_product: (POWER, (POWER, SUM)),
    rate_of: (POWER, (POWER, SUM, SUM)),
    chained: (POWER, (POWER, SUM, SUM)),
    momentum_of: (POWER, (POWER, SUM)),
    chained_momentum: (POWER, (POWER, SUM)),
}
"""How tightly each head binds, and what its form expects of each argument."""
