"""The losses on the digits."""

import numpy as np
import pytest
from steprule.codegen.handbook.pictures import digits, training
from steprule.codegen.handbook.pictures.training import STEPS, WINDOW, smooth, train


class Still:
    _inputs = _points = ()

    def update(self, params, gradients):
        pass


class Lost:
    _inputs = _points = ()

    def update(self, params, gradients):
        for value in params.values():
            value[...] = np.nan


class Stuck(Still):
    def update(self, params, gradients):
        raise OverflowError


def test_the_losses_are_those_before_each_step():
    untrained = digits.untrained()
    expected = [
        digits.loss_and_gradients(untrained, *batch)[0]
        for batch in digits.shuffled().batches(STEPS)
    ]
    np.testing.assert_array_equal(train(Still()), expected)


def test_a_run_that_diverges_is_given_up():
    assert len(train(Lost())) == 2
    assert len(train(Stuck())) == 1


def test_a_smooth_line_is_the_mean_of_the_steps_around():
    line = np.arange(50.0)
    np.testing.assert_allclose(smooth(line)[5:-5], line[5:-5])
    assert smooth(line)[0] == np.arange(6).mean()
    noise = np.where(np.arange(150) % WINDOW == 0, WINDOW, 0.0)
    np.testing.assert_allclose(smooth(noise)[10:-10], 1)


@pytest.mark.slow
def test_a_rule_and_descent_to_compare(material, english):
    adam = next(s for s in material.optimizers if s.name == "Adam")
    (panel,) = training.training(adam, material, english).picture.draw().axes
    raw, own, _, plain = panel.lines
    assert own.get_label().startswith("Adam, lr ")
    assert plain.get_label().startswith("SGD, lr ")
    assert raw.get_ydata()[0] == pytest.approx(np.log(10), rel=0.1)  # ten classes, no knowledge
    for line in (own, plain):
        assert line.get_ydata()[-1] < 0.1 * line.get_ydata()[0]


def test_a_rule_of_the_name_is_compared_with_none(material, english):
    sgd, adam = (next(s for s in material.optimizers if s.name == n) for n in ("SGD", "Adam"))
    digests = [training.training(s, material, english).picture.digest for s in (sgd, adam)]
    assert len(set(digests)) == 2
