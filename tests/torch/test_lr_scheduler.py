"""Every scheduler against its equations: at each step, resumed anywhere, jumped to, kept, copied.

All built-in schedules are found from the specs, with the arguments of their example, and with
every option and every word of a choice.
"""

import copy
import io
import pickle
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from steprule.codegen.oracle import arguments
from steprule.codegen.oracle import schedules as oracle
from steprule.codegen.oracle.arguments import Bound
from steprule.codegen.oracle.exact import exact
from steprule.specs.language import Function, Hyper
from steprule.specs.schedules.compositions import sequential_lr
from steprule.specs.schedules.cycles import cyclic_lr, one_cycle_lr
from steprule.specs.schedules.decays import exponential_lr
from steprule.torch import lr_scheduler
from torch.optim import SGD, Adam, Optimizer

from ..sample import schedules

LRS = (0.1, 0.4)
"""The rates of the two groups."""

ULPS = 8
"""Units in the last place of the highest value of a run, that any of its values may be off.

An equation rounds about ten times, and where terms cancel the error is of the larger ones.
"""

METRICS = (3.0, 2.0, 2.5, 2.5, 2.0, 2.0, 1.0, 1.5, 1.25, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0) * 3


@dataclass(frozen=True)
class Given:
    """A schedule, its arguments, and those of the second group where they differ."""

    first: Bound
    second: Mapping[str, Any]

    @property
    def span(self) -> int:
        return self.first.schedule.span + 10

    def make(self, optimizer: Optimizer, **more: Any) -> Any:
        values = {name: _made(x, optimizer) for name, x in self.first.arguments.items()}
        both = {name: [values[name], x] for name, x in self.second.items()}
        return _scheduler(self.first, optimizer, values | both | more)

    def in_group(self, index: int) -> Bound:
        own = {"lr": LRS[index]} if "lr" in self.first.arguments else {}
        return replace(
            self.first, arguments={**self.first.arguments, **(self.second if index else {}), **own}
        )


def _made(value: Any, optimizer: Optimizer) -> Any:
    if isinstance(value, tuple):
        return [_made(x, optimizer) for x in value]
    if isinstance(value, Bound):
        parts = {name: _made(x, optimizer) for name, x in value.arguments.items()}
        return _scheduler(value, optimizer, parts)
    return value


def _scheduler(bound: Bound, optimizer: Optimizer, values: dict[str, Any]) -> Any:
    chosen = {name: x for name, x in values.items() if name != "lr" and x is not None}
    return getattr(lr_scheduler, bound.schedule.name)(optimizer=optimizer, **chosen)


def _halved(value: Any) -> Any:
    return (lambda k: value(k) / 2) if callable(value) else value / 2


SCHEDULES = schedules()


def _variants() -> dict[str, Given]:
    found: dict[str, Given] = {}
    for name, schedule in SCHEDULES.items():
        example = arguments.example(schedule)
        changes = [{}, *({o.name: not example.arguments[o.name]} for o in schedule.options)]
        changes += [{c.name: word} for c in schedule.choices for word in c.words]
        changes += [
            {h.name: lambda k: 1 / (1 + k)}
            for h in schedule.hyper
            if isinstance(h, Function) and h.optional
        ]
        for change in changes:
            bound = replace(example, arguments={**example.arguments, **change})
            label = "-".join([name, *(f"{k}={v}" for k, v in change.items() if not callable(v))])
            found[label + "-function" * any(map(callable, change.values()))] = Given(bound, {})
        several = {
            h.name: _halved(example.arguments[h.name])
            for h in schedule.hyper
            if isinstance(h, Hyper | Function) and h.per_group
        }
        if several:
            found[f"{name}-lists"] = Given(example, several)
    # The momentum goes up and down, is let go, and is taken up again.
    cyclic = arguments.example(cyclic_lr)
    parts = (cyclic, arguments.example(exponential_lr), arguments.example(one_cycle_lr))
    nested = Bound(sequential_lr, {"schedulers": (parts[1], cyclic), "milestones": (3,)})
    within = Bound(sequential_lr, {"schedulers": (*parts, nested), "milestones": (25, 40, 60)})
    return found | {"SequentialLR-momentum": Given(within, {})}


VARIANTS = _variants()
STEPPED = [name for name, given in VARIANTS.items() if not given.first.schedule.takes_metric]
FOLLOWING = [name for name, given in VARIANTS.items() if given.first.schedule.takes_metric]


