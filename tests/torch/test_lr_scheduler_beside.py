"""Schedulers beside others, and beside rates that are set by hand, as torch's are.

Random runs of one to three schedulers are held against torch's own, value by value: several
groups, rates that were set by hand before and in between, on optimizers that ran before.
"""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from steprule.torch import lr_scheduler as ours
from torch.optim import SGD, Adam, Optimizer
from torch.optim import lr_scheduler as theirs

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

STEPS = 18

counts = st.integers(1, 7)
gammas = st.sampled_from([0.1, 0.5, 0.9, 1.3, 0.0])


def _kinds() -> dict[str, st.SearchStrategy[dict[str, Any]]]:
    """Torch's schedulers, each with arguments."""
    functions = st.sampled_from([lambda k: 0.9**k, lambda k: 1 / (k + 1), lambda k: k % 2 + 0.5])
    restarts = st.fixed_dictionaries({"T_0": counts, "T_mult": st.integers(1, 2)})
    cycle = {"base_lr": st.just(0.01), "max_lr": st.just(0.3), "step_size_up": counts}
    cycle |= {"mode": st.sampled_from(["triangular", "triangular2", "exp_range"])}
    cycle |= {"cycle_momentum": st.booleans(), "gamma": st.just(0.9)}
    one = {"max_lr": st.just(0.7), "total_steps": st.just(STEPS + 9)}
    one |= {"three_phase": st.booleans(), "cycle_momentum": st.booleans()}
    made: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "LambdaLR": {"lr_lambda": functions},
        "MultiplicativeLR": {"lr_lambda": functions},
        "StepLR": {"step_size": counts, "gamma": gammas},
        "MultiStepLR": {"milestones": st.lists(st.integers(0, 9)).map(sorted), "gamma": gammas},
        "ConstantLR": {"factor": st.sampled_from([0.25, 1 / 3, 1.0]), "total_iters": counts},
        "LinearLR": {
            "start_factor": st.sampled_from([0.1, 1 / 3, 1.0]),
            "end_factor": st.sampled_from([0.0, 0.5, 1.0]),
            "total_iters": counts,
        },
        "ExponentialLR": {"gamma": gammas},
        "PolynomialLR": {"total_iters": counts, "power": st.sampled_from([0.0, 0.5, 1.0, 2.0])},
        "CosineAnnealingLR": {
            "T_max": st.sampled_from([1, 2, 3, 5, 8, 2.5]),
            "eta_min": st.sampled_from([0.0, 0.01, 0.2]),
        },
        "CyclicLR": cycle,
        "OneCycleLR": one,
        "ReduceLROnPlateau": {"patience": st.integers(0, 1), "factor": st.just(0.5)},
    }
    kinds = {name: st.fixed_dictionaries(arguments) for name, arguments in made.items()}
    return kinds | {"CosineAnnealingWarmRestarts": restarts}


KINDS = _kinds()
MULTIPLY = ("StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR")


@dataclass(frozen=True)
class Recipe:
    """A scheduler to be made, here and by torch."""

    name: str
    arguments: dict[str, Any]
    parts: tuple["Recipe", ...] = ()

    def make(self, module: Any, optimizer: Optimizer) -> Any:
        parts = [part.make(module, optimizer) for part in self.parts]
        more = {"schedulers": parts} if parts else {}
        return getattr(module, self.name)(optimizer=optimizer, **self.arguments, **more)


def recipes(*names: str) -> st.SearchStrategy[Recipe]:
    return st.one_of(*(st.builds(Recipe, st.just(name), KINDS[name]) for name in names))


@st.composite
def sequences(draw: Any) -> Recipe:
    """In a sequence torch takes the function of MultiplicativeLR at 0 where it begins."""
    names = [*MULTIPLY, "CosineAnnealingLR", "LambdaLR", "CosineAnnealingWarmRestarts"]
    at = sorted(draw(st.sets(st.integers(1, 9), min_size=1, max_size=2)))
    size = len(at) + 1
    parts = draw(st.lists(recipes(*names), min_size=size, max_size=size))
    return Recipe("SequentialLR", {"milestones": at}, tuple(parts))


chains = st.lists(recipes(*MULTIPLY, "MultiplicativeLR"), min_size=1, max_size=3).map(
    lambda parts: Recipe("ChainedScheduler", {}, tuple(parts))
)
runs = st.lists(st.one_of(recipes(*(KINDS.keys() - {"CyclicLR"})), sequences(), chains), max_size=3)
"""CyclicLR comes first, if at all: torch's starts from another rate on an optimizer that ran."""

by_hand = st.dictionaries(st.integers(0, STEPS), st.sampled_from([0.2, 0.05]), max_size=3)
"""The rate of the first group, by the step after which it is set."""


