"""A quotient of norms that is not chosen divides by no zero, and every other is as it was."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.spare import spare
from steprule.specs.language import Update, grad, intermediates, norm, t, theta
from sympy import Abs, Piecewise

(x,) = intermediates("x")
G = grad(theta[t - 1])
P = theta[t - 1]


def test_what_elements_do_not_choose(make, text):
    quotient = Update(theta[t], Piecewise((P / norm(G), Abs(P) < norm(G)), (P, True)))
    # Of elements over a norm, which NumPy divides: infinite, where Python would raise an error.
    assert spare(lower(make(quotient))) == lower(make(quotient))
    spec = make(
        Update(x[t], Piecewise((norm(P) / norm(G), Abs(P) < norm(G)), (1, True))),
        Update(theta[t], P * x[t]),
    )
    before, after = text(lower(spec)), text(spare(lower(spec)))
    assert "select(abs(theta) < norm(grad), norm(theta) / norm(grad), 1)" in before
    assert "norm(theta) / select(norm(grad) != 0, norm(grad), 1)" in after


def test_what_is_chosen_before(make):
    """There the other branch is not computed at all."""
    spec = make(
        Update(x[t], Piecewise((norm(P) / norm(G), norm(G) > 0), (1, True))),
        Update(theta[t], P * x[t]),
    )
    assert spare(lower(spec)) == lower(spec)