def marked(names: Iterable[str]) -> list[Any]:
    """Names of variants, of which those of schedules beyond the sample are exhaustive."""
    return SCHEDULES.params(names, lambda name: VARIANTS[name].first.schedule.name)


def groups(lrs: tuple[Any, ...] = LRS) -> list[dict[str, Any]]:
    return [{"params": [torch.nn.Parameter(torch.zeros(2))], "lr": lr} for lr in lrs]


def sgd() -> SGD:
    return SGD(groups(), momentum=0.7)


def adam() -> Adam:
    return Adam(groups(), betas=(0.7, 0.99))


def settings(optimizer: Optimizer) -> list[tuple[float, float]]:
    """The rate and the momentum of each group."""
    return [
        (float(g["lr"]), float(g["betas"][0] if "betas" in g else g["momentum"]))
        for g in optimizer.param_groups
    ]


def run(optimizer: Optimizer, scheduler: Any, steps: int) -> list[Any]:
    """The settings at each of the steps from the present one on."""
    seen = [settings(optimizer)]
    for _ in range(steps - 1):
        optimizer.step()
        scheduler.step()
        seen.append(settings(optimizer))
    return seen


@pytest.mark.parametrize("name", marked(STEPPED))
def test_every_step_is_what_the_equations_say(name: str) -> None:
    given, optimizer = VARIANTS[name], adam()
    seen = run(optimizer, given.make(optimizer), given.span)
    for index in range(2):
        bound = given.in_group(index)
        # Among what it is made of, OneCycleLR leaves a rate of its own to start from, as torch's.
        start = exact(optimizer.param_groups[index]["initial_lr"])
        start = start if bound.schedule.composes else None
        rates = [float(oracle.rate(bound, at, start)) for at in range(given.span)]
        momenta = [oracle.momentum(bound, at) for at in range(given.span)]
        tolerance = ULPS * torch.finfo(torch.float64).eps * max(map(abs, rates))
        assert [s[index][0] for s in seen] == pytest.approx(rates, rel=0, abs=tolerance)
        expected = [0.7 if m is None else float(m) for m in momenta]
        # Momenta are below 1, so this is eight of their units, or of those of a larger one.
        tolerance = ULPS * torch.finfo(torch.float64).eps
        assert [s[index][1] for s in seen] == pytest.approx(expected, rel=0, abs=tolerance)


@pytest.mark.parametrize("name", marked(STEPPED))
@pytest.mark.parametrize(
    ("make", "every"),
    [
        (sgd, 7),
        pytest.param(sgd, 1, marks=pytest.mark.exhaustive),
        pytest.param(adam, 1, marks=pytest.mark.exhaustive),
    ],
)
def test_a_run_resumed_at_any_step_is_the_run_that_never_stopped(
    name: str, make: Any, every: int
) -> None:
    given, optimizer = VARIANTS[name], make()
    scheduler = given.make(optimizer)
    expected, states = [settings(optimizer)], [scheduler.state_dict()]
    kept = [copy.deepcopy(optimizer.state_dict())]
    for _ in range(given.span - 1):
        optimizer.step()
        scheduler.step()
        expected.append(settings(optimizer))
        states.append(scheduler.state_dict())
        kept.append(copy.deepcopy(optimizer.state_dict()))

    jumping = make()
    jumper = given.make(jumping)
    for at in reversed(range(0, given.span, every)):
        jumper.step(at)
        assert settings(jumping) == expected[at], "jumped"

        for order in ("neither", "before", "after"):
            fresh = make()
            if order == "before":
                fresh.load_state_dict(kept[at])
            resumed = given.make(fresh)
            resumed.load_state_dict(states[at])
            if order == "after":
                fresh.load_state_dict(kept[at])
            assert settings(fresh) == expected[at], order
            assert resumed.get_lr() == resumed.get_last_lr() == [lr for lr, _ in expected[at]]
            assert resumed.last_epoch == at
            if at + 1 < given.span:
                fresh.step()
                resumed.step()
                assert settings(fresh) == expected[at + 1], order

        if at and not given.first.schedule.composes:
            fresh = make()
            fresh.load_state_dict(kept[at - 1])
            assert given.make(fresh, last_epoch=at - 1).last_epoch == at
            assert settings(fresh) == expected[at], "last_epoch"


