"""What a step costs, against counts made by hand."""

import pytest
from click.testing import CliRunner
from steprule.codegen.analysis import analyse
from steprule.codegen.cli import cli
from steprule.codegen.cost import costs
from steprule.codegen.loading.load import builtin
from steprule.codegen.program.compiled import CompiledRule
from steprule.specs.language import (
    NON_NEGATIVE,
    REAL,
    Hyper,
    Optimizer,
    Shape,
    SpecError,
    State,
    Update,
    clip,
    cols,
    grad,
    hyperparameters,
    matmul,
    norm,
    states,
    t,
    theta,
    transpose,
)
from sympy import Integer, Piecewise, sign


def by_settings(name):
    return {c.settings: c for c in costs(CompiledRule(analyse(builtin()[name])))}


@pytest.mark.parametrize(
    ("name", "settings", "read", "written", "states"),
    [
        # theta and grad are read and theta is written; each state is read and written.
        ("SGD", "", 2, 1, 0),
        ("SGD", "momentum", 3, 2, 1),
        ("Adam", "", 4, 3, 2),
        ("Adam", "amsgrad", 5, 4, 3),
        ("Adagrad", "", 3, 2, 1),
        ("Adadelta", "", 4, 3, 2),
        ("RMSprop", "", 3, 2, 1),
        ("RMSprop", "momentum", 4, 3, 2),
        ("RMSprop", "centered", 4, 3, 2),
        # NAdam's product of momenta is one number for all.
        ("NAdam", "", 4, 3, 2),
        ("Lion", "", 3, 2, 1),
        ("Adan", "", 6, 5, 4),
        ("KahanAdamW", "", 5, 4, 3),
    ],
)
def test_memory(name, settings, read, written, states):
    cost = by_settings(name)[settings]
    assert (cost.read, cost.written, cost.states) == (read, written, states)


def test_operations():
    # theta - lr*g; with decay lr*(g + wd*theta) is taken off; going up turns the sign.
    sgd = by_settings("SGD")
    assert sgd[""].operations == {"sub": 1, "mul": 1}
    assert sgd["weight_decay"].operations == {"sub": 1, "mul": 2, "add": 1}
    assert sgd["maximize"].operations == {"sub": 1, "mul": 1, "neg": 1}
    # beta1*m + (1-beta1)*g; beta2*v + (1-beta2)*g*g; theta - step*(m/(sqrt(v) + eps)).
    adam = by_settings("Adam")[""].operations
    assert adam == {"sub": 1, "add": 3, "mul": 6, "div": 1, "sqrt": 1}


def test_what_changes_nothing_is_left_out():
    assert "dampening" not in by_settings("SGD")
    assert "nesterov" not in by_settings("SGD")  # it needs momentum


def test_the_least_time():
    # 7 numbers of 4 bytes for each of 10^9 parameters, at 2.8 TB/s.
    assert by_settings("Adam")[""].seconds(1e9, 2.8e12, "float32") == pytest.approx(0.01)
    assert by_settings("Adam")[""].seconds(1e9, 2.8e12, "bfloat16") == pytest.approx(0.005)


def normed(size):
    (lr,) = hyperparameters("lr")
    (m,) = states("m")
    g = grad(theta[t - 1])
    rule = Optimizer(
        "Normed",
        summary="A step along normed momentum.",
        source="Here",
        hyper=[Hyper(lr, "1", REAL, "rate")],
        states=[State(m, init=0, key="m")],
        updates=[
            Update(m[t], m[t - 1] + g),
            Update(theta[t], theta[t - 1] - lr * m[t] / (1 + size(m[t]))),
        ],
    )
    return CompiledRule(analyse(rule))


def test_several_passes():
    # One reads g and m; one reads them again, and theta, and writes m and theta.
    (cost,) = costs(normed(norm))
    assert (cost.passes, cost.read, cost.written, cost.states) == (2, 5, 2, 1)
    # m + g twice; theta - number * m.
    assert cost.operations == {"add": 2, "sub": 1, "mul": 1}


def test_numbers_of_rows_are_as_many_passes():
    (cost,) = costs(normed(lambda m: norm(m, over=cols)))
    assert (cost.passes, cost.read, cost.written, cost.states) == (2, 5, 2, 1)


def test_matrices_have_no_cost():
    with pytest.raises(SpecError, match=r"\[cost\] Normed: .*multiplies matrices"):
        costs(normed(lambda m: norm(matmul(m, transpose(m)))))


class TestCommand:
    def run(self, *arguments):
        return CliRunner().invoke(cli, ["cost", *arguments])

    def test_a_line_for_each(self):
        result = self.run("sgd", "--bandwidth", "12")
        assert result.exit_code == 0, result.output
        head, plain, *_ = (line.split() for line in result.stdout.splitlines())
        assert head[-1] == "million"
        # 12 bytes for each of 10^6 parameters at 12 GB/s are a millisecond.
        assert plain == ["SGD", "-", "0", "1", "8", "4", "12", "2", "1e+03"]

    def test_half_precision(self):
        line = self.run("adam", "--dtype", "bfloat16").stdout.splitlines()[1]
        assert line.split()[:7] == ["Adam", "-", "4", "1", "8", "6", "14"]

    def test_schedules_have_none(self):
        result = self.run("steplr")
        assert result.exit_code == 2
        assert "only optimizers" in result.stderr


def test_a_condition_on_a_state_that_is_one_number():
    """It counts its steps; after five it no longer takes the sign, which is one operation more."""
    (lr,) = hyperparameters("lr")
    (c,) = states("c")
    g = grad(theta[t - 1])
    counted = Optimizer(
        "Counted",
        summary="Counts.",
        source="Nobody",
        hyper=[Hyper(lr, "1e-3", NON_NEGATIVE, "rate")],
        states=[State(c, 0, "count", shape=Shape.SCALAR, domain=NON_NEGATIVE)],
        updates=[
            Update(c[t], c[t - 1] + 1),
            Update(theta[t], theta[t - 1] - lr * Piecewise((g, c[t - 1] > 5), (sign(g), True))),
        ],
    )
    early, late = costs(CompiledRule(analyse(counted)))
    assert (early.settings, sum(early.operations.values())) == ("", 3)
    assert (late.settings, sum(late.operations.values())) == ("t = 100", 2)


def test_what_is_several_operations_of_a_machine_counts_as_that():
    (lr,), one = hyperparameters("lr"), Integer(1)
    clipped = Optimizer(
        "Clipped",
        summary="Clips each element.",
        source="Nobody",
        hyper=[Hyper(lr, "1e-3", NON_NEGATIVE, "rate")],
        states=[],
        updates=[Update(theta[t], theta[t - 1] - lr * clip(grad(theta[t - 1]), -one, one))],
    )
    found = costs(CompiledRule(analyse(clipped)))[0].operations
    assert found == {"sub": 1, "mul": 1, "clip": 2}
