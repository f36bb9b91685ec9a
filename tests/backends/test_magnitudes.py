"""One step of every rule by every engine, from numbers of all magnitudes and weights of all sizes.

Gradients, states and parameters are drawn apart, so that what is stored is 2**60 times what
comes or the other way round; infinities and NaN are among them, and weights at both ends of
their domains. What is right is what the equations give in exact arithmetic, as nearly as the
roundings of the program explain: that terms of the equation cancel is excused, and not that others
do, which a form of the code brings in.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import steprule.numpy
from steprule.codegen.analysis import analyse
from steprule.codegen.oracle.formats import FORMATS
from steprule.codegen.oracle.known import allowed, existing
from steprule.codegen.oracle.optimizers import step
from steprule.codegen.program.compiled import compiled
from steprule.codegen.program.passes.expand import expand
from steprule.codegen.verify.optimizers.bounds import bounds
from steprule.codegen.verify.optimizers.configurations import Configuration, settings
from steprule.codegen.verify.optimizers.engines import Given, run
from steprule.codegen.verify.optimizers.implementations import implementations
from steprule.codegen.verify.package import generated
from steprule.codegen.verify.results import worst
from steprule.codegen.verify.ulp import expected
from steprule.specs.language import NON_NEGATIVE, Optimizer, Shape, Update
from steprule.specs.language.over_tensors import OverTensors
from steprule.specs.language.shapes import facts
from sympy import sympify

from ..sample import has_rate, optimizers

FLOAT32, FLOAT64 = FORMATS["float32"], FORMATS["float64"]

ELEMENTS = 20

FIRST = 3
"""The step: late enough for states, and early enough that corrections matter."""

WEIGHTS = (0.0, 2.0**-24, 0.5, 1 - 2.0**-24, 1.0)

SPECS = optimizers(
    lambda spec: (
        not spec.inputs
        and not getattr(steprule.numpy, spec.name)._on_matrices
        and not any(s.shape.is_global for s in spec.states)
        and not any(u.value.has(OverTensors) for u in spec.updates)
    )
)
"""Those whose steps are of one tensor and its gradient alone."""


def configurations(spec: Optimizer, *, odd: bool) -> Iterator[Configuration]:
    """Options off and on, with weights of each size: every second of them, from one or other."""
    for on in (False, True):
        options = {o.name: on for o in spec.options}
        for weight in WEIGHTS[on ^ odd :: 2]:
            hyper = {h.name: float(h.default) for h in spec.hyperparameters}
            for h in spec.hyperparameters:
                if h.domain.high == 1 or h.name == "momentum":
                    most = 1 - 2.0**-24 if h.domain.high_open else 1.0
                    least = float(h.domain.low or 0) + (2.0**-24 if h.domain.low_open else 0.0)
                    hyper[h.name] = max(least, min(weight, most))
            if has_rate(spec):
                hyper["lr"] = 0.5
            if allowed(spec, hyper, options):
                yield Configuration(hyper, options)


def magnitudes(rng: np.random.Generator, reach: int) -> np.ndarray:
    return np.ldexp(rng.uniform(1, 2, ELEMENTS), rng.integers(-reach, reach, ELEMENTS))


def inputs(spec: Optimizer, c: Configuration, rng: np.random.Generator) -> dict[str, Any]:
    """The parameter, the gradient and all states, the last few of them not finite."""
    signs = rng.choice([-1.0, 1.0], (2, ELEMENTS))
    found = {"theta": signs[0] * magnitudes(rng, 30), "grad": signs[1] * magnitudes(rng, 30)}
    for s in existing(spec, (ELEMENTS,), c.hyper, c.options):
        if s.shape == Shape.SCALAR:
            found[s.name] = np.float64(0.75)
        elif s.domain == NON_NEGATIVE:
            lengths = s.shape.lengths((ELEMENTS,))
            found[s.name] = magnitudes(rng, 60)[: math.prod(lengths)].reshape(lengths)
        else:
            found[s.name] = rng.choice([-1.0, 1.0], ELEMENTS) * magnitudes(rng, 30)
    first = next((s for s in found if s not in ("theta", "grad") and np.ndim(found[s])), "grad")
    found["grad"][-4:] = np.inf, -np.inf, np.nan, 0.0
    found[first][-6:-4] = np.inf, 0.0
    return {
        n: x.astype(np.float32) if isinstance(x, np.ndarray) else float(x) for n, x in found.items()
    }


def without_what_is_off(spec: Optimizer, hyper: Mapping[str, float]) -> Optimizer:
    """A hyperparameter that 0 switches off takes its terms with it: 0 times infinity is no NaN."""
    off = {h.symbol: sympify(0) for h in spec.hyperparameters if h.optional and not hyper[h.name]}
    return replace(spec, updates=[Update(u.target, u.value.xreplace(off)) for u in spec.updates])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("odd", [False, pytest.param(True, marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("name", SPECS.params())
def test_a_step_is_as_accurate_as_its_terms(name: str, odd: bool) -> None:
    spec = analyse(SPECS[name])
    rng = np.random.default_rng(5)
    rule = compiled(spec)
    program = expand(rule.program)
    with generated(spec) as package:
        forms = implementations(rule, package, "cpu", "float32")
        for c in configurations(spec, odd=odd):
            given = inputs(spec, c, rng)
            theta, gradient = given["theta"], given["grad"]
            states = {n: x for n, x in given.items() if n not in ("theta", "grad")}
            exact = step(
                without_what_is_off(spec, c.hyper), t=FIRST, theta=theta, gradient=gradient,
                states=states, hyper=c.hyper, options=c.options, form=FLOAT32,
            )  # fmt: skip
            values = {**c.hyper, **c.options, **given, "t": FIRST, "first": False}
            values |= facts((ELEMENTS,))
            allowed = bounds(program, values, FLOAT32, FLOAT32)
            for form in forms:
                tensors = {n: x if isinstance(x, float) else [x] for n, x in states.items()}
                (computed,) = run(
                    form.start, settings(spec, c), [Given([theta], tensors, [gradient])], FIRST
                )
                for quantity, value in exact.items():
                    known = expected(value, FLOAT64 if np.ndim(value) == 0 else FLOAT32)
                    distance = known.distance(computed[quantity][0])
                    found = worst(distance, allowed[quantity].off, known, f"{form.backend}: {c}")
                    assert not found.fails, (quantity, found, given)
