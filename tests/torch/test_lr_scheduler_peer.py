"""Beside torch's schedulers: the same where torch is right, and each fault that is not copied."""

import copy
import inspect
import math
from types import ModuleType
from typing import Any

import pytest
import torch
from steprule.codegen.loading.load import builtin_schedules
from steprule.codegen.oracle import arguments
from steprule.codegen.oracle.arguments import Bound
from steprule.torch import lr_scheduler as ours
from torch.optim import SGD, Adam, Optimizer, lr_scheduler, swa_utils

theirs: Any = ModuleType("theirs", "torch's, wherever they lie.")
vars(theirs).update(vars(lr_scheduler), SWALR=swa_utils.SWALR)

PEERS = {name: s for name, s in builtin_schedules().items() if s.peer}
STEPPED = [name for name, s in PEERS.items() if not s.takes_metric]


def sgd(*lrs: Any, **how: Any) -> SGD:
    rates = lrs or (0.1, 0.4)
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": lr} for lr in rates]
    return SGD(groups, **{"momentum": 0.7, **how})


def build(module: Any, bound: Bound, optimizer: Optimizer) -> Any:
    """A scheduler with the arguments of an example, without those torch does not have."""
    known = inspect.signature(getattr(theirs, bound.schedule.name)).parameters

    def made(value: Any) -> Any:
        if isinstance(value, tuple):
            return [made(x) for x in value]
        return build(module, value, optimizer) if isinstance(value, Bound) else value

    chosen = {k: made(x) for k, x in bound.arguments.items() if k in known and x is not None}
    return getattr(module, bound.schedule.name)(optimizer=optimizer, **chosen)


def rates(scheduler: Any, steps: int) -> list[float]:
    """The rate of the first group at each step from the present one on."""
    seen: list[float] = []
    for _ in range(steps):
        seen.append(float(scheduler.optimizer.param_groups[0]["lr"]))
        scheduler.optimizer.step()
        scheduler.step()
    return seen


def both(name: str, steps: int, *args: Any, lr: float = 0.1, **how: Any) -> tuple[Any, Any]:
    """The rates of ours and of torch's, made with the same arguments."""
    here, there = (rates(getattr(m, name)(sgd(lr), *args, **how), steps) for m in (ours, theirs))
    return here, there


@pytest.mark.parametrize("name", PEERS)
def test_arguments_are_torchs(name: str) -> None:
    there = inspect.signature(getattr(theirs, name)).parameters
    here = inspect.signature(getattr(ours, name)).parameters
    added = here.keys() - there.keys()
    assert [p for p in here if p not in added] == [*there]
    assert all(
        p == "last_epoch" or here[p].kind is inspect.Parameter.KEYWORD_ONLY for p in added
    ), "what is called by position means the same"
    for p in there:
        default = here[p].default
        # A third is written as a quotient here and there, to the last bit.
        assert default == there[p].default or default is there[p].default, p


@pytest.mark.parametrize("name", PEERS)
def test_frameworks_know_them(name: str) -> None:
    scheduler = build(ours, arguments.example(PEERS[name]), sgd())
    assert isinstance(scheduler, theirs.LRScheduler)
    assert isinstance(scheduler, theirs.ReduceLROnPlateau) == PEERS[name].takes_metric


