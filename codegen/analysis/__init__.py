"""Spec to checked, ordered recurrences.

Every rule is a module of :mod:`.rules`: a code, and a check that yields what it finds.
:data:`RULES` is the one list of them. A rule may rely on those before it having passed, so
the first fault is reported alone.

Equations depend on one another's conditions: a state that is only updated in some steps, an
intermediate that only these need, a first value of a step that may be the thousandth. What is known
of that is found in stages, each by tables that settle no more than makes a difference to them, so
that what equations ask for by themselves adds up and is not multiplied:

``distinctions``    spec -> what steps differ in: options, zeros, the first step, shapes, and
                    comparisons that all tensors of a step answer alike.
``cases``           some of them, settled: which conditions then hold, and what is read.
``courses``         equation -> the cases in which it is carried out, from what results need down
                    to what these read: the condition under which each symbol is needed.
``survey``          equation -> its range in these cases, from what is stored up to the results, by
                    intervals; where it is in doubt, ``search`` looks for points at which all
                    comparisons are as the case settles them.

So ``1/(1 - M[t])`` is defined that is read only where ``M[t] = M[t - 1]*mu[t]``, though in other
steps ``M[t] = M[t - 1]`` may be 1. What compares elements guards what stands in its own branch.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from ...specs.language import Optimizer, Schedule, Spec, SpecError, Transform, theta
from ..notation.memo import kept, once
from .fault import Fault, Rule
from .rules import (
    argument,
    assigned,
    assigned_once,
    assumption,
    condition,
    constraint,
    courses,
    cycle,
    declaration,
    default,
    derived,
    division,
    domain,
    duplicate,
    even,
    example,
    existence,
    extent,
    factor,
    float_literal,
    follows,
    gradient,
    initial_value,
    inputs,
    kind,
    name,
    number,
    output,
    piecewise_default,
    positional,
    python_condition,
    root,
    shape,
    step_count,
    storage,
    supported,
    target,
    text,
    time,
    transform,
    undeclared,
    unused,
    vanishing,
    view,
)
from .subject import Subject

__all__ = [
    "OF_SCHEDULES",
    "OF_TRANSFORMS",
    "RULES",
    "Fault",
    "Rule",
    "analyse",
    "analyse_transform",
]

RULES: tuple[Rule, ...] = (
    # what the spec is made of
    kind,
    text,
    extent,
    python_condition,
    target,
    number,
    float_literal,
    supported,
    # its declarations
    default,
    transform,
    name,
    positional,
    assigned_once,
    duplicate,
    argument,
    assigned,
    # its symbols
    undeclared,
    assumption,
    declaration,
    derived,
    condition,
    time,
    gradient,
    piecewise_default,
    step_count,
    # the equations together
    cycle,
    unused,
    view,
    shape,
    even,
    factor,
    constraint,
    # every course a step can take
    courses,
    inputs,
    existence,
    initial_value,
    root,
    division,
    domain,
    output,
    vanishing,
)
"""The rules for optimizers, in the order they are checked."""

_ASKED_FOR: tuple[Rule, ...] = (name, default)
"""The rules on what is said with an operator, and not by it: its arguments, and a name."""

OF_TRANSFORMS: tuple[Rule, ...] = (kind, storage, *(r for r in RULES[1:] if r is not transform))
"""The rules for the rules that transforms make."""

OF_SCHEDULES: tuple[Rule, ...] = (
    kind,
    text,
    extent,
    python_condition,
    target,
    number,
    float_literal,
    supported,
    default,
    name,
    assigned_once,
    duplicate,
    argument,
    assigned,
    undeclared,
    assumption,
    condition,
    time,
    follows,
    piecewise_default,
    cycle,
    unused,
    example,
    courses,
    root,
    division,
    domain,
)
"""The rules for schedules, likewise."""

AnySpec = TypeVar("AnySpec", bound=Spec)


def analyse(spec: AnySpec) -> AnySpec:
    """The spec with its updates in execution order, once it has passed every rule.

    It is one object for one spec, and so is what others keep with it.

    Raises:
        SpecError: the spec breaks a rule; the error is about the first one.
    """
    known = kept(spec)
    if _ANALYSED not in known:
        found = _analysed(spec, OF_SCHEDULES if isinstance(spec, Schedule) else RULES)
        kept(found)[_ANALYSED] = known[_ANALYSED] = found
    return known[_ANALYSED]


_ANALYSED = f"{__name__}.{analyse.__name__}"


@once
def analyse_transform(spec: Transform) -> Transform:
    """The same of a transform, for which the rules are those of the rule that it makes.

    Raises:
        SpecError: as :func:`analyse` does.
    """
    ordered = _analysed(spec.rule, OF_TRANSFORMS).updates
    updates = [u for u in ordered if u.target.name != theta.name]
    return replace(spec, updates=updates)


def _analysed(spec: AnySpec, rules: Sequence[Rule]) -> AnySpec:
    subject = Subject(spec)
    for rule in rules:
        for fault in rule.check(subject):
            if isinstance(spec, Optimizer) and spec.made_by and rule not in _ASKED_FOR:
                raise _of_operator(*spec.made_by, fault)
            raise SpecError(
                rule.CODE,
                spec=spec.name if isinstance(spec.name, str) else "a spec",
                where=fault.where,
                problem=fault.problem,
                remedy=fault.remedy,
            )
    return replace(spec, updates=subject.updates)


def _of_operator(operator: str, rule: Optimizer, fault: Fault) -> SpecError:
    """The error for what an operator makes, if its rule has none of its own."""
    analyse(rule)
    return SpecError(
        "operator",
        spec=f"{operator}({rule.name})",
        where=operator,
        problem=f"it cannot be done to {rule.name}: in what it makes of it, {fault.where}: "
        f"{fault.problem}",
        remedy=f"Do it to another rule. In an operator of your own: {fault.remedy}",
    )