@pytest.mark.parametrize("name", marked(n for n in STEPPED if VARIANTS[n].first.schedule.composes))
def test_a_composition_resumes_by_last_epoch(name: str) -> None:
    given, optimizer = VARIANTS[name], sgd()
    expected = run(optimizer, given.make(optimizer), given.span)
    for at in range(1, given.span):
        fresh = sgd()  # what it is made of is built anew, which changes the rate on the way
        assert given.make(fresh, last_epoch=at - 1).last_epoch == at
        assert settings(fresh) == expected[at]
        started = [[g["initial_lr"] for g in o.param_groups] for o in (fresh, optimizer)]
        assert started[0] == started[1]


@pytest.mark.parametrize("name", marked(VARIANTS))
def test_states_are_plain_and_copies_go_on(name: str) -> None:
    given, optimizer = VARIANTS[name], sgd()
    scheduler = given.make(optimizer)
    more = METRICS[:9] if given.first.schedule.takes_metric else [None] * 9
    for x in more:
        optimizer.step()
        scheduler.step(*() if x is None else (x,))
    file = io.BytesIO()
    torch.save(scheduler.state_dict(), file)
    file.seek(0)
    assert torch.load(file, weights_only=True) == scheduler.state_dict()
    copies = [copy.deepcopy(scheduler)]
    if "function" not in name and "Lambda" not in name and "Multiplicative" not in name:
        copies.append(pickle.loads(pickle.dumps(scheduler)))
    for other in (scheduler, *copies):
        assert other.optimizer is not optimizer or other is scheduler
        for x in more:
            other.optimizer.step()
            other.step(*() if x is None else (x,))
        assert settings(other.optimizer) == settings(optimizer)


@pytest.mark.parametrize("name", marked(FOLLOWING))
def test_metrics_are_followed_as_the_equations_say(name: str) -> None:
    given, optimizer = VARIANTS[name], sgd()
    scheduler = given.make(optimizer)
    bounds = [given.in_group(index) for index in range(2)]
    states = [oracle.initial(bound) for bound in bounds]
    for at, metric in enumerate(METRICS):
        scheduler.step(metric)
        states = [oracle.after(b, s, metric) for b, s in zip(bounds, states, strict=True)]
        # One rounding at each reduction, of which there are fewer than ULPS.
        assert [lr for lr, _ in settings(optimizer)] == pytest.approx(
            [float(s["eta"]) for s in states], rel=ULPS * torch.finfo(torch.float64).eps
        )
        shared = [s for s in given.first.schedule.states if s.name != "eta"]
        kept = [getattr(scheduler, s.key) for s in shared]
        assert kept == [float(states[0][s.name]) for s in shared]

        fresh = sgd()
        resumed = given.make(fresh)
        resumed.load_state_dict(scheduler.state_dict())
        assert settings(fresh) == settings(optimizer)
        follower, ahead = copy.deepcopy(scheduler), METRICS[at:]
        for x in ahead:
            resumed.step(x)
            follower.step(x)
        assert settings(fresh) == settings(follower.optimizer)


@pytest.mark.parametrize("name", marked(STEPPED))
def test_a_tensor_stays_the_one_the_optimizer_has(name: str) -> None:
    """It is its own: nothing handed out is that tensor, none of the caller's is written to."""
    given = VARIANTS[name]
    passed = tuple(torch.tensor(lr, dtype=torch.float64) for lr in LRS)
    beta1 = torch.tensor(0.7, dtype=torch.float64)  # one for both groups, as torch shares it
    optimizer = Adam(groups(passed), betas=(beta1, torch.tensor(0.99)), capturable=True)
    scheduler = given.make(optimizer)
    rates = [g["lr"] for g in optimizer.param_groups]
    momenta = [g["betas"][0] for g in optimizer.param_groups]
    lr_scheduler.ConstantLR(optimizer, 1.0)  # one that is made later leaves them alone
    plain = adam()
    expected = run(plain, given.make(plain), 12)
    for at in range(12):
        assert settings(optimizer) == expected[at]
        assert all(g["lr"] is lr for g, lr in zip(optimizer.param_groups, rates, strict=True))
        for group, momentum in zip(optimizer.param_groups, momenta, strict=True):
            assert group["betas"][0] is momentum
            assert isinstance(group["betas"], tuple)
        for given_out in (*scheduler.get_last_lr(), *scheduler.base_lrs, *scheduler.get_lr()):
            assert all(given_out is not lr for lr in rates)
        assert all(isinstance(lr, torch.Tensor) for lr in scheduler.get_last_lr())
        optimizer._opt_called = True  # capturable steps need an accelerator
        scheduler.step()
    assert [float(lr) for lr in passed] == [*LRS]
    assert [float(beta1), float(optimizer.defaults["betas"][0])] == [0.7, 0.7]
    started = [[float(g["initial_lr"]) for g in o.param_groups] for o in (optimizer, plain)]
    assert started[0] == started[1]


