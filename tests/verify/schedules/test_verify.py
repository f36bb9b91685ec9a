"""The verdict on schedules: right code passes, a broken formula or program is caught."""

import importlib
import math
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import steprule.numpy.schedules
from click.testing import CliRunner
from steprule.codegen.analysis import analyse
from steprule.codegen.cli import cli
from steprule.codegen.loading.load import builtin_schedules
from steprule.codegen.oracle.arguments import Bound, bound, example
from steprule.codegen.oracle.schedules import holds
from steprule.codegen.program import schedule as compiler
from steprule.codegen.program.check import RewriteError
from steprule.codegen.program.nodes import Apply, Assign, Program, map_assignments, rebuild
from steprule.codegen.program.operations import ADD, DIV, MAX, MIN, MUL, SUB
from steprule.codegen.program.schedule import compile_schedule
from steprule.codegen.verify.results import Result
from steprule.codegen.verify.schedules.bounds import UNIT, ScheduleBounds
from steprule.codegen.verify.schedules.configurations import configurations
from steprule.codegen.verify.schedules.engines import (
    FIRST_MOMENTUM,
    implementations,
    numpy_schedules,
)
from steprule.codegen.verify.schedules.steps import steps
from steprule.codegen.verify.schedules.verify import verify
from steprule.specs.language import Choice, Option, Schedule, eta, mu

from ...sample import schedules


def analysed(name: str) -> Schedule:
    return analyse(builtin_schedules()[name])


def results_of(name: str, module: ModuleType) -> list[Result]:
    schedule = without_peer(name)
    return verify(schedule, [numpy_schedules(module)], configurations(schedule))


def is_caught(name: str, module: ModuleType) -> bool:
    """Whether anything is wrong, which is looked for until it is found."""
    schedule = without_peer(name)
    return any(
        result.failure
        for each in configurations(schedule)
        for result in verify(schedule, [numpy_schedules(module)], [each])
    )


def without_peer(name: str) -> Schedule:
    """One without its peer, which decides nothing."""
    return replace(analysed(name), peer="")


@pytest.mark.parametrize("name", ["InverseSqrtLR", "CosineAnnealingLR", "PowerLR"])
def test_generated_code_passes(name: str) -> None:
    (result,) = results_of(name, steprule.numpy.schedules)
    assert result.quantity == "eta"
    assert not result.failure
    # Somewhere a rate is off by much of what it may be; by nothing if nothing ran.
    assert 0.4 < result.ours.share <= 1


def test_the_quantities_of_a_plateau() -> None:
    results = results_of("ReduceLROnPlateau", steprule.numpy.schedules)
    assert {r.quantity for r in results} == {"best", "bad", "wait", "eta"}
    assert not any(r.failure for r in results)


@pytest.mark.parametrize("name", schedules(lambda schedule: not schedule.states).params())
def test_numpy_and_torch_agree_to_the_bit(name: str) -> None:
    """Both have the formulas of one spec, in Python's floats, by templates of their own."""
    schedule = analysed(name)
    one, other = implementations(lambda module: importlib.import_module(f"steprule.{module}"))
    for tried in configurations(schedule)[:40]:
        near = [*range(12), 19, 20, 21, 69, 70, 71, 99, 100]
        expected = dict(one.at(tried, near))
        for step, values in other.at(tried, near):
            if step in expected:
                assert values[eta.name] == expected[step][eta.name], (tried.arguments, step)
                momentum = expected[step][mu.name]
                assert values[mu.name] == (FIRST_MOMENTUM if momentum is None else momentum)


@pytest.fixture
def mutant(tmp_path: Path) -> Iterator[Callable[..., ModuleType]]:
    """The generated schedules with one thing changed in one file."""
    root = f"mutant_{tmp_path.name}".replace("-", "_")
    folder = tmp_path / root
    shutil.copytree(Path(steprule.numpy.__file__).parent, folder)

    def make(name: str, old: str, new: str) -> ModuleType:
        file = folder / "schedules" / f"{name.lower()}.py"
        before, body = file.read_text().split("    @staticmethod", 1)
        assert old in body
        file.write_text(f"{before}    @staticmethod{body.replace(old, new, 1)}")
        return importlib.import_module(f"{root}.schedules")

    sys.path.insert(0, str(tmp_path))
    yield make
    sys.path.remove(str(tmp_path))
    for module in [m for m in sys.modules if m.split(".")[0] == root]:
        del sys.modules[module]