@pytest.mark.parametrize("name", STEPPED)
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_values_are_torchs(name: str, optimizer: str) -> None:
    bound = arguments.example(PEERS[name])
    # OneCycleLR comes back up after its last step in torch.
    span = bound.arguments.get("total_steps") or bound.schedule.span
    seen: list[list[float]] = []
    for module in (ours, theirs):
        params = [torch.nn.Parameter(torch.zeros(1))]
        opt = SGD(params, 0.1, 0.7) if optimizer == "SGD" else Adam(params, 0.1)
        scheduler = build(module, bound, opt)
        (group,) = opt.param_groups
        values: list[float] = []
        for _ in range(span):
            values += [group["lr"], group["betas"][0] if "betas" in group else group["momentum"]]
            opt.step()
            scheduler.step()
        seen.append(values)
    # torch multiplies the rate on: one rounding a step, of values of at most one.
    assert seen[0] == pytest.approx(seen[1], rel=0, abs=span * 4 * torch.finfo(torch.float64).eps)


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
@pytest.mark.parametrize("cooldown", [0, 3])
def test_plateaus_are_torchs(mode: str, threshold_mode: str, cooldown: int) -> None:
    how: dict[str, Any] = {"mode": mode, "threshold_mode": threshold_mode, "cooldown": cooldown}
    how |= {"factor": 0.5, "patience": 2, "min_lr": [0.01, 0.2]}
    optimizers = [sgd(), sgd()]
    made = [m.ReduceLROnPlateau(o, **how) for m, o in zip((ours, theirs), optimizers, strict=True)]
    generator = torch.Generator().manual_seed(0)
    for metric in torch.randn(200, generator=generator):
        for s in made:
            s.step(metric)
        assert made[0].get_last_lr() == made[1].get_last_lr()
        for key in ("best", "num_bad_epochs", "cooldown_counter", "in_cooldown", "last_epoch"):
            assert getattr(made[0], key) == getattr(made[1], key)
    assert made[0].get_last_lr() == [0.01, 0.2], "reduced all the way"


@pytest.mark.parametrize(("source", "target"), [(ours, theirs), (theirs, ours)])
def test_a_plateaus_checkpoint_goes_both_ways(source: Any, target: Any) -> None:
    how = {"factor": 0.5, "patience": 1, "cooldown": 1}
    metrics = (3.0, 2.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    for stop in range(len(metrics)):
        first, second = sgd(), sgd()
        scheduler = source.ReduceLROnPlateau(first, **how)
        for metric in metrics[:stop]:
            scheduler.step(metric)
        second.load_state_dict(first.state_dict())
        resumed = target.ReduceLROnPlateau(second)  # the arguments are in the checkpoint
        resumed.load_state_dict(scheduler.state_dict())
        for metric in metrics[stop:]:
            scheduler.step(metric)
            resumed.step(metric)
            assert resumed.get_last_lr() == scheduler.get_last_lr()


@pytest.mark.parametrize("name", STEPPED)
def test_torchs_checkpoints_load(name: str) -> None:
    bound = arguments.example(PEERS[name])
    for stop in (0, 1, 7, bound.schedule.span // 2):
        peer = build(theirs, bound, sgd(0.1))
        rates(peer, stop)
        scheduler = build(ours, bound, sgd(0.1))
        scheduler.load_state_dict(copy.deepcopy(peer.state_dict()))
        # As where values are compared: one rounding a step.
        tolerance = bound.schedule.span * 4 * torch.finfo(torch.float64).eps
        assert rates(scheduler, 5) == pytest.approx(rates(peer, 5), rel=0, abs=tolerance)


def test_our_checkpoints_load_in_torch() -> None:
    first, second = sgd(), sgd()
    scheduler = ours.StepLR(first, 3, 0.5)
    rates(scheduler, 4)
    second.load_state_dict(first.state_dict())
    resumed = theirs.StepLR(second, 1)
    resumed.load_state_dict(scheduler.state_dict())
    assert rates(resumed, 9) == rates(scheduler, 9)


def test_groups_added_later_go_on_from_their_rate() -> None:
    for name, args in (("StepLR", (3, 0.5)), ("ExponentialLR", (0.9,)), ("PolynomialLR", (30, 2))):
        seen: list[Any] = []
        for module in (ours, theirs):
            optimizer = sgd(0.1)
            scheduler = getattr(module, name)(optimizer, *args)
            rates(scheduler, 4)
            optimizer.add_param_group(
                {"params": [torch.nn.Parameter(torch.zeros(1))], "lr": 0.25},
            )
            values: list[float] = []
            for _ in range(10):
                optimizer.step()
                scheduler.step()
                values += scheduler.get_last_lr()
            seen.append(values)
        assert seen[0] == pytest.approx(seen[1], rel=1e-13)  # some thirty roundings


def test_a_list_that_is_too_short_for_a_new_group_is_said() -> None:
    optimizer = sgd()
    scheduler = ours.CyclicLR(optimizer, [0.01, 0.02], [0.1, 0.2], 4)
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.zeros(1))], "lr": 0.3})
    optimizer.step()
    with pytest.raises(ValueError, match="base_lr must be one value, or 3"):
        scheduler.step()
    assert [g["lr"] for g in optimizer.param_groups] == [0.01, 0.02, 0.3]
    assert scheduler.last_epoch == 0