def sgd(*lrs: Any, **how: Any) -> SGD:
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": lr} for lr in lrs]
    return SGD(groups, **{"momentum": 0.5, **how})


def seen(optimizer: Optimizer) -> list[float]:
    return [float(x) for g in optimizer.param_groups for x in (g["lr"], g["momentum"])]


def run(
    module: Any,
    made: list[Recipe],
    prepare: Callable[[Any, SGD], None],
    changes: dict[int, float],
    more: dict[int, float],
) -> list[list[float]]:
    optimizer = sgd(0.1, 0.4)
    prepare(module, optimizer)
    schedulers = [recipe.make(module, optimizer) for recipe in made]
    values = [seen(optimizer)]
    for step in range(STEPS):
        optimizer.step()
        if step in more:
            group = {"params": [torch.nn.Parameter(torch.zeros(1))], "lr": more[step]}
            optimizer.add_param_group(group)
        for s in schedulers:
            s.step(*((step % 3,) if isinstance(s, theirs.ReduceLROnPlateau) else ()))
            values.append(seen(optimizer))
        if step in changes:
            optimizer.param_groups[0]["lr"] = changes[step]
    return values


def assert_alike(here: list[list[float]], there: list[list[float]]) -> None:
    """To what torch's roundings at each step leave.

    Next to its lowest point a cosine's factors are up to 1/(1 + cos) large, some hundred for the
    lengths that are drawn, and each of the roundings before is multiplied by it.
    """
    assert len(here) == len(there)
    for a, b in zip(here, there, strict=True):
        assert a == pytest.approx(b, rel=1e-10, abs=1e-13)


@given(
    st.one_of(recipes("CyclicLR").flatmap(lambda r: runs.map(lambda x: [r, *x[:2]])), runs), by_hand
)
@settings(max_examples=200)
def test_side_by_side(made: list[Recipe], changes: dict[int, float]) -> None:
    runs = [run(m, made, lambda *_: None, changes, {}) for m in (ours, theirs)]
    assert_alike(*runs)


@given(runs, by_hand, st.sampled_from([0.3, 0.1]))
@settings(max_examples=150)
def test_on_an_optimizer_that_ran(
    made: list[Recipe], changes: dict[int, float], rate: float
) -> None:
    """Eight of torch's twelve start from the rate that is there, and four from the first."""

    def prepare(module: Any, optimizer: SGD) -> None:
        module.StepLR(optimizer, 100)
        optimizer.param_groups[0]["lr"] = rate

    runs = [run(m, made, prepare, changes, {}) for m in (ours, theirs)]
    assert_alike(*runs)


@given(
    st.lists(recipes(*MULTIPLY, "ReduceLROnPlateau"), min_size=1, max_size=2),
    by_hand,
    st.integers(0, STEPS - 1),
)
@settings(max_examples=60)
def test_with_a_group_added(made: list[Recipe], changes: dict[int, float], at: int) -> None:
    runs = [run(m, made, lambda *_: None, changes, {at: 0.7}) for m in (ours, theirs)]
    assert_alike(*runs)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([("ExponentialLR", 0.9), ("MultiStepLR", [2, 4], 0.1)], [1, 0.9, 0.081, 0.0729, 0.006561]),
        ([("StepLR", 100), ("ExponentialLR", 0.5)], [1, 0.5, 0.25, 0.125]),
        ([("ConstantLR", 0.5, 2), ("StepLR", 1, 0.1)], [0.5, 0.05, 0.01, 0.001]),
    ],
)
def test_products(made: list[Any], expected: list[float]) -> None:
    optimizer = sgd(1.0)
    schedulers = [getattr(ours, name)(optimizer, *given) for name, *given in made]
    values = [optimizer.param_groups[0]["lr"]]
    for _ in expected[1:]:
        optimizer.step()
        for s in schedulers:
            s.step()
        values.append(optimizer.param_groups[0]["lr"])
    assert values == pytest.approx(expected, rel=1e-14)  # two roundings a step


def test_beside_a_plateau() -> None:
    optimizer = sgd(1.0)
    steps, plateau = (
        ours.StepLR(optimizer, 100),
        ours.ReduceLROnPlateau(optimizer, factor=0.5, patience=0),
    )
    values: list[float] = []
    for _ in range(4):
        optimizer.step()
        steps.step()
        plateau.step(1.0)
        values.append(optimizer.param_groups[0]["lr"])
    assert values == [1, 0.5, 0.25, 0.125]


