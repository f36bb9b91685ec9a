"""What is tried in place of a trial where two optimizers part."""

from dataclasses import replace

import numpy as np
from steprule.codegen.analysis import analyse
from steprule.codegen.audit.smaller import size, smaller
from steprule.codegen.audit.trial import Trial
from steprule.specs.language import (
    NON_NEGATIVE,
    Choice,
    Hyper,
    Optimizer,
    Option,
    Update,
    flags,
    grad,
    hyperparameters,
    t,
    theta,
)
from steprule.specs.optimizers import polyaksgd
from sympy import Piecewise

(lr,) = hyperparameters("lr")
NAMES = "doubled", "halved", "tripled", "turned", "squared", "late"
SWITCHES = flags(" ".join(NAMES))
KIND = Choice("kind", ("plain", "strong", "weak"), "how strong")


def rule():
    """A rule with six options and a choice, any of which can be off."""
    switches = (*SWITCHES, KIND.flags["strong"], KIND.flags["weak"])
    factor = 1 + sum(Piecewise((k, flag), (0, True)) for k, flag in enumerate(switches, 2))
    return analyse(
        Optimizer(
            "Switched",
            summary="Has much to switch.",
            source="Nobody",
            hyper=[
                Hyper(lr, "1", NON_NEGATIVE, "learning rate"),
                *(Option(flag, "a factor") for flag in SWITCHES),
                KIND,
            ],
            states=[],
            updates=[Update(theta[t], theta[t - 1] - lr * factor * grad(theta[t - 1]))],
        )
    )


def test_options_are_switched_back_in_the_order_they_are_declared_in():
    """Not in that of a set of names, which is another in each run of Python."""
    spec = rule()
    plain, strong, weak = (flag.name for flag in KIND.flags.values())
    on = dict.fromkeys(NAMES, True) | {plain: False, strong: False, weak: True}
    trial = Trial({"lr": 1.0}, on, (np.zeros(()),), ((np.zeros(()),),))
    found = [
        {name for name in on if each.options[name] != on[name]}
        for each in smaller(spec, trial, frozenset(on))
    ]
    assert found == [*({name} for name in NAMES), {plain, weak}]


def test_an_option_is_plain_as_it_is_by_default():
    """Which may be on: off, it is what has to be said of the trial."""
    (on,) = flags("on")
    factor = Piecewise((2, on), (1, True))
    spec = analyse(
        Optimizer(
            "On",
            summary="On by default.",
            source="Nobody",
            hyper=[
                Hyper(lr, "1", NON_NEGATIVE, "learning rate"),
                Option(on, "twice as fast", default=True),
            ],
            states=[],
            updates=[Update(theta[t], theta[t - 1] - lr * factor * grad(theta[t - 1]))],
        )
    )
    trial = Trial({"lr": 1.0}, {"on": False}, (np.zeros(()),), ((np.zeros(()),),))
    plain = replace(trial, options={"on": True})
    free = frozenset({"on"})
    assert size(spec, plain, free) < size(spec, trial, free)
    assert [each.options for each in smaller(spec, trial, free)] == [{"on": True}]


def test_a_loss_counts_by_how_round_it_is():
    spec = analyse(polyaksgd.polyaksgd)
    of_steps = ((np.zeros(()),), (np.zeros(()),))
    hyper = {h.name: float(h.default) for h in spec.hyperparameters}
    trial = Trial(hyper, spec.defaults, (np.zeros(()),), of_steps, numbers={"f": (0.3, 2.0)})
    found = {
        each.numbers["f"] for each in smaller(spec, trial, frozenset()) if each.numbers["f"][1:]
    }
    assert (0.0, 2.0) in found
    assert (0.3, 1.0) in found