class TestWithinTorchs:
    def test_sequential(self) -> None:
        optimizer = sgd(0.1)
        inner = ours.SequentialLR(
            optimizer, [ours.ConstantLR(optimizer, 0.5, 2), ours.StepLR(optimizer, 1, 0.5)], [2]
        )
        parts = [ours.StepLR(optimizer, 2), theirs.ExponentialLR(optimizer, 0.5), inner]
        expected = [0.1, 0.1, 0.01, 0.1, 0.05, 0.025, 0.05, 0.05, 0.1, 0.05, 0.025]
        seen = rates(theirs.SequentialLR(optimizer, parts, [3, 6]), 11)
        assert seen == pytest.approx(expected, rel=1e-15)  # two roundings

    @pytest.mark.parametrize("name", ["ChainedScheduler", "SequentialLR"])
    def test_a_composition_comes_first(self, name: str) -> None:
        def make(optimizer: SGD) -> Any:
            parts = [ours.ConstantLR(optimizer, 0.5, 2), ours.StepLR(optimizer, 1, 0.5)]
            more: dict[str, Any] = {"milestones": [2]} if name == "SequentialLR" else {}
            return getattr(ours, name)(schedulers=parts, optimizer=optimizer, **more)

        alone = rates(make(sgd(0.1)), 5)
        optimizer = sgd(0.1)
        parts = [make(optimizer), theirs.StepLR(optimizer, 1)]
        within = theirs.SequentialLR(optimizer, parts, [4])
        assert rates(within, 5) == pytest.approx([*alone[:4], 0.1], rel=1e-14)

    def test_sequential_moves_the_momentum(self) -> None:
        optimizer = sgd(0.1)
        cyclic = ours.CyclicLR(optimizer, 0.01, 0.1, 2)
        scheduler = theirs.SequentialLR(optimizer, [ours.StepLR(optimizer, 9), cyclic], [2])
        seen: list[float] = []
        for _ in range(5):
            seen.append(optimizer.param_groups[0]["momentum"])
            optimizer.step()
            scheduler.step()
        assert seen[2:] == pytest.approx([0.9, 0.85, 0.8], rel=1e-15)  # two roundings

    def test_chained(self) -> None:
        optimizer = sgd(0.1)
        parts = [theirs.ExponentialLR(optimizer, 0.9), ours.StepLR(optimizer, 2, 0.5)]
        expected = [0.1 * 0.9**k * 0.5 ** (k // 2) for k in range(5)]
        # Two roundings a step.
        assert rates(theirs.ChainedScheduler(parts), 5) == pytest.approx(expected, rel=2e-15)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("StepLR", {"step_size": 2, "gamma": 0.5}),
        ("CosineAnnealingLR", {"T_max": 9}),
        ("ExponentialLR", {"gamma": 0.9}),
        ("LambdaLR", {"lr_lambda": lambda k: 1 / (1 + k)}),
    ],
)
def test_others_drive_it_by_its_last_epoch(name: str, how: dict[str, Any]) -> None:
    """Ignite counts ``last_epoch`` on, asks ``get_lr`` and sets the rate itself."""
    seen: list[list[float]] = []
    for module in (ours, theirs):
        optimizer = sgd(0.1)
        scheduler = getattr(module, name)(optimizer, **how)
        scheduler._get_lr_called_within_step = True
        rates_set: list[float] = []
        for _ in range(6):
            scheduler.last_epoch += 1
            optimizer.param_groups[0]["lr"] = scheduler.get_lr()[0]
            rates_set.append(optimizer.param_groups[0]["lr"])
        seen.append(rates_set)
    assert seen[0] == pytest.approx(seen[1], rel=1e-14)
    assert len({*seen[0]}) > 2  # not one rate for ever


def test_a_step_goes_on_from_the_last_epoch_that_was_set() -> None:
    scheduler = ours.CosineAnnealingLR(sgd(0.1), 9)
    scheduler.last_epoch = 4
    assert scheduler.get_lr() == pytest.approx([0.1 * (1 + math.cos(math.pi * 4 / 9)) / 2])
    scheduler.optimizer.step()
    scheduler.step()
    assert scheduler.last_epoch == 5
    assert scheduler.get_last_lr() == pytest.approx([0.1 * (1 + math.cos(math.pi * 5 / 9)) / 2])


