"""What dividing by 1 - beta^t does to Adam's first steps."""

from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from sympy import Basic, Expr, Integer, Pow

from ....specs.language import Optimizer, Update, t
from ...analysis import analyse
from ...backends.numpy import backend
from ...program.compiled import compiled
from ..edition import Edition
from ..material import Material
from .landscapes import Array
from .shown import Shown, Words, numpy_code, shown
from .style import figure, hue, legend

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEPS = 5000


def correction(material: Material, edition: Edition) -> Shown:
    """The size of Adam's steps, and of those without the correction, for a constant gradient."""
    without = uncorrected(next(s for s in material.optimizers if s.module == "adam"))
    code = backend.files(compiled(analyse(without)))[f"{without.module}.py"]
    return shown(
        "derivations/correction",
        "correction",
        edition,
        lambda words: _drawn(material, without.name, code, words),
        [*numpy_code(material, ["adam"]), code],
        {},
    )


def uncorrected(spec: Optimizer) -> Optimizer:
    """The rule that it becomes in the long run, where every ``beta**t`` has gone to 0."""
    updates = tuple(map(_in_the_long_run, spec.updates))
    return replace(spec, name=f"{spec.name}Uncorrected", updates=updates)


def _in_the_long_run(update: Update) -> Update:
    vanishing = [power for power in update.value.atoms(Pow) if power.exp == t]
    gone: dict[Basic, Basic] = dict.fromkeys(vanishing, Integer(0))
    return Update(update.target, cast(Expr, update.value.xreplace(gone)))


def imported(code: str, name: str, material: Material) -> Any:
    """The class of code that lies in no file, among the modules of the generated package."""
    module = ModuleType(f"{material.module('numpy').__name__}.{name.lower()}")
    module.__package__ = material.module("numpy").__name__
    exec(compile(code, module.__name__, "exec"), vars(module))
    return vars(module)[name]


def step_sizes(optimizer: Any) -> Array:
    """Of steps with the gradient 1 and the learning rate 1."""
    theta, gradient = np.zeros(1), np.ones(1)
    points = [0.0]
    for _ in range(STEPS):
        optimizer.update(theta, gradient)
        points.append(float(theta[0]))
    return np.abs(np.diff(points))


def _drawn(material: Material, name: str, code: str, words: Words) -> "Figure":
    made, (panel,) = figure(2.8)
    rules = (
        (words["label-corrected"], material.module("numpy.adam").Adam),
        (words["label-uncorrected"], imported(code, name, material)),
    )
    for i, (label, rule) in enumerate(rules):
        sizes = step_sizes(rule(lr=1.0, engine="numpy"))
        panel.plot(np.arange(1, STEPS + 1), sizes, color=hue(i), label=label)
    panel.set_xscale("log")
    panel.set_ylim(bottom=0)
    panel.set_xlabel(words["axis-step"])
    panel.set_ylabel(words["axis-step-size"])
    legend(made, panel)
    return made
