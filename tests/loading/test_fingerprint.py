"""The hash in a generated file's header: of all that a spec declares, and of nothing else."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from steprule.codegen.loading.fingerprint import fingerprint
from steprule.codegen.loading.load import builtin
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    Constraint,
    Hyper,
    Input,
    Optimizer,
    Option,
    Output,
    Shape,
    Source,
    State,
    Update,
    View,
    flags,
    grad,
    hyperparameters,
    inputs,
    intermediates,
    ndim,
    states,
    t,
    theta,
)
from sympy import Max, Piecewise, sqrt

lr, eps = hyperparameters("lr eps")
on, off = flags("on off")
m, n = states("m n")
f, g = inputs("f g")
(d,) = intermediates("d")

HYPER = Hyper(lr, "1e-3", NON_NEGATIVE, "rate")
OPTION = Option(on, "switches")
STATE = State(m, init=0, key="m")
UPDATE = Update(theta[t], theta[t - 1] - lr * m[t])
CONSTRAINT = Constraint(lr > 0, "must be positive")
OUTPUT = Output("mean", m[t], "an average")
INPUT = Input(f, Source.LOSS, "the loss")
SPEC = Optimizer(
    "Spec",
    summary="A spec.",
    source="Here",
    hyper=[HYPER, OPTION],
    states=[STATE],
    updates=[
        Update(m[t], Piecewise((m[t - 1] + grad(theta[t - 1]), on), (m[t - 1], True))),
        UPDATE,
    ],
    constraints=[CONSTRAINT],
    outputs=[OUTPUT],
    inputs=[INPUT],
)

OTHERWISE: dict[type, dict[str, list[Any]]] = {
    Optimizer: {
        "name": ["Other"],
        "summary": ["Another."],
        "source": ["There"],
        "hyper": [(HYPER,), (OPTION, HYPER)],
        "states": [(), (STATE, State(n, init=0, key="n"))],
        "updates": [SPEC.updates[:1], SPEC.updates[::-1]],
        "constraints": [(), (CONSTRAINT, Constraint(lr < 9, "must be small"))],
        "peer": ["torch.optim.Adam"],
        "step_key": [""],
        "eager": [True],
        "positional": [("foreach",), ("fused", "foreach")],
        "outputs": [(), (OUTPUT, Output("other", m[t], "an average"))],
        "inputs": [(), (INPUT, Input(g, Source.NUMBER, "a number"))],
        "view": [View(flat=ndim > 2), View(flat=on), View(parts=2)],
    },
    Hyper: {
        "symbol": [eps],
        "default": ["1e-2", "0.001"],
        "domain": [POSITIVE],
        "doc": ["another rate"],
        "latex": [r"\gamma"],
        "argument": ["rates"],
        "optional": [True],
        "per_group": [True],
        "keyword": [True],
        "derived": [eps],
        "omissible": [True],
    },
    Option: {"flag": [off], "doc": ["switches more"], "keyword": [True], "default": [True]},
    State: {
        "series": [n],
        "init": [1, None, lr, theta[0]],
        "key": ["exp_avg"],
        "when": [on, ~on, lr > 0],
        "shape": [Shape.SCALAR],
        "domain": [NON_NEGATIVE],
        "latex": ["M"],
    },
    Update: {
        "target": [d[t], theta[t - 1]],
        "value": [
            theta[t - 1] + lr * m[t],
            theta[t - 1] - lr * m[t - 1],
            theta[t - 1] - lr * sqrt(m[t]),
            theta[t - 1] - lr * Max(m[t], 0),
        ],
    },
    Constraint: {"condition": [lr >= 0, (lr > 0) & on], "message": ["must not be 0"]},
    Output: {
        "name": ["average"],
        "value": [m[t] + theta[t], sqrt(m[t])],
        "doc": ["another average"],
        "latex": [r"\bar{m}"],
    },
    Input: {
        "series": [g],
        "source": [Source.NUMBER, Source.ELEMENTS],
        "doc": ["another loss"],
        "when": [on, t > 1],
        "domain": [NON_NEGATIVE],
        "latex": ["F"],
    },
}


def changed() -> Iterator[tuple[str, Optimizer]]:
    """The spec with one field of one declaration changed."""
    kept = {
        Hyper: ("hyper", HYPER),
        Option: ("hyper", OPTION),
        State: ("states", STATE),
        Update: ("updates", UPDATE),
        Constraint: ("constraints", CONSTRAINT),
        Output: ("outputs", OUTPUT),
        Input: ("inputs", INPUT),
    }
    for kind, values in OTHERWISE.items():
        for field, others in values.items():
            for number, other in enumerate(others):
                if kind is Optimizer:
                    yield f"Optimizer.{field} {number}", replace(SPEC, **{field: other})
                    continue
                group, old = kept[kind]
                new = replace(old, **{field: other})
                all_ = tuple(new if x is old else x for x in getattr(SPEC, group))
                yield f"{kind.__name__}.{field} {number}", replace(SPEC, **{group: all_})


def test_every_field_is_tried() -> None:
    """But for where a rule came from, which no generated file says."""
    for kind, values in OTHERWISE.items():
        given = {field.name for field in fields(kind) if field.init}
        assert set(values) == given - {"lineage"}
    assert fingerprint(replace(SPEC, lineage=("Adam",))) == fingerprint(SPEC)


def test_whatever_is_declared_counts() -> None:
    found = {"the spec itself": fingerprint(SPEC)}
    for what, spec in changed():
        value = fingerprint(spec)
        assert value not in found.values(), f"{what} and {[k for k in found if found[k] == value]}"
        found[what] = value


def test_form_and_difference() -> None:
    values = [fingerprint(spec) for spec in builtin().values()]
    assert all(re.fullmatch("sha256:[0-9a-f]{16}", value) for value in values)
    assert len(set(values)) == len(values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lr * m[t] + eps * d[t], d[t] * eps + m[t] * lr),
        (Max(m[t], d[t], eps), Max(eps, d[t], m[t])),
        (Piecewise((1, on & ~off), (2, True)), Piecewise((1, ~off & on), (2, True))),
    ],
)
def test_the_order_sympy_was_given_does_not_count(one: Any, other: Any) -> None:
    first, second = (replace(SPEC, updates=(Update(theta[t], value),)) for value in (one, other))
    assert fingerprint(first) == fingerprint(second)


def test_two_fields_do_not_run_into_one() -> None:
    """What leaves one field and enters the next is a change."""
    moved = replace(SPEC, summary="A spec.\nHere", source="")
    assert fingerprint(moved) != fingerprint(SPEC)
    moved = replace(SPEC, peer="x\nstep", step_key="")
    other = replace(SPEC, peer="x", step_key="step\n")
    assert fingerprint(moved) != fingerprint(other)
    spaced = replace(SPEC, hyper=(replace(HYPER, doc="rate lr", latex="x"), OPTION))
    shifted = replace(SPEC, hyper=(replace(HYPER, doc="rate", latex="lr x"), OPTION))
    assert fingerprint(spaced) != fingerprint(shifted)