def test_a_rate_that_is_left_alone_keeps_its_last_bit() -> None:
    optimizer = sgd(1.0)
    schedulers = [ours.StepLR(optimizer, 50, 0.3), ours.CosineAnnealingLR(optimizer, 10, 1e-9)]
    schedulers.append(ours.LinearLR(optimizer, 0.7, 0.9, 3))
    for s in schedulers[:1] + schedulers[2:]:
        for _ in range(5):
            optimizer.step()
            s.step()
        optimizer.param_groups[0]["lr"] = rate = 1 / 3
        for _ in range(20):
            s.step()
            assert optimizer.param_groups[0]["lr"] == rate


def test_a_rate_set_by_hand_decays_however_far_out_it_is_set() -> None:
    """Where gamma**step is 0 in floats, and the quotient of two rates would be 0/0."""
    for name, given_ in (
        ("ExponentialLR", (0.5,)),
        ("StepLR", (1, 0.5)),
        ("MultiplicativeLR", (lambda k: 0.5,)),
    ):
        optimizer = sgd(0.1)
        scheduler = getattr(ours, name)(optimizer, *given_)
        for _ in range(1200):
            optimizer.step()
            scheduler.step()
        assert optimizer.param_groups[0]["lr"] == 0
        optimizer.param_groups[0]["lr"] = 1.0
        for expected in (0.5, 0.25, 0.125):
            scheduler.step()
            assert optimizer.param_groups[0]["lr"] == expected


OWN: dict[str, tuple[Any, ...]] = {
    "InverseTimeLR": (0.25,),
    "PowerLR": (4,),
    "InverseSqrtLR": (3,),
    "WarmupStableDecayLR": (2, 4, 8),
    "LinearWarmupLR": (),
}