MUTATIONS = [
    ("StepLR", "step // step_size", "step / step_size"),
    ("ConstantLR", "step < total_iters", "step <= total_iters"),
    ("LinearLR", "min(", "max("),
    ("CosineAnnealingLR", "(1 + math.cos", "(1 - math.cos"),
    ("CosineAnnealingLR", "min(T_max, step)", "step"),
    ("PolynomialLR", "max(total_iters - step, 0)", "(total_iters - step)"),
    ("MultiStepLR", "bisect_right(milestones, step)", "bisect_right(milestones, step - 1)"),
    ("InverseSqrtLR", "max(warmup_steps, 1)", "warmup_steps"),
    ("LinearWarmupLR", "scheduler.rate(step - warmup_steps", "scheduler.rate(step"),
    (
        "ReduceLROnPlateau",
        'metric < limit and mode == "min" or',
        'metric <= limit and mode == "min" or',
    ),
    pytest.param(
        *("ReduceLROnPlateau", "max(wait - 1, 0)", "wait - 1"), marks=pytest.mark.exhaustive
    ),
]


@pytest.mark.parametrize(("name", "old", "new"), MUTATIONS)
def test_a_mutation_is_caught(mutant: Any, name: str, old: str, new: str) -> None:
    module = mutant(name, old, new)
    # A warm-up of no steps divides by zero; a negative number has no real power.
    with suppress(ArithmeticError, TypeError):
        assert is_caught(name, module)


def test_a_formula_that_loses_digits_is_caught(mutant: Any) -> None:
    """A sum of angles instead of the angle: right to the eye, and not to the last bits."""
    module = mutant("CosineAnnealingLR", "math.cos(math.pi *", "math.cos(3.14159265358979 *")
    (result,) = results_of("CosineAnnealingLR", module)
    assert result.failure.startswith(f"{result.ours.error:.3g} ulp at step ")
    assert "T_max=" in result.failure


@pytest.mark.parametrize("name", schedules().params())
def test_configurations(name: str) -> None:
    schedule = analysed(name)
    found = configurations(schedule)
    assert found[0].arguments.keys() == example(schedule).arguments.keys()
    assert all(map(holds, found))
    for h in schedule.hyper:
        values = [c.arguments[h.name] for c in found]
        match h:
            case Option():
                assert {*values} == {True, False}
            case Choice():
                assert {*values} == {*h.words}
            case _:
                assert len({repr(v) for v in values}) > 1, h.name
    assert len(configurations(schedule)) == len(found)


def test_numbers_are_tried_at_the_ends_of_their_domains() -> None:
    found = configurations(analysed("ReduceLROnPlateau"))
    assert {0, 0.9999999999999999} <= {c.arguments["factor"] for c in found}
    assert 0 in {c.arguments["patience"] for c in found}
    milestones = {c.arguments["milestones"] for c in configurations(analysed("MultiStepLR"))}
    assert {(), (5,), (0, 3, 3, 20)} <= milestones


def test_steps_lie_on_both_sides_of_boundaries() -> None:
    tried = steps(
        made("WarmupStableDecayLR", warmup_steps="70", stable_steps="500", decay_steps="40"), 3
    )
    assert {0, 1, 2, 69, 70, 71, 569, 570, 571, 10**6} <= {*tried}
    assert tried == sorted({*tried})


def made(name: str, **arguments: str) -> Bound:
    schedule = analysed(name)
    return bound(schedule, {**schedule.example, **arguments})


def roundings(schedule: Bound, step: int) -> float:
    """How far rounding can lead, in roundings of a number next to 1."""
    return ScheduleBounds(schedule).of([eta.name], step)[eta.name] / UNIT


