"""Expressions of schedules as Python."""

import math

import pytest
from steprule.codegen.backends.schedule_class import schedule_printer
from steprule.codegen.program.schedule import lower_argument
from steprule.specs.language import item, lr, passed, size, step
from steprule.specs.schedules.cycles import cyclic_lr, gamma, step_size_up
from steprule.specs.schedules.steps import milestones, multi_step_lr
from sympy import Abs, Max, Min, Mod, Rational, atan2, cos, exp, floor, log, oo, pi, sign, sqrt


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (floor(gamma), "math.floor(gamma)"),
        (floor(step / step_size_up), "step // step_size_up"),
        (1 + floor(step / step_size_up) ** 2, "1 + (step // step_size_up) ** 2"),
        (Mod(step, step_size_up) / 2, "step % step_size_up / 2"),
        (-oo, "-math.inf"),
        (cos(pi * gamma) / 2, "math.cos(math.pi * gamma) / 2"),
        (cos(pi / 2 - gamma), "math.sin(gamma)"),
        (atan2(gamma, 1), "math.atan2(gamma, 1)"),
        (exp(-gamma) + log(gamma), "math.exp(-gamma) + math.log(gamma)"),
        (sqrt(Abs(gamma)), "math.sqrt(abs(gamma))"),
        (sign(gamma), "math.copysign(gamma != 0, gamma)"),
        (Max(gamma, 0) + Min(gamma, 1), "max(gamma, 0) + min(gamma, 1)"),
        (Rational(1, 2) ** gamma, "0.5**gamma"),
        (1 / (gamma + step) ** gamma, "(gamma + step)**-gamma"),
    ],
)
def test_numbers(expression, text):
    printed = schedule_printer(cyclic_lr)(lower_argument(cyclic_lr, expression))
    assert printed.replace(" ** ", "**") == text.replace(" ** ", "**")
    numbers = {"gamma": 0.75, "step": 7, "step_size_up": 3, "math": math}
    by_name = {s: numbers[s.name] for s in expression.free_symbols}
    assert eval(printed, numbers) == pytest.approx(float(expression.subs(by_name)), rel=1e-15)


def test_lists():
    def printed(expression):
        node = lower_argument(multi_step_lr, expression)
        return schedule_printer(multi_step_lr, "self.")(node)

    assert printed(lr * size(milestones)) == "self.lr * len(self.milestones)"
    assert printed(item(milestones, passed(milestones, step))) == (
        "self.milestones[bisect_right(self.milestones, step)]"
    )


def test_words():
    (mode,) = (c for c in cyclic_lr.choices if c.name == "mode")
    node = lower_argument(cyclic_lr, mode["exp_range"])
    assert schedule_printer(cyclic_lr)(node) == 'mode == "exp_range"'
