"""Programs on exact numbers."""

import numpy as np
import pytest
from flint import fmpq
from steprule.codegen.program import operations as ops
from steprule.codegen.program.evaluate import evaluate, value_of
from steprule.codegen.program.listing import listing
from steprule.codegen.program.lower import lower
from steprule.codegen.program.nodes import Apply, Constant, Name, Node, apply
from steprule.codegen.program.types import HOST_BOOLEAN, TENSOR
from steprule.specs.language import State, Update, flags, grad, states, t, theta
from steprule.specs.optimizers.sgd import sgd
from sympy import Piecewise

Q = fmpq

(flag,) = flags("flag")
(m,) = states("m")
G = grad(theta[t - 1])
P = theta[t - 1]


def test_a_step(make):
    spec = make(Update(m[t], m[t - 1] / 2 + G), Update(theta[t], P - m[t] * m[t - 1]))
    values = {"theta": Q(1), "grad": Q(1, 3), "m": Q(4)}
    assert evaluate(lower(spec), values) == {"theta": Q(-25, 3), "m": Q(7, 3)}
    assert values["m"] == 4


def test_a_state_that_does_not_exist(make):
    kept = [State(m, init=0, key="m", when=flag)]
    program = lower(make(Update(m[t], G), Update(theta[t], P - G), states=kept))
    values = {"theta": Q(1), "grad": Q(1, 3)}
    assert evaluate(program, values | {"flag": False}) == {"theta": Q(2, 3)}
    assert evaluate(program, values | {"flag": True}) == {"theta": Q(2, 3), "m": Q(1, 3)}


def test_a_choice_by_elements(make):
    program = lower(make(Update(theta[t], Piecewise((G, G > 0), (P, True)))))
    values = {"theta": np.array([Q(5), Q(6)]), "grad": np.array([Q(1), Q(-1)])}
    np.testing.assert_array_equal(evaluate(program, values)["theta"], [1, 6])


def test_a_choice_on_the_host_evaluates_one_side():
    x, f = Name("x", TENSOR), Name("f", HOST_BOOLEAN)
    node = apply(ops.SELECT, f, x, Constant(Q(2)))
    assert value_of(node, {"f": False}) == 2
    with pytest.raises(KeyError):
        value_of(node, {"f": True})


X = np.array([[Q(1), Q(2)], [Q(2), Q(4)]])


@pytest.mark.parametrize(
    ("op", "operands", "expected"),
    [
        (ops.NORM, [X], 5),
        (ops.MEAN, [X], Q(9, 4)),
        (ops.MATMUL, [X, X], [[5, 10], [10, 20]]),
        (ops.TRANSPOSE, [np.array([[1, 2]])], [[1], [2]]),
        (ops.AXPY, [Q(1), Q(2), Q(3)], 7),
        (ops.ADDCMUL, [Q(1), Q(2), Q(3), Q(4)], 25),
        (ops.ADDCDIV, [Q(1), Q(2), Q(4), Q(3)], Q(5, 2)),
        (ops.FILL, [Q(3), X], [[3, 3], [3, 3]]),
        (ops.LIFT, [Q(3), X], 3),
        (ops.COPY, [X], X),
    ],
)
def test_operations(op, operands, expected):
    np.testing.assert_array_equal(op.exact(*operands), expected)


def test_operands_are_counted():
    with pytest.raises(ValueError, match="add takes 2 operands, got 1"):
        Apply(ops.ADD, (Constant(Q(1)),))


def test_an_unknown_node_is_named():
    class Strange(Node):
        pass

    with pytest.raises(NotImplementedError, match="Strange"):
        value_of(Strange(), {})


def test_listing():
    assert listing(lower(sgd)).startswith(
        "program SGD\nslots: theta, b (when momentum != 0)\n\nhost, float64:\n\ntensors:\n"
        "    g = select(maximize, -grad, grad)\n    gtilde = g + weight_decay * theta\n"
    )
