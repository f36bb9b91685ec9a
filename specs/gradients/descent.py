"""Descent or ascent: the sign the gradient enters the rule with."""

from sympy import Piecewise

from ..language import Option, Update, flags, grad, intermediates, t, theta

(g,) = intermediates("g")
(_maximize,) = flags("maximize")

maximize = Option(_maximize, "maximize the objective instead of minimizing it", keyword=True)

ascend_or_descend = Update(
    g[t], Piecewise((-grad(theta[t - 1]), _maximize), (grad(theta[t - 1]), True))
)
