"""The order of terms and factors, by the roles of their symbols."""

from steprule.codegen.notation.order import ReadingOrder
from steprule.specs.language import grad, hyperparameters, intermediates, states, t, theta
from steprule.specs.optimizers.adam import adam
from steprule.specs.optimizers.nadam import mu, mu_product, nadam
from sympy import Integer, Rational, sqrt

lr, beta1, eps, weight_decay = hyperparameters("lr beta1 eps weight_decay")
m, v = states("m v")
(g,) = intermediates("g")
order = ReadingOrder(adam)


def test_stored_states_before_new_ones_before_gradients_before_scalars():
    terms = [eps, grad(theta[t - 1]), m[t], m[t - 1], theta[t - 1]]
    assert [e for _, e in order.terms(sum(terms))] == [
        theta[t - 1], m[t - 1], m[t], grad(theta[t - 1]), eps,
    ]  # fmt: skip


def test_what_is_added_before_what_is_subtracted():
    assert order.terms(-theta[t - 1] + eps) == [(False, eps), (True, theta[t - 1])]
    assert order.terms(1 - beta1) == [(False, Integer(1)), (True, beta1)]


def test_an_index_has_its_symbol_first():
    assert order.terms(t - 1) == [(False, t), (True, Integer(1))]


def test_numbers_then_hyperparameters_as_declared_then_tensors():
    above, below = order.factors(2 * weight_decay * lr * theta[t - 1] / (3 * sqrt(v[t])))
    assert above == [Integer(2), lr, weight_decay, theta[t - 1]]
    assert below == [Integer(3), sqrt(v[t])]
    assert order.factors(Rational(1, 2)) == ([], [Integer(2)])


def test_a_power_with_a_negative_exponent_divides():
    assert order.factors(lr * (1 + eps) ** -beta1) == ([lr], [(1 + eps) ** beta1])


def test_scalars():
    assert order.is_scalar(lr * t)
    assert not order.is_scalar(lr * m[t])
    in_nadam = ReadingOrder(nadam)
    assert in_nadam.is_scalar(mu[t] * mu_product[t - 1])
    assert not in_nadam.is_scalar(mu[t] * grad(theta[t - 1]))
