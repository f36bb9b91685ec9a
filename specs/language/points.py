"""Where gradients beside the first are taken: rules whose one step leads there.

An equation ``x[t] = grad(point)`` of an input says that. What the point needs is a rule of its own,
whose new parameter is the point; the rule that is left takes x as what it is given. All that is
known of rules then holds for both: when one is valid, what it computes, how it is carried out.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from sympy import Eq, Expr, Piecewise

from .declarations import State, Update
from .inputs import Source
from .optimizer import Optimizer
from .symbols import GradientAt, Value, t, theta


def points(spec: Optimizer) -> dict[str, Optimizer]:
    """By input, the rule whose step leads to the point that its gradient is taken at.

    They are in the order in which the gradients are asked for. A state that a point reads is kept
    as it is, or computed as the point needs it; nobody keeps it.
    """
    taken = {i.name for i in spec.inputs if i.source is Source.GRADIENT}
    return {
        u.target.name: _leading_to(spec, u.target.name, cast(GradientAt, u.value).point)
        for u in spec.updates
        if u.target.name in taken
    }


def carried_out(spec: Optimizer) -> tuple[Update, ...]:
    """The equations of a step that is given its inputs, in their order."""
    return tuple(_needed(spec, spec.results))


def _leading_to(spec: Optimizer, name: str, point: Expr) -> Optimizer:
    read = {v.name for v in point.atoms(Value) if v.lag == 0}
    needed = _needed(spec, read)
    values = {v for u in needed for v in u.value.atoms(Value)} | point.atoms(Value)
    names = {v.name for v in values}
    computed = {u.target.name for u in needed}
    states = tuple(s for s in spec.states if s.name in names)
    still = (Update(s.series[t], _kept(s)) for s in states if s.name not in computed)
    drawn = {i.name for i in spec.inputs if i.is_random}  # whose numbers follow from their order
    title = f"{spec.name}Point{name.capitalize()}"
    return replace(
        spec,
        name=title,
        summary=f"Where {spec.name} takes the gradient {name}.",
        states=states,
        inputs=tuple(i for i in spec.inputs if i.name in names | drawn and i.name != name),
        updates=(*needed, *still, Update(theta[t], point)),
        outputs=(),
        peer="",
    )


def _kept(state: State) -> Expr:
    """The value a state has; before the first step gives it one, any will do."""
    value = state.series[t - 1]
    return value if state.init is not None else Piecewise((0, Eq(t, 1)), (value, True))


def _needed(spec: Optimizer, names: Iterable[str]) -> list[Update]:
    """The equations of what is needed for values of this step, but those of inputs."""
    given = {i.name for i in spec.inputs}
    equations = {u.target.name: u for u in spec.updates if u.target.name not in given}
    pending, found = [*names], set[str]()
    while pending:
        name = pending.pop()
        if name in equations and name not in found:
            found.add(name)
            pending += (v.name for v in equations[name].value.atoms(Value) if v.lag == 0)
    return [u for u in spec.updates if u.target.name in found]
