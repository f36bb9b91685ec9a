"""Quantities that are the same at every step, and claims that rest on it."""

from steprule.codegen.prove.derivation import derivation
from steprule.codegen.prove.equalities import always_equal
from steprule.codegen.prove.induction import setting
from steprule.codegen.prove.normal_form import NormalForm
from steprule.codegen.prove.prove import prove
from steprule.specs.claims.forms import beta, form, lr
from steprule.specs.language import Optimizer, State, Update, grad, states, t, theta
from steprule.specs.language.claims import Equivalence, Side, Verdict
from steprule.specs.operators import lookahead
from steprule.specs.operators.lookahead import alpha, k
from sympy import Expr, Integer

x, z = states("x z")
G = grad(theta[t - 1])
PLAIN = form("Plain", "made up", [], Update(theta[t], theta[t - 1] - lr * G))
HYPER = form("Both", "made up", [], Update(theta[t], theta[t - 1] - lr * beta * G)).hyper


def averaging(starts_at: Expr) -> Optimizer:
    """Schedule-free descent: the gradient is taken between z and the average x."""
    return Optimizer(
        "Averaging",
        summary="Descent at a point between two.",
        source="made up",
        hyper=HYPER,
        states=[State(z, starts_at, "z"), State(x, theta[0], "x")],
        updates=[
            Update(z[t], z[t - 1] - lr * G),
            Update(x[t], x[t - 1] + (z[t] - x[t - 1]) / t),
            Update(theta[t], (1 - beta) * z[t] + beta * x[t]),
        ],
    )


def same(side: Side) -> dict[str, str]:
    return always_equal(setting(side), NormalForm(by_cases=True).is_zero)


def taken(starts_at: Expr, share: Expr) -> Side:
    return Side(averaging(starts_at), hyper={beta: share})


def test_what_starts_and_goes_on_alike():
    alone = {"theta": "theta", "z": "z", "x": "x"}
    assert same(taken(theta[0], Integer(0))) == {"theta": "theta", "z": "theta", "x": "x"}
    assert same(taken(theta[0], Integer(1))) == {"theta": "theta", "z": "z", "x": "theta"}
    assert same(taken(theta[0], beta)) == alone
    assert same(taken(Integer(0), Integer(0))) == alone


def test_a_claim_may_rest_on_it():
    claim = Equivalence("tried", "Tried.", taken(theta[0], Integer(0)), Side(PLAIN), {})
    settled = prove(claim)
    assert settled.verdict is Verdict.PROVED
    (said,) = (p for p in derivation(settled).passages if p.key == "same")
    assert [(str(e.left), str(e.right)) for e in said.formulas] == [("z[t]", "theta[t]")]
    for left in (taken(theta[0], beta), taken(Integer(0), Integer(0))):
        other = Equivalence("tried", "Tried.", left, Side(PLAIN), {})
        assert prove(other).verdict is not Verdict.PROVED


def test_slow_weights_of_every_step_are_the_weights():
    ahead = Side(lookahead(PLAIN), hyper={k: Integer(1)})
    shorter = Side(PLAIN, hyper={lr: lr * alpha})
    assert prove(Equivalence("tried", "Tried.", ahead, shorter, {})).verdict is Verdict.PROVED
    wrong = Equivalence("tried", "Tried.", ahead, Side(PLAIN), {})
    assert prove(wrong).verdict is Verdict.REFUTED