def test_between_two_steps() -> None:
    """As users of warm restarts step: after each batch, by a share of the epoch."""
    optimizer, peer = sgd(), sgd()
    ours = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 3, 2, 0.01)
    theirs = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(peer, 3, 2, 0.01)
    for at in [i / 8 for i in range(100)]:
        ours.step(at)
        theirs.step(at)
        # Positions are exact in eighths; torch finds the cycle by a logarithm, and rounds.
        assert ours.get_last_lr() == pytest.approx(theirs.get_last_lr(), rel=1e-13)
        assert ours.last_epoch == theirs.last_epoch == int(at)
    fresh = sgd()
    lr_scheduler.CosineAnnealingWarmRestarts(fresh, 3).load_state_dict(ours.state_dict())
    assert settings(fresh) == settings(optimizer)


def test_a_product_asks_for_each_factor_once() -> None:
    asked: list[int] = []

    def factor(step: int) -> float:
        asked.append(step)
        return 0.99

    optimizer = SGD(groups(LRS[:1]))
    run(optimizer, lr_scheduler.MultiplicativeLR(optimizer, factor), 200)
    assert asked == [*range(1, 200)]


class Decay:
    def __init__(self, base: float) -> None:
        self.base = base

    def __call__(self, step: int) -> float:
        return self.base


@pytest.mark.parametrize("name", ["LambdaLR", "MultiplicativeLR"])
def test_functions_that_are_objects_are_kept(name: str) -> None:
    optimizer, fresh = sgd(), sgd()
    scheduler = getattr(lr_scheduler, name)(optimizer, [Decay(0.5), lambda k: 1.0])
    run(optimizer, scheduler, 4)
    assert scheduler.state_dict()["lr_lambdas"] == [{"base": 0.5}, None]
    resumed = getattr(lr_scheduler, name)(fresh, [Decay(0.25), lambda k: 1.0])
    run(fresh, resumed, 2)
    resumed.load_state_dict(scheduler.state_dict())
    assert settings(fresh) == settings(optimizer)


def test_arguments_are_kept_with_those_of_the_parts() -> None:
    optimizer, fresh = sgd(), sgd()
    scheduler, resumed = (
        lr_scheduler.SequentialLR(
            o, [lr_scheduler.StepLR(o, size), lr_scheduler.StepLR(o, size)], [size]
        )
        for o, size in ((optimizer, 3), (fresh, 4))
    )
    run(optimizer, scheduler, 3)
    resumed.load_state_dict(scheduler.state_dict())
    assert run(fresh, resumed, 9) == run(optimizer, scheduler, 9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", marked(STEPPED))
def test_no_warnings_in_the_ordinary_loop(name: str) -> None:
    given, optimizer = VARIANTS[name], sgd()
    run(optimizer, given.make(optimizer), 3)


def test_a_step_before_the_optimizers_is_still_warned_of() -> None:
    scheduler = lr_scheduler.StepLR(sgd(), 3)
    with pytest.warns(UserWarning, match="before `optimizer.step"):
        scheduler.step()


def test_arguments_that_are_changed_are_read_anew() -> None:
    """Set to others, or changed where they are: the equations are those of the present ones."""
    optimizers = [SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0) for _ in range(3)]
    steps = lr_scheduler.StepLR(optimizers[0], 1, gamma=0.5)
    marks: Any = lr_scheduler.MultiStepLR(optimizers[1], [1], gamma=0.5)
    rates: Any = lr_scheduler.LambdaLR(optimizers[2], lambda step: 3.0)
    for optimizer in optimizers:
        optimizer.step()
    for scheduler, before in ((steps, 0.5), (marks, 0.5), (rates, 3.0)):
        scheduler.step()
        assert scheduler.get_last_lr() == [before]
    steps.gamma = 0.25
    marks.milestones[2] += 1
    rates.lr_lambdas[0] = lambda step: 7.0
    for scheduler, after in ((steps, 0.25**2), (marks, 0.25), (rates, 7.0)):
        scheduler.step()
        assert scheduler.get_last_lr() == [after]
