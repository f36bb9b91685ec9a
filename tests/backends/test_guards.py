"""Scalars that are only defined under a condition are only computed under it, by every engine."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.program.compiled import CompiledRule
from steprule.codegen.verify.optimizers.configurations import Configuration, settings
from steprule.codegen.verify.optimizers.engines import Given
from steprule.codegen.verify.optimizers.implementations import implementations
from steprule.specs.language import (
    NON_NEGATIVE,
    REAL,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    State,
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from sympy import And, Eq, Ne, Piecewise, log, sqrt

lr, beta1, beta2, eps, a, b = hyperparameters("lr beta1 beta2 eps a b")
(flag,) = flags("flag")
m, v = states("m v")
rho, mhat = intermediates("rho mhat")
G, P = grad(theta[t - 1]), theta[t - 1]

LR = Hyper(lr, "0.5", NON_NEGATIVE, "rate")
A, B = Hyper(a, "0.75", REAL, "any number"), Hyper(b, "0.5", REAL, "any number")

RHO_INF = 2 / (1 - beta2) - 1
RECTIFIED = (rho[t] - 4) * (rho[t] - 2) * RHO_INF / ((RHO_INF - 4) * (RHO_INF - 2) * rho[t])


def rule(name: str, *updates: Update, hyper: Any = (LR,), **fields: Any) -> Optimizer:
    return analyse(
        Optimizer(
            name, summary=name, source="here", hyper=hyper, updates=updates,
            **({"states": []} | fields),
        )
    )  # fmt: skip


RADAM = rule(
    "RAdam",
    Update(m[t], beta1 * m[t - 1] + (1 - beta1) * G),
    Update(v[t], beta2 * v[t - 1] + (1 - beta2) * G**2),
    Update(mhat[t], m[t] / (1 - beta1**t)),
    Update(rho[t], RHO_INF - 2 * t * beta2**t / (1 - beta2**t)),
    Update(
        theta[t],
        Piecewise(
            (
                P - lr * mhat[t] * sqrt(RECTIFIED) / (sqrt(v[t] / (1 - beta2**t)) + eps),
                rho[t] > 5,
            ),
            (P - lr * mhat[t], True),
        ),
    ),
    hyper=[
        LR,
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator"),
    ],
    states=[State(m, init=0, key="m"), State(v, init=0, key="v", domain=NON_NEGATIVE)],
)
"""Liu et al., 2019, Algorithm 2, with the condition of its footnote."""

RULES: Mapping[Optimizer, list[Mapping[str, float]]] = {
    RADAM: [{}, {"beta2": 0.5}],
    rule("Late", Update(theta[t], Piecewise((P - lr * sqrt(t - 5) * G, t > 5), (P, True)))): [{}],
    rule(
        "Apart", Update(theta[t], P - lr * Piecewise((G / (a - b), Ne(a, b)), (G, True))),
        hyper=[LR, A, B],
    ): [{}, {"a": 0.5}],
    rule(
        "Product", Update(theta[t], P - lr * Piecewise((G / (a * b), Ne(a * b, 0)), (G, True))),
        hyper=[LR, A, B],
    ): [{}, {"a": 0.0}],
    rule(
        "ByElement",
        Update(theta[t], P - lr * Piecewise((log(t - 2) * G, And(G > 0, t > 2)), (G, True))),
    ): [{}],
    rule(
        "InACondition",
        Update(
            theta[t],
            Piecewise((P, Eq(t, 3)), (P - lr * G, 1 / (t - 3) > a), (P + lr * G, True)),
        ),
        hyper=[LR, A],
    ): [{}],
    rule(
        "ByEitherPath",
        Update(
            theta[t],
            Piecewise(
                (P - sqrt(a) * G, And(flag, a > 0)), (P + sqrt(a) * lr * G, a > b), (P - G, True)
            ),
        ),
        hyper=[LR, A, Hyper(b, "0.5", NON_NEGATIVE, "a bound"), Option(flag, "a flag")],
    ): [{}, {"a": -1.0}],
    rule(
        "InAState",
        Update(m[t], Piecewise((sqrt(a) * G, a > 0), (m[t - 1] + G, True))),
        Update(theta[t], P - lr * m[t]),
        hyper=[LR, A],
        states=[State(m, init=0, key="m")],
    ): [{}, {"a": -1.0}],
}  # fmt: skip


@pytest.fixture(scope="module")
def rules(package: Any) -> Any:
    return package(list(RULES), formatted=False, kernels=True)


@pytest.mark.parametrize("spec", RULES, ids=lambda spec: spec.name)
def test_each_step_is_the_equations(spec: Optimizer, rules: Any) -> None:
    rng = np.random.default_rng(2)
    gradients = [rng.choice([-1, 1], 4) * rng.uniform(0.5, 2, 4) for _ in range(7)]
    forms = implementations(CompiledRule(spec), rules.module, "cpu", "float64")
    for given in RULES[spec]:
        for on in (False, True) if spec.options else (False,):
            hyper = {h.name: float(h.default) for h in spec.hyperparameters} | given
            options = {o.name: on for o in spec.options}
            for form in forms:
                theta = np.linspace(-1, 1, 4)
                states = dict(oracle.initial(spec, theta, hyper, options))
                states = {n: np.asarray(x, float) for n, x in states.items()}
                arguments = settings(spec, Configuration(hyper, options))
                engine = form.start(arguments, Given([theta], {}, []), 1)
                for k, gradient in enumerate(gradients, start=1):
                    exact = oracle.step(
                        spec, t=k, theta=theta, gradient=gradient, states=states,
                        hyper=hyper, options=options,
                    )  # fmt: skip
                    engine.step(Given([theta], {}, [gradient]))
                    found = {name: of_all[0] for name, of_all in engine.read().items()}
                    for name, value in exact.items():
                        # Of double precision, through a few differences of numbers near 1.
                        np.testing.assert_allclose(
                            found[name], np.asarray(value, float), rtol=1e-11, atol=1e-13,
                            err_msg=f"{form.backend}: {name} at step {k} with {hyper}",
                        )  # fmt: skip
                    theta = found["theta"]
                    states = {n: found[n] for n in states}