def test_bounds() -> None:
    """What is exact is off by nothing; what cancels, by the roundings of what cancelled."""
    assert roundings(made("PiecewiseConstantLR"), 7) == 0
    # 1/2**0 by a library's power: two halves of 1; and the product with the rate rounds.
    assert roundings(made("StepLR", gamma="1/2", lr="1"), 0) == 3
    # eta_min + (lr - eta_min)*(1 + cos(pi))/2: 8/2 times the cosine's two halves of 1, the rest
    # of sizes that have vanished; and to second order, what the rounding of pi leaves of a slope.
    assert roundings(made("CosineAnnealingLR", lr="8", eta_min="0"), 80) == pytest.approx(8, 1e-6)
    # gamma**step is rounded once, whatever the step; a quotient in the exponent is another.
    value = 8 * 0.3**100
    exact = made("ExponentialLR", lr="8", gamma="0.3", decay_steps="1")
    assert roundings(exact, 100) == pytest.approx(3 * value)  # two of the power, and a product
    quotient = made("ExponentialLR", lr="8", gamma="0.3", decay_steps="3")
    value = 8 * 0.3 ** (100 / 3)
    carried = 100 / 3 * -math.log(0.3)
    assert roundings(quotient, 100) == pytest.approx((3 + carried) * value)


def test_what_rounding_decides() -> None:
    # 0.3*10 - 1 is 2 in floats and less in exact numbers: continuous there, so nothing opens.
    assert roundings(made("OneCycleLR", total_steps="10", max_lr="8"), 2) <= 64
    # 0.1*10 - 1 is 0 or just above it: at the highest rate at once, or from the first to it.
    assert roundings(made("OneCycleLR", total_steps="10", pct_start="0.1"), 0) > 2**40


def rewritten(old: Any, new: Any) -> Callable[[Program], Program]:
    def swap(node: Any) -> Any:
        return Apply(new, node.args) if isinstance(node, Apply) and node.op is old else node

    def wrong(program: Program) -> Program:
        def change(a: Assign) -> Assign:
            return Assign(a.target, rebuild(a.value, swap), a.equation)

        return program.with_body(map_assignments(program.body, change))

    return wrong


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("CosineAnnealingLR", ADD, SUB),
        ("InverseTimeLR", DIV, MUL),
        ("LinearLR", MIN, MAX),
        ("LinearWarmupLR", SUB, ADD),
        ("ReduceLROnPlateau", MAX, MIN),
    ],
)
def test_a_wrong_pass_is_caught_and_named(name: str, old: Any, new: Any, monkeypatch: Any) -> None:
    schedule = analysed(name)
    outputs = [s.name for s in schedule.states] or schedule.results
    compile_schedule(schedule, outputs)
    wrong = rewritten(old, new)
    wrong.__name__ = "simplify_too_much"
    monkeypatch.setattr(compiler, "PASSES", (wrong,))
    with pytest.raises(RewriteError, match=f"{name}: simplify_too_much changed"):
        compile_schedule(schedule, outputs)


USERS = """
from sympy import Min
from steprule.specs.language import NON_NEGATIVE, AT_LEAST_ONE, Hyper, Schedule, Schedules
from steprule.specs.language import Sample, Update, counts, eta, hyperparameters, lr, rate_of, step
from steprule.specs.schedules.decays import exponential_lr

(floor_factor, scheduler) = hyperparameters("floor_factor scheduler")
(hold,) = counts("hold")

capped = Schedule(
    "HeldLR",
    summary="Another schedule, held at a step.",
    source="this test",
    hyper=[
        Schedules(scheduler, "the schedule"),
        Hyper(hold, "", AT_LEAST_ONE, "the last step"),
        Hyper(floor_factor, "1/2", NON_NEGATIVE, "a factor"),
    ],
    updates=[Update(eta[step], floor_factor * rate_of(scheduler, Min(step, hold), lr))],
    example={"scheduler": Sample(exponential_lr, {"lr": "0.1", "gamma": "0.9"}), "hold": "7"},
)
"""


@pytest.mark.slow
def test_the_command_verifies_schedules_of_a_user(tmp_path: Path) -> None:
    file = tmp_path / "held.py"
    file.write_text(USERS)
    result = CliRunner().invoke(
        cli, ["verify", str(file), "StepLR", "--all"], env={"COLUMNS": "200"}
    )
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.output.splitlines() if " float64 " in line]
    assert [row[:4] for row in rows] == [
        [name, backend, "float64", "eta"]
        for name in ("HeldLR", "StepLR")
        for backend in ("numpy", "torch")
    ]
    assert all(float(row[4]) <= float(row[5]) < 4 and row[-1] == "ok" for row in rows)
