"""The part an equation plays in a rule, by which rules are laid side by side.

It is read off the declarations: what a quantity depends on, and what its state can be.
"""

from collections.abc import Mapping
from enum import Enum

from sympy import Expr, Mul, Pow, preorder_traversal

from ....specs.language import GradientAt, Optimizer, Update, Value, t, theta
from ...notation.order import order_of


class Role(Enum):
    """In the order in which a step goes."""

    GRADIENT = "gradient"
    """The gradient, as the rule sees it."""
    COEFFICIENT = "coefficient"
    """One number for all elements: a rate, a momentum."""
    FIRST = "first"
    """A state that the gradient enters with its sign."""
    SECOND = "second"
    """A state that is never negative: the size of what it gathers."""
    CORRECTION = "correction"
    """What a state is made into before it is used."""
    DIRECTION = "direction"
    """What the step follows."""
    DECAY = "decay"
    """The parameter that the step starts from."""
    STEP = "step"
    """The new parameter."""


def roles(spec: Optimizer) -> Mapping[str, Role]:
    """The role of each equation, by the name of what it computes."""
    found: dict[str, Role] = {}
    for update in spec.updates:
        found[update.target.name] = _role(spec, update, found)
    return found


def _role(spec: Optimizer, update: Update, known: Mapping[str, Role]) -> Role:
    name, value = update.target.name, update.value
    states = {s.name: s for s in spec.states}
    order = order_of(spec)
    read = {v.name for v in value.atoms(Value) if not order.is_scalar(v)}
    if name == theta.name:
        return Role.STEP
    if order.is_scalar(update.target):
        return Role.COEFFICIENT
    if name in states:
        low = states[name].domain.low
        return Role.SECOND if low is not None and low >= 0 else Role.FIRST
    if value.has(GradientAt) or (
        any(known.get(n) is Role.GRADIENT for n in read)
        and (read <= {theta.name, *(n for n, role in known.items() if role is Role.GRADIENT)})
    ):
        return Role.GRADIENT
    if read <= {theta.name}:
        return Role.DECAY
    return Role.CORRECTION if read <= states.keys() else Role.DIRECTION


def divisors(spec: Optimizer) -> list[Expr]:
    """What the steps of single elements are divided by."""
    order = order_of(spec)
    found: list[Expr] = []
    for update in spec.updates:
        # In an order, which a set has not: the page says them one after the other.
        for product in preorder_traversal(update.value):
            if isinstance(product, (Mul, Pow)):
                _, below = order.factors(product)
                found += [e for e in below if not order.is_scalar(e) and e not in found]
    return found


def is_corrected(spec: Optimizer) -> bool:
    """Whether a rule makes up for where its averages start: divides by a number that changes."""
    order = order_of(spec)
    divided = (
        below
        for update in spec.updates
        if not order.is_scalar(update.target)
        for product in update.value.atoms(Mul, Pow)
        for below in order.factors(product)[1]
    )
    return any(order.is_scalar(e) and bool(e.atoms(Value) or e.has(t)) for e in divided)