class TestFaultsNotCopied:
    """Each says what torch does, and fails when torch no longer does."""

    def test_last_epoch_is_the_last_step_done(self) -> None:
        """Torch takes k for k+1 in some, and stays a step behind: pytorch #102261, RFC #168044."""
        made = {
            "ExponentialLR": (0.9,),
            "CosineAnnealingLR": (20,),
            "LinearLR": (0.5, 1.0, 10),
            "PolynomialLR": (20,),
            "MultiplicativeLR": (lambda k: 0.9,),
        }
        for name, args in made.items():
            values: dict[Any, float] = {}
            for module in (ours, theirs):
                whole = rates(getattr(module, name)(sgd(0.1), *args), 8)
                optimizer = sgd(0.1)
                scheduler = getattr(module, name)(optimizer, *args)
                rates(scheduler, 4)
                again = sgd(0.1)
                again.load_state_dict(optimizer.state_dict())
                resumed = getattr(module, name)(again, *args, last_epoch=scheduler.last_epoch)
                assert resumed.last_epoch == 5
                values[module] = again.param_groups[0]["lr"]
                if module is ours:
                    assert values[ours] == whole[5], name
            assert not math.isclose(values[theirs], values[ours], rel_tol=1e-3), name

    def test_a_sequence_resumes_with_last_epoch(self) -> None:
        """Torch begins the first schedule again: pytorch #162591."""
        values: list[float] = []
        for module in (ours, theirs):
            optimizer = sgd(0.1)
            parts = [module.ConstantLR(optimizer, 0.1, 20), module.ExponentialLR(optimizer, 0.9)]
            module.SequentialLR(optimizer, parts, [3], last_epoch=4)
            values.append(optimizer.param_groups[0]["lr"])
        assert values[0] == pytest.approx(0.1 * 0.9**2, rel=1e-15)  # step 5, the third of it
        assert values[1] == pytest.approx(0.1 * 0.1, rel=1e-15)

    @pytest.mark.filterwarnings("ignore:Detected call")
    def test_one_sequence_in_another_is_that_sequence(self) -> None:
        """Torch begins the inner one a step late: pytorch #196243."""
        values: list[list[float]] = []
        for module in (ours, theirs):
            optimizer = sgd(0.1)
            parts = [module.ConstantLR(optimizer, 0.5, 2), module.ConstantLR(optimizer, 0.2, 10)]
            inner = module.SequentialLR(optimizer, parts, [2])
            values.append(rates(module.SequentialLR(optimizer, [inner], []), 4))
        assert values[0] == [0.05, 0.05, 0.1 * 0.2, 0.1 * 0.2]
        assert values[1] != pytest.approx(values[0], rel=1e-3)

    def test_a_cosine_in_a_chain_stays_a_cosine(self) -> None:
        """Torch's takes the factor another undoes for its own descent from the lowest rate."""
        values: list[list[float]] = []
        for module in (ours, theirs):
            optimizer = sgd(0.1)
            parts = [
                module.ConstantLR(optimizer, 0.1, 5),
                module.CosineAnnealingLR(optimizer, 10, 0.01),
            ]
            values.append(rates(module.ChainedScheduler(parts), 11))
        half, after = [0.01 + 0.09 * (1 + math.cos(math.pi * k / 10)) / 2 for k in (5, 6)]
        assert values[0][5:7] == pytest.approx([half, after], rel=1e-15)
        # The rate of step 4, 0.01 in all, times 10 is where torch goes on from.
        assert values[1][5] == pytest.approx(0.01 + 0.09 / (1 + math.cos(math.pi * 0.4)))

    def test_warm_restarts_chain_in_either_order(self) -> None:
        """Torch's ignore the rate they are given: pytorch #129565."""
        values: dict[tuple[Any, bool], list[float]] = {}
        for module in (ours, theirs):
            for swapped in (False, True):
                optimizer = sgd(0.1)
                parts = [
                    module.CosineAnnealingWarmRestarts(optimizer, 5),
                    module.MultiStepLR(optimizer, [3, 6], 0.5),
                ]
                chosen = parts[::-1] if swapped else parts
                values[module, swapped] = rates(module.ChainedScheduler(chosen), 9)
        assert values[ours, False] == pytest.approx(values[ours, True], rel=1e-15)
        assert values[ours, False][7] == pytest.approx(
            0.1 * 0.25 * (1 + math.cos(math.pi * 2 / 5)) / 2, rel=1e-15
        )
        assert values[theirs, False] != pytest.approx(values[theirs, True], rel=1e-3)

    def test_get_lr_is_the_present_rate(self) -> None:
        """Torch's is the one after it, or neither: pytorch #20086."""
        made = [m.CosineAnnealingLR(sgd(1.0), 3) for m in (ours, theirs)]
        for s in made:
            rates(s, 1)
        with pytest.warns(UserWarning, match="get_last_lr"):
            assert made[1].get_lr()[0] == pytest.approx(0.5625)
        assert made[0].get_lr() == made[0].get_last_lr() == pytest.approx([0.75])

    def test_jumps_between_two_steps(self) -> None:
        """As those want who step by shares of an epoch: pytorch #37916."""
        made = [m.CosineAnnealingLR(sgd(0.05), 5) for m in (ours, theirs)]
        for s in made:
            s.optimizer.step()
            with pytest.warns(UserWarning, match="deprecated"):
                s.step(0.4)
        assert made[0].get_last_lr() == pytest.approx(made[1].get_last_lr(), rel=1e-15)
        assert (made[0].last_epoch, made[1].last_epoch) == (0, 0.4)

    def test_a_factor_of_0(self) -> None:
        """Torch divides by it: pytorch #185006."""
        assert rates(ours.ConstantLR(sgd(0.1), 0, 2), 4) == [0, 0, 0.1, 0.1]
        with pytest.raises(ZeroDivisionError):
            rates(theirs.ConstantLR(sgd(0.1), 0, 2), 4)

    def test_cycles_start_at_their_lowest_rate(self) -> None:
        """Torch's start from the first rate of the optimizer, if a scheduler was there before."""
        values: list[list[float]] = []
        for module in (ours, theirs):
            optimizer = sgd(0.1)
            module.StepLR(optimizer, 100)
            values.append(rates(module.CyclicLR(optimizer, 0.01, 0.05, 4), 3))
        assert values[0] == pytest.approx([0.01, 0.02, 0.03], rel=1e-14)
        assert values[1] == pytest.approx([0.1, 0.02, 0.03], rel=1e-14)

    def test_a_sequence_lets_the_momentum_go(self) -> None:
        """Torch's keeps the last one of a cycle, whatever comes after it."""
        values: list[list[float]] = []
        for module in (ours, theirs):
            optimizer = sgd(0.1)
            parts = [module.CyclicLR(optimizer, 0.01, 0.05, 4), module.StepLR(optimizer, 9)]
            scheduler = module.SequentialLR(optimizer, parts, [2])
            values.append([])
            for _ in range(4):
                values[-1].append(optimizer.param_groups[0]["momentum"])
                optimizer.step()
                scheduler.step()
        assert values[0] == pytest.approx([0.9, 0.875, 0.7, 0.7])
        assert values[1] == pytest.approx([0.9, 0.875, 0.875, 0.875])

    def test_products_begin_anew_in_a_sequence(self) -> None:
        """Torch's asks the function for its value at 0 there, and keeps the rate before."""
        values: list[list[float]] = []
        for module in (ours, theirs):
            optimizer = sgd(1.0)
            parts = [
                module.StepLR(optimizer, 1, 0.5),
                module.MultiplicativeLR(optimizer, lambda k: 0.9 if k else 7.0),
            ]
            values.append(rates(module.SequentialLR(optimizer, parts, [2]), 4))
        assert values[0] == pytest.approx([1, 0.5, 1, 0.9])
        assert values[1] == pytest.approx([1, 0.5, 3.5, 3.15])

    def test_one_cycle_stays_at_its_end(self) -> None:
        """Torch goes up again after the last step (pytorch #91765), and then raises."""
        peer = theirs.OneCycleLR(sgd(0.1), 0.1, 20)
        values = rates(ours.OneCycleLR(sgd(0.1), 0.1, 20), 30)
        assert values[19:] == [pytest.approx(0.1 / 25 / 1e4, rel=1e-13)] * 11  # a difference
        expected = rates(peer, 20)
        assert values[:20] == pytest.approx(expected, rel=1e-11)  # of terms 1e4 times the rest
        assert peer.get_last_lr()[0] > 100 * expected[19]
        with pytest.raises(ValueError, match="Tried to step"):
            peer.step()

    def test_a_cosine_rises_again_unless_it_is_clamped(self) -> None:
        values, peer = both("CosineAnnealingLR", 21, 10, 0.01)
        assert values == pytest.approx(peer, rel=1e-12)  # torch multiplies on from near 0
        clamped = rates(ours.CosineAnnealingLR(sgd(0.1), 10, 0.01, clamp=True), 21)
        assert clamped[:11] == values[:11]
        assert clamped[10:] == [pytest.approx(0.01, rel=1e-15)] * 11

    def test_a_metric_that_is_not_a_number(self) -> None:
        """Torch counts it among the bad ones."""
        optimizer = sgd(0.1)
        scheduler = ours.ReduceLROnPlateau(optimizer, patience=0)
        scheduler.step(1.0)
        before = scheduler.state_dict()
        with pytest.raises(ValueError, match="metrics must be a number, got nan"):
            scheduler.step(torch.tensor(math.nan))
        assert scheduler.state_dict() == before
        peer = theirs.ReduceLROnPlateau(sgd(0.1), patience=0)
        peer.step(1.0)
        peer.step(math.nan)
        assert peer.get_last_lr() == pytest.approx([0.01])

    def test_groups_that_share_a_tensor_get_their_own_rates(self) -> None:
        """A default that is a tensor is one for all groups, and torch fills it for each."""
        seen: list[list[float]] = []
        for module in (ours, theirs):
            groups = [{"params": [torch.nn.Parameter(torch.zeros(1))]} for _ in range(2)]
            optimizer = SGD(groups, lr=torch.tensor(1.0), momentum=0.9)
            module.CyclicLR(optimizer, [0.25, 0.5], [1.0, 2.0], 4)
            seen.append([float(g["lr"]) for g in optimizer.param_groups])
        assert seen == [[0.25, 0.5], [0.5, 0.5]]

    def test_a_refused_argument_changes_nothing(self) -> None:
        seen: list[float] = []
        for module in (ours, theirs):
            optimizer = sgd(0.1)
            with pytest.raises(ValueError, match="mode"):
                module.CyclicLR(optimizer, 0.01, 0.1, mode="square")
            seen.append(optimizer.param_groups[0]["lr"])
        assert seen == [0.1, 0.01]


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_attributes_are_torchs(name: str, optimizer: Any) -> None:
    """What can be read of a scheduler, and of the groups, as it goes."""
    made: list[Any] = []
    for module in (ours, theirs):
        groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": lr} for lr in (0.1, 0.4)]
        made.append(build(module, arguments.example(PEERS[name]), optimizer(groups)))
    for _ in range(25):
        for s in made:
            s.optimizer.step()
            s.step(*((1.0,) if PEERS[name].takes_metric else ()))
        here, there = made
        names = [n for n in dir(there) if not n.startswith("_") and n != "recursive_undo"]
        for n in (*names, *(n for n in ("_schedule_phases", "_last_lr") if hasattr(there, n))):
            if callable(getattr(there, n)):
                assert callable(getattr(here, n))
            elif n not in ("optimizer", "lr_lambdas"):
                assert _is_close(getattr(here, n), getattr(there, n)), n
        pairs = zip(here.optimizer.param_groups, there.optimizer.param_groups, strict=True)
        for mine, other in pairs:
            for key in other.keys() - {"params"}:
                assert _is_close(mine[key], other[key]), key


def _is_close(here: Any, there: Any) -> bool:
    """Equal, with numbers as close as where values are compared."""
    if isinstance(there, list | tuple):
        return type(here) is type(there) and all(map(_is_close, here, there))
    if isinstance(there, float):
        return math.isclose(here, there, rel_tol=1e-12, abs_tol=1e-14)
    return here == there


def test_what_follows_from_other_arguments_can_be_read() -> None:
    """Loops ask for ``total_steps`` to know when to stop."""
    for module in (ours, theirs):
        scheduler = module.OneCycleLR(sgd(), 0.1, epochs=3, steps_per_epoch=4)
        assert scheduler.total_steps == 12
