"""Who runs when, and what is kept of it: with a clock and runners that take no time."""

from random import Random

import pytest
from steprule.codegen.bench.measure import Spread, measure, spread, wall


class Clock:
    """Shows the seconds it was moved on by."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Runner:
    """Takes as long for its first step as it is told, and a second more for each that follows."""

    def __init__(self, name, clock, log, seconds=1.0):
        self.name, self.clock, self.log, self.seconds = name, clock, log, seconds

    def prepare(self, step):
        self.clock.now += 1000  # must not be timed
        self.log.append((step, self.name))

    def step(self):
        self.clock.now += self.seconds
        self.seconds += 1


def measured(names, *, warm, repeats, seed=0):
    clock, log = Clock(), []
    samples = measure(
        {name: Runner(name, clock, log) for name in names},
        warm=warm,
        repeats=repeats,
        timer=wall(clock),
        random=Random(seed),
        progress=lambda: log.append("told"),
    )
    return samples, log


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([3.0], Spread(3, 3, 3)),
        ([1.0, 2.0], Spread(1.25, 1.5, 1.75)),
        ([5.0, 1.0, 3.0], Spread(2, 3, 4)),
        ([4.0, 1.0, 2.0, 100.0], Spread(1.75, 3, 28)),
    ],
)
def test_spread(samples, expected):
    assert spread(samples) == expected


def test_steps_are_timed_without_their_preparation_and_warm_ones_dropped():
    samples, _ = measured(["a", "b"], warm=2, repeats=3)
    assert samples == {"a": [3, 4, 5], "b": [3, 4, 5]}


def test_each_takes_one_step_in_every_repeat():
    names = ["a", "b", "c"]
    _, log = measured(names, warm=1, repeats=4)
    assert log[1::2] == ["told"] * 15
    turns = log[::2]
    for step in range(5):
        of_step = turns[3 * step : 3 * step + 3]
        assert sorted(of_step) == [(step, name) for name in names]


def test_the_order_is_drawn_anew_and_depends_on_the_seed_alone():
    names = list("abcdefgh")
    _, log = measured(names, warm=0, repeats=3)
    turns = [name for _, name in log[::2]]
    orders = {tuple(turns[i : i + 8]) for i in (0, 8, 16)}
    assert len(orders) == 3
    assert measured(names, warm=0, repeats=3)[1] == log
    assert measured(names, warm=0, repeats=3, seed=1)[1] != log
