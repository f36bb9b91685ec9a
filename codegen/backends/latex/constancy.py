"""Which quantities are the same at every step: they need no index."""

from collections.abc import Iterator

from sympy import Basic, Symbol

from ....specs.language import GradientAt, Spec, Value, metric


def constants(spec: Spec) -> set[str]:
    """The names of the intermediates that are computed from arguments alone."""
    equations = {u.target.name: u.value for u in spec.updates}
    found = equations.keys() - {*spec.results}
    changed = True
    while changed:
        constant = {name for name in found if not varies(spec, equations[name], found)}
        changed, found = constant != found, constant
    return found


def varies(spec: Spec, expression: Basic, constants: set[str]) -> bool:
    """Whether an expression changes from step to step, given what does not."""
    return any(
        isinstance(leaf, GradientAt)
        or leaf in (spec.clock, metric)
        or (isinstance(leaf, Value) and leaf.name not in constants)
        for leaf in _leaves(expression)
    )


def _leaves(e: Basic) -> Iterator[Basic]:
    if isinstance(e, Symbol | Value | GradientAt):
        yield e
    else:
        for argument in e.args:
            yield from _leaves(argument)
