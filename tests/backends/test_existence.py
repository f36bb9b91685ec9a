"""What reads a state that does not always exist is computed where it does, and there alone."""

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.program.existence import existence
from steprule.specs.language import (
    NON_NEGATIVE,
    Choice,
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
from sympy import And, Max, Not, Or, Piecewise, true

(lr,) = hyperparameters("lr")
(largest,) = flags("largest")
v, vmax = states("v vmax")
y, w = intermediates("y w")
G = grad(theta[t - 1])

SPEC = analyse(
    Optimizer(
        "Own",
        summary="The largest square so far, by a name of its own.",
        source="nobody",
        hyper=[Hyper(lr, "0.5", NON_NEGATIVE, "rate"), Option(largest, "the largest")],
        states=[
            State(v, init=0, key="v", domain=NON_NEGATIVE),
            State(vmax, init=0, key="vmax", when=largest, domain=NON_NEGATIVE),
        ],
        updates=[
            Update(v[t], v[t - 1] / 2 + G**2),
            Update(y[t], Max(vmax[t - 1], v[t])),
            Update(vmax[t], y[t]),
            Update(w[t], Piecewise((vmax[t], largest), (v[t], True))),
            Update(theta[t], theta[t - 1] - lr * G / (1 + w[t])),
        ],
    )
)


def test_it_exists_where_what_it_reads_does():
    assert existence(SPEC) == {"vmax": largest, "y": largest}
    assert true not in existence(SPEC).values()


def test_where_neither_of_two_is_on():
    """A value that is chosen by one after the other does not read it where one is."""
    plain, still = flags("plain still")
    chosen = Update(w[t], Piecewise((G, plain), (2 * G, still), (v[t], True)))
    for when in (Not(Or(plain, still)), And(Not(plain), Not(still))):
        spec = Optimizer(
            "Neither",
            summary="A state that exists where neither of two options is on.",
            source="nobody",
            hyper=[Option(plain, "the gradient"), Option(still, "twice the gradient")],
            states=[State(v, init=0, key="v", when=when)],
            updates=[Update(v[t], v[t - 1] / 2 + G), chosen, Update(theta[t], theta[t - 1] - w[t])],
        )
        assert existence(analyse(spec)) == {"v": when}


@pytest.mark.parametrize("words", [("a", "b"), ("b", "a"), ("a", "b", "c")])
def test_what_is_not_one_word_is_another(words):
    """The last branch is for what words are left."""
    kind = Choice("kind", words, "which")
    (other,) = states("other")
    rest = Not(kind["a"]) if len(words) == 3 else kind["b"]
    spec = Optimizer(
        "Words",
        summary="One of two states, by a word.",
        source="nobody",
        hyper=[kind],
        states=[
            State(v, init=0, key="v", when=kind["a"]),
            State(other, init=0, key="o", when=rest),
        ],
        updates=[
            Update(v[t], v[t - 1] / 2 + G),
            Update(other[t], other[t - 1] / 4 + G),
            Update(w[t], Piecewise((v[t], kind["a"]), (other[t], True))),
            Update(theta[t], theta[t - 1] - w[t]),
        ],
    )
    assert existence(analyse(spec)) == {"v": kind["a"], "other": rest}


@pytest.mark.parametrize(("on", "divisors"), [(False, (5, 3.25)), (True, (5, 5))])
def test_steps(package, on, divisors):
    """Gradients 2 and 0.5: v is 4, then 2 + 0.25."""
    cls = package([SPEC], formatted=False).optimizer("numpy", SPEC)
    optimizer, x = cls(largest=on), np.array([1.0])
    first, second = divisors
    optimizer.update(x, np.array([2.0]))
    np.testing.assert_allclose(x, 1 - 0.5 * 2 / first, rtol=1e-15)
    optimizer.update(x, np.array([0.5]))
    np.testing.assert_allclose(x, 1 - 1 / first - 0.25 / second, rtol=1e-15)