@pytest.mark.parametrize("name", OWN)
def test_ours_that_torch_lacks_multiply_too(name: str) -> None:
    def make(optimizer: SGD) -> Any:
        inner = ours.ExponentialLR(optimizer, 0.9)
        given_ = OWN[name] or (inner, 3, 0.5)
        return getattr(ours, name)(optimizer, *given_)

    alone, beside = sgd(0.1), sgd(0.1)
    one, other = make(alone), make(beside)
    halving = ours.StepLR(beside, 2, 0.5)
    for step in range(1, 12):
        for s in (one, other, halving):
            s.optimizer.step()
            s.step()
        (rate,) = one.get_last_lr()
        # Some roundings a step.
        assert beside.param_groups[0]["lr"] == pytest.approx(rate * 0.5 ** (step // 2), rel=1e-14)
    beside.param_groups[0]["lr"] = 0.3
    for _ in range(2):
        (before,) = one.get_last_lr()
        present = beside.param_groups[0]["lr"]
        one.step()
        other.step()
        factor = one.get_last_lr()[0] / before
        assert beside.param_groups[0]["lr"] == pytest.approx(present * factor, rel=1e-14)
        if factor == 1:
            assert beside.param_groups[0]["lr"] == present


def test_those_that_are_given_rates_set_them() -> None:
    optimizer = sgd(0.1)
    scheduler = ours.PiecewiseConstantLR(optimizer, [3], [0.2, 0.02])
    for expected in (0.2, 0.2, 0.02):
        optimizer.param_groups[0]["lr"] = 0.7
        optimizer.step()
        scheduler.step()
        assert optimizer.param_groups[0]["lr"] == expected


@pytest.mark.parametrize("later", ["the optimizer", "the schedulers"])
@pytest.mark.parametrize("again", [ours, theirs])
def test_several_are_resumed_with_the_rate_that_was_set_by_hand(later: str, again: Any) -> None:
    def make(module: Any) -> tuple[SGD, list[Any]]:
        optimizer = sgd(0.1, 0.4)
        cosine = module.CosineAnnealingLR(optimizer, 9, 0.01)
        return optimizer, [
            module.ExponentialLR(optimizer, 0.9),
            module.ConstantLR(optimizer, 0.5, 4),
            cosine,
        ]

    def go(optimizer: SGD, schedulers: list[Any], steps: int) -> list[list[float]]:
        values = [seen(optimizer)]
        for _ in range(steps):
            optimizer.step()
            for s in schedulers:
                s.step()
            values.append(seen(optimizer))
        return values

    optimizer, schedulers = make(ours)
    go(optimizer, schedulers, 3)
    optimizer.param_groups[0]["lr"] = 0.3
    kept = copy.deepcopy((optimizer.state_dict(), [s.state_dict() for s in schedulers]))
    fresh, resumed = make(again)
    if later == "the schedulers":
        fresh.load_state_dict(kept[0])
    for s, state in zip(resumed, kept[1], strict=True):
        s.load_state_dict(state)
    if later == "the optimizer":
        fresh.load_state_dict(kept[0])
    expected = go(optimizer, schedulers, 12)
    if again is ours:
        assert go(fresh, resumed, 12) == expected
    else:
        assert_alike(go(fresh, resumed, 12), expected)


def test_schedulers_alone_are_enough_to_resume_several() -> None:
    optimizer, fresh = sgd(0.1), sgd(0.1)
    made = [[ours.ExponentialLR(o, 0.9), ours.StepLR(o, 2, 0.5)] for o in (optimizer, fresh)]
    for _ in range(5):
        for s in made[0]:
            optimizer.step()
            s.step()
    for s, other in zip(*made, strict=True):
        other.load_state_dict(s.state_dict())
    for _ in range(5):
        assert seen(fresh) == seen(optimizer)
        for s in (*made[0], *made[1]):
            s.optimizer.step()
            s.step()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_tensor_rate_is_composed_as_a_number_is(dtype: torch.dtype) -> None:
    """Each is rounded to its dtype when it is set, which is all that is between the two."""
    numbers, tensors = sgd(0.1), sgd(torch.tensor(0.1, dtype=dtype))
    made = [[ours.ExponentialLR(o, 0.9), ours.StepLR(o, 2, 0.5)] for o in (numbers, tensors)]
    kept = tensors.param_groups[0]["lr"]
    for at in range(10):
        for s in (*made[0], *made[1]):
            s.optimizer.step()
            s.step()
        if at == 4:
            numbers.param_groups[0]["lr"] = 0.25
            kept.fill_(0.25)
        assert tensors.param_groups[0]["lr"] is kept
        bound = 20 * torch.finfo(dtype).eps
        assert float(kept) == pytest.approx(numbers.param_groups[0]["lr"], rel=bound)


def test_an_untouched_tensor_rate_is_the_equations_rounded_once() -> None:
    optimizer = sgd(torch.tensor(0.1))
    scheduler = ours.ExponentialLR(optimizer, 0.9)
    start = float(torch.tensor(0.1))
    for step in range(1, 30):
        optimizer.step()
        scheduler.step()
        assert float(optimizer.param_groups[0]["lr"]) == float(torch.tensor(start * 0.9**step))


def test_two_optimizers_that_were_given_one_tensor() -> None:
    lr, beta1 = torch.tensor(0.1), torch.tensor(0.9)
    optimizers = [
        Adam(
            [torch.nn.Parameter(torch.zeros(1))],
            lr=lr,
            betas=(beta1, torch.tensor(0.99)),
            capturable=True,
        )
        for _ in range(2)
    ]
    ours.OneCycleLR(optimizers[0], 0.5, 20)
    ours.CyclicLR(optimizers[0], 0.01, 0.5, 4)
    ours.StepLR(optimizers[0], 1).step(3)
    ours.ReduceLROnPlateau(optimizers[0], patience=0, factor=0.5).step(math.inf)
    for found in (lr, optimizers[1].param_groups[0]["lr"], *(o.defaults["lr"] for o in optimizers)):
        assert float(found) == float(torch.tensor(0.1))
    for found in (beta1, *(o.defaults["betas"][0] for o in optimizers)):
        assert float(found) == float(torch.tensor(0.9))


class Slower(ours.ExponentialLR):
    """As users extend torch's."""

    def get_lr(self) -> list[Any]:
        return [lr * 0.5 if self.last_epoch >= 2 else lr for lr in super().get_lr()]


def test_a_get_lr_of_ones_own_is_used() -> None:
    optimizer = sgd(1.0)
    scheduler = Slower(optimizer, 0.5)
    values: list[float] = []
    for _ in range(4):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert values == [1, 0.5, 0.125, 0.0625]
    with pytest.raises(ValueError, match="get_lr of its own"):
        ours.ChainedScheduler([scheduler])


def test_weights_are_averaged_beside_schedulers() -> None:
    """SWALR goes on from the rate that it finds, and so it does from ours."""
    from torch.optim.swa_utils import SWALR, AveragedModel

    values: list[list[float]] = []
    for module in (ours, theirs):
        model = torch.nn.Linear(1, 1, bias=False)
        torch.nn.init.ones_(model.weight)
        optimizer = SGD(model.parameters(), 0.5)
        scheduler = module.MultiplicativeLR(optimizer, lambda k: 0.9)
        averaged, swa = AveragedModel(model), SWALR(optimizer, 0.05, anneal_epochs=4)
        for epoch in range(12):
            model(torch.ones(1, 1)).sum().backward()
            optimizer.step()
            if epoch > 4:
                averaged.update_parameters(model)
                swa.step()
            else:
                scheduler.step()
            values.append([optimizer.param_groups[0]["lr"], float(averaged.module.weight)])
    assert values[:12] == [pytest.approx(v, rel=1e-12) for v in values[12:]]
