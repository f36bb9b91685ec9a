"""What four processes see of optimizers whose tensors they share; run by ``test_ranks.py``.

Every check runs on all ranks, against an optimizer of the same tensors in whole. Elements are
updated alike, to the bit. Printed is, as JSON, what went wrong in each on some rank, or nothing.
"""

import copy
import json
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import steprule.torch as ours
import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
import torch.multiprocessing as mp
from steprule.torch import _precision as precision
from torch import Tensor, nn
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_optimizer_state_dict,
    set_optimizer_state_dict,
)
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.fsdp import FullyShardedDataParallel, fully_shard
from torch.distributed.optim import ZeroRedundancyOptimizer
from torch.distributed.optim import _apply_optimizer_in_backward as apply_in_backward
from torch.distributed.tensor import DTensor, Partial, Replicate, Shard, distribute_tensor
from torch.distributed.tensor.parallel import (
    ColwiseParallel,
    RowwiseParallel,
    parallelize_module,
)

# Products are compared that ranks take one by one or together: in the digits of float32.
precision.CPU_MULTIPLIES_HALVES = False

WORLD = 4
MODES: list[dict[str, Any]] = [{}, {"foreach": True}, {"foreach": False}, {"fused": True}]
RULES: dict[str, dict[str, Any]] = {
    "SGD": {"momentum": 0.9},
    "Adam": {"amsgrad": True},
    "NAdam": {},
    "ScheduleFreeAdamW": {"warmup_steps": 2},
}
"""With a state that its first value begins, one of an option, a number, and another point."""

ROUNDING = {"rtol": 1e-6, "atol": 1e-7}
"""Squares are added up in another order: a norm, in float32, may differ by some roundings."""


def whole(x: Tensor) -> Tensor:
    return x.full_tensor() if isinstance(x, DTensor) else x


def given(count: int, *shape: int, **how: Any) -> list[Tensor]:
    """The same tensors on all ranks, at each call."""
    generator = torch.Generator().manual_seed(count + sum(shape))
    return [torch.randn(shape, generator=generator).to(**how) for _ in range(count)]


class Pair:
    """Parameters that ranks share, and the same in whole, with an optimizer of each."""

    def __init__(self, placed: Sequence[tuple[Tensor, DeviceMesh | None, Any]]) -> None:
        self.places = [(mesh, placements) for _, mesh, placements in placed]
        self.whole = [nn.Parameter(x.clone()) for x, _, _ in placed]
        self.shared = [nn.Parameter(self._place(x, i)) for i, (x, _, _) in enumerate(placed)]

    def _place(self, x: Tensor, i: int) -> Tensor:
        mesh, placements = self.places[i]
        if mesh is None:
            return x.clone()
        # All ranks have it, and none sends it to the others.
        return distribute_tensor(x.clone(), mesh, placements, src_data_rank=None)

    def backward(self, seed: int, scale: float = 1) -> None:
        generator = torch.Generator().manual_seed(seed)
        for i, p in enumerate(self.whole):
            grad = torch.randn(p.shape, generator=generator).to(p.dtype) * scale
            p.grad, self.shared[i].grad = grad, self._place(grad, i)

    def train(self, name: str, steps: int = 3, scale: float = 1, **how: Any) -> list[Any]:
        both = [getattr(ours, name)(x, lr=0.1, **how) for x in (self.shared, self.whole)]
        for step in range(steps):
            self.backward(step, scale)
            for optimizer in both:
                optimizer.step()
        return both

    def check(self, **tolerance: float) -> None:
        for p, q in zip(self.shared, self.whole, strict=True):
            torch.testing.assert_close(whole(p), q, **(tolerance or {"rtol": 0, "atol": 0}))


@cache
def line() -> DeviceMesh:
    return init_device_mesh("cpu", (WORLD,))


@cache
def square() -> DeviceMesh:
    return init_device_mesh("cpu", (2, 2), mesh_dim_names=("rows", "columns"))


def placements() -> list[tuple[Tensor, DeviceMesh | None, Any]]:
    """Uneven, empty, by columns, in two dimensions, alike on some ranks or on all; half, plain."""
    flat, two = line(), square()
    (a, b), (c,), (d,) = given(2, 5, 6), given(1, 1, 3), given(1, 8, 4)
    (half,) = given(1, 6, 2, dtype=torch.bfloat16)
    return [
        (a, flat, [Shard(0)]),
        (b, flat, [Shard(1)]),
        (c, flat, [Shard(0)]),
        (d, two, [Shard(0), Shard(1)]),
        (d + 1, two, [Replicate(), Shard(0)]),
        (d + 2, two, [Replicate(), Replicate()]),
        (half, flat, [Shard(0)]),
        (a + 1, None, None),
    ]


def elements_are_updated_alike() -> None:
    for name, options in RULES.items():
        for mode in MODES if name == "SGD" else ({}, {"fused": True}):
            pair = Pair(placements())
            sharded, _ = pair.train(name, 2, **options, **mode)
            pair.check()
            for p in pair.shared:
                for key, x in sharded.state[p].items():
                    is_scalar = key in sharded._rule(sharded.defaults).scalar_keys
                    assert isinstance(x, DTensor) == (isinstance(p, DTensor) and not is_scalar)
                    assert not isinstance(x, DTensor) or x.placements == p.placements


def matrices_are_updated_on_one_rank_each() -> None:
    flat, two = line(), square()
    (a, b, c, d, e), (f,), (half,) = given(5, 4, 6), given(1, 2, 5, 3), given(1, 6, 2)
    (kernel,) = given(1, 4, 3, 2, 2)
    placed: list[tuple[Tensor, DeviceMesh | None, Any]] = [
        *((x, flat, [Shard(0)]) for x in (a, b, c, d, e)),
        (a + 1, flat, [Shard(1)]),
        (b + 1, flat, [Replicate()]),
        (c + 1, two, [Shard(0), Shard(1)]),
        (d + 1, two, [Replicate(), Shard(1)]),
        (f, two, [Shard(1), Shard(0)]),
        (half.bfloat16(), flat, [Shard(0)]),
        (kernel, flat, [Shard(0)]),
        (kernel + 1, two, [Shard(1), Shard(0)]),
        (e + 1, None, None),
    ]
    for how in (
        {},
        {"foreach": True, "nesterov": False},
        {"global_clipnorm": 0.5},
        {"clipnorm": 0.5},
        {"split": 2, "flatten": "always"},
    ):
        pair = Pair(placed)
        optimizers = [ours.Muon(x, lr=0.1, **how) for x in (pair.shared, pair.whole)]
        for step in range(2):
            pair.backward(step)
            optimizers[1].step()
            with counted("_iterated", "_iterated2") as calls:
                optimizers[0].step()
            total = torch.tensor(sum(calls))
            dist.all_reduce(total)
            assert total == len(placed) - 1 + WORLD, total  # the plain one is each rank's own
        pair.check(rtol=1e-6, atol=1e-6)  # in batches products are rounded otherwise
        for p, q in zip(pair.shared, pair.whole, strict=True):
            kept, wanted = (
                o.state[x]["momentum_buffer"] for o, x in zip(optimizers, (p, q), strict=True)
            )
            torch.testing.assert_close(whole(kept), wanted, rtol=1e-6, atol=1e-6)
            assert isinstance(kept, DTensor) == isinstance(p, DTensor)


def bases_are_found_on_one_rank_each() -> None:
    flat, two, wide = line(), square(), {"dtype": torch.float64}
    (a, b, c, d), (e,), (f,) = given(4, 4, 4, **wide), given(1, 3, 5, **wide), given(1, 7, **wide)
    placed: list[tuple[Tensor, DeviceMesh | None, Any]] = [
        (a, flat, [Shard(0)]),
        (b, flat, [Shard(1)]),
        (c, two, [Shard(0), Shard(1)]),
        (e, two, [Replicate(), Shard(0)]),  # its columns have no basis
        (f, flat, [Shard(0)]),  # nor has a vector
        (d, None, None),
    ]
    for how in ({}, {"foreach": False}, {"clipnorm": 0.5}):
        pair, how = Pair(placed), {"precondition_frequency": 2, "max_precond_dim": 4, **how}
        optimizers = [ours.SOAP(x, lr=0.1, **how) for x in (pair.shared, pair.whole)]
        for step in range(4):
            pair.backward(step)
            optimizers[1].step()
            calls: list[int] = []
            with counting_decompositions(calls):
                optimizers[0].step()
            total = torch.tensor(sum(calls))
            dist.all_reduce(total)
            # Of square matrices two bases each, the plain one's on every rank, and one of e.
            sides = 2 * (3 + WORLD) + 1
            assert total == (sides if step in (0, 2) else 0), (step, total)
        # In batches products are rounded otherwise; the bases of squares are known as well.
        pair.check(rtol=1e-9, atol=1e-9)


@contextmanager
def counting_decompositions(calls: list[int]) -> Iterator[None]:
    """The matrices that are decomposed on this rank."""

    def of(function: Any) -> Any:
        def called(x: Tensor) -> Any:
            calls.append(x[..., 0, 0].numel())
            return function(x)

        return called

    with ExitStack() as stack:
        for name in ("eigh", "qr"):
            function = of(getattr(torch.linalg, name))
            stack.enter_context(mock.patch.object(torch.linalg, name, function))
        yield


@contextmanager
def counted(*names: str) -> Iterator[list[int]]:
    """A number for each call of some functions of Muon's."""
    module, calls = sys.modules[ours.Muon.__module__], list[int]()
    with ExitStack() as stack:
        for name in names:
            function = getattr(module, name)

            def called(*args: Any, function: Any = function) -> Any:
                calls.append(1)
                return function(*args)

            stack.enter_context(mock.patch.object(module, name, called))
        yield calls


def values_are_clipped_alike() -> None:
    for mode in MODES:
        pair = Pair(placements())
        pair.train("Lion", clipvalue=0.3, **mode)
        pair.check()


def no_operation_on_a_dtensor_is_left() -> None:
    for mode in MODES:
        pair = Pair(placements())
        optimizer, _ = pair.train("Adam", 1, global_clipnorm=1.0, **mode)
        pair.backward(5)
        with mock.patch.object(DTensor, "__torch_dispatch__", side_effect=AssertionError):
            optimizer.step()


def norms_are_of_whole_tensors() -> None:
    for limit in ({"clipnorm": 0.5}, {"global_clipnorm": 0.5}):
        for mode, scale in zip([*MODES, {}, {}], [1.0] * 4 + [1e25, 1e-25], strict=True):
            pair = Pair([each for each in placements() if each[0].dtype == torch.float32])
            limits = {key: x * scale for key, x in limit.items()}
            pair.train("SGD", scale=scale, momentum=0.9, **limits, **mode)
            # The addend 1e-6 of a norm hides what is far below it.
            pair.check(rtol=1e-6, atol=1e-6 * max(scale, 1e-19))


def groups_have_limits_of_their_own() -> None:
    pair = Pair(placements()[:4])
    both = []
    for params in (pair.shared, pair.whole):
        groups = [
            {"params": params[:2], "clipnorm": 0.5},
            {"params": params[2:3], "global_clipnorm": 0.25},
            {"params": params[3:]},
        ]
        both.append(ours.SGD(groups, lr=0.1))
    pair.backward(0)
    for optimizer in both:
        optimizer.step()
    pair.check(**ROUNDING)


def a_mesh_takes_one_all_reduce() -> None:
    for limit in ("clipnorm", "global_clipnorm"):
        for mode in MODES:
            pair = Pair(placements())
            optimizer, _ = pair.train("Adam", 1, **{limit: 0.5}, **mode)
            pair.backward(5)
            with mock.patch.object(dist, "all_reduce", wraps=dist.all_reduce) as calls:
                optimizer.step()
            assert calls.call_count == 2, calls.call_args_list


def ranks_without_gradients_take_part() -> None:
    pair = Pair(placements()[:2])
    both = [ours.SGD(x, lr=0.1, global_clipnorm=0.5) for x in (pair.shared, pair.whole)]
    pair.backward(0)
    if dist.get_rank() == 3:  # it holds no elements of the first, and none of the third's rows
        pair.shared[0].grad = None
    for optimizer in both:
        optimizer.step()
    local = pair.shared[1]
    torch.testing.assert_close(whole(local), pair.whole[1], **ROUNDING)


def sums_under_way_are_gradients() -> None:
    mesh = line()
    for mode in MODES:
        (x, g) = given(2, 8, 3)
        p = nn.Parameter(distribute_tensor(x.clone(), mesh, [Shard(0)]))
        q = nn.Parameter(x.clone())
        p.grad, q.grad = DTensor.from_local(g / WORLD, mesh, [Partial()]), g
        for param in (p, q):
            ours.SGD([param], lr=0.5, clipnorm=0.1, **mode).step()
        torch.testing.assert_close(whole(p), q, **ROUNDING)


def all_ranks_refuse_what_is_not_finite() -> None:
    for wrong in (0, 7):  # a row of one rank alone, and a plain tensor on one rank alone
        for limit in ("clipnorm", "global_clipnorm"):
            pair = Pair(placements())
            optimizer, _ = pair.train("Adam", 1, **{limit: 0.5}, error_if_nonfinite=True)
            before = [whole(p).clone() for p in pair.shared]
            states = copy.deepcopy([*map(str, optimizer.state.values())])
            if dist.get_rank() == 1:
                grad = pair.shared[wrong].grad
                (grad.to_local() if isinstance(grad, DTensor) else grad)[0, 0] = torch.inf
            with raises(RuntimeError, "not finite"):
                optimizer.step()
            assert [*map(str, optimizer.state.values())] == states
            for p, x in zip(pair.shared, before, strict=True):
                torch.testing.assert_close(whole(p), x, rtol=0, atol=0)


def all_ranks_refuse_meshes_of_some() -> None:
    some = DeviceMesh("cpu", [0, 1])
    (a, b) = given(2, 4, 4)
    params = [
        nn.Parameter(distribute_tensor(a, line(), [Shard(0)])),
        nn.Parameter(DTensor.from_local(b[:2].clone(), some, [Shard(0)])),
    ]
    for p in params:
        p.grad = torch.zeros_like(p.detach())
    with raises(RuntimeError, "not in the mesh"):
        ours.SGD(params, lr=0.1, global_clipnorm=1.0).step()


def a_gradient_is_of_its_parameters_sort() -> None:
    pair = Pair(placements()[:1])
    p = pair.shared[0]
    q = nn.Parameter(torch.zeros(()))
    p.grad, q.grad = torch.zeros_like(p.detach()), None
    optimizer = ours.SGD([p], lr=0.1)
    with (
        mock.patch.object(
            ours._gradients, "present", lambda groups: [(groups[0], [p], [torch.zeros(5, 6)])]
        ),
        raises(RuntimeError, "both must be DTensors"),
    ):
        optimizer.step()


def models_of_fsdp_and_tensor_parallel() -> None:
    torch.manual_seed(0)
    mesh = square()
    model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 5))
    parallelize_module(model, mesh["columns"], {"0": ColwiseParallel(), "2": RowwiseParallel()})
    for layer in (model[0], model[2], model):
        fully_shard(layer, mesh=mesh["rows"])
    same = [nn.Parameter(whole(p).detach().clone()) for p in model.parameters()]
    for mode in MODES:
        exact = ours.AdamW(model.parameters(), lr=0.1, **mode), ours.AdamW(same, lr=0.1, **mode)
        limited = [
            ours.SGD(x, lr=0.1, global_clipnorm=0.1, **mode) for x in (model.parameters(), same)
        ]
        for pair, tolerance in ((exact, {"rtol": 0, "atol": 0}), (limited, ROUNDING)):
            for step in range(2):
                model.zero_grad()
                (x,) = given(1, 7, 6)
                model(x + step).square().mean().backward()
                for p, q in zip(model.parameters(), same, strict=True):
                    with torch.no_grad():
                        q.copy_(whole(p))
                    q.grad = whole(p.grad)
                for optimizer in pair:
                    optimizer.step()
                for p, q in zip(model.parameters(), same, strict=True):
                    torch.testing.assert_close(whole(p), q, **tolerance)


def replicas_count_once() -> None:
    torch.manual_seed(0)
    model = nn.Linear(6, 8)
    fully_shard(model, mesh=square())
    same = [nn.Parameter(whole(p).detach().clone()) for p in model.parameters()]
    both = [ours.SGD(x, lr=1.0, global_clipnorm=0.01) for x in (model.parameters(), same)]
    (x,) = given(1, 7, 6)
    model(x).square().mean().backward()
    for p, q in zip(model.parameters(), same, strict=True):
        q.grad = whole(p.grad)
    with mock.patch.object(dist, "all_reduce", wraps=dist.all_reduce) as calls:
        for optimizer in both:
            optimizer.step()
    assert calls.call_count == 1
    for p, q in zip(model.parameters(), same, strict=True):
        torch.testing.assert_close(whole(p), q, **ROUNDING)


def batches_are_kept() -> None:
    pair = Pair(placements()[:3])
    optimizer, _ = pair.train("Adam", 3, fused=True)
    (kept,) = optimizer._memory.kept.values()
    (launcher,) = kept.launchers
    pair.backward(9)
    optimizer.step()
    assert next(iter(optimizer._memory.kept.values())).launchers[0] is launcher


def whole_states_are_loaded_in_parts() -> None:
    pair = Pair(placements())
    _, plain = pair.train("Adam", 2)
    fresh = ours.Adam(pair.shared, lr=0.1)
    fresh.load_state_dict(copy.deepcopy(plain.state_dict()))
    pair.backward(7)
    fresh.step()
    plain.step()
    pair.check()


def parts_of_optimizers_refuse_norms_over_all() -> None:
    model = nn.Linear(6, 8)
    made = ZeroRedundancyOptimizer(model.parameters(), ours.SGD, lr=0.1, global_clipnorm=1.0)
    other = ZeroRedundancyOptimizer(
        nn.Linear(6, 8).parameters(),
        lambda *args, **how: ours.SGD(*args, **how),
        lr=0.1,
        clipnorm=1.0,
    )
    for p in (*model.parameters(), *other.param_groups[0]["params"]):
        p.grad = torch.ones_like(p)
    with raises(RuntimeError, "ZeroRedundancyOptimizer"):
        made.step()
    other.step()  # a tensor is in one optimizer, in whole
    lonely = nn.Linear(2, 2)
    apply_in_backward(ours.SGD, lonely.parameters(), {"lr": 0.1, "global_clipnorm": 1.0})
    with raises(RuntimeError, "_apply_optimizer_in_backward"):
        lonely(torch.ones(1, 2)).sum().backward()


def flat_parameters_refuse_norms() -> None:
    for own_parameters in (False, True):
        for limit in ("clipnorm", "global_clipnorm"):
            torch.manual_seed(0)
            model = FullyShardedDataParallel(
                nn.Linear(6, 8), use_orig_params=own_parameters, device_id=torch.device("cpu")
            )
            model(torch.ones(2, 6)).sum().backward()
            with raises(RuntimeError, "FullyShardedDataParallel"):
                ours.SGD(model.parameters(), lr=0.1, **{limit: 1.0}).step()
            for name in ("SGD", "Adam"):
                optimizer = getattr(ours, name)(model.parameters(), lr=0.1)
                optimizer.step()
                saved = FullyShardedDataParallel.optim_state_dict(model, optimizer)
                assert bool(saved["state"]) == (name == "Adam")


def checkpoints_go_to_other_numbers_of_ranks() -> None:
    def model(mesh: DeviceMesh | None) -> nn.Module:
        torch.manual_seed(0)
        made = nn.Sequential(nn.Linear(5, 7), nn.Linear(7, 3))
        if mesh is not None:
            fully_shard(made, mesh=mesh)
        return made

    folder: list[Any] = [tempfile.mkdtemp()]
    dist.broadcast_object_list(folder)
    for flatten in (False, True):
        options = StateDictOptions(flatten_optimizer_state_dict=flatten)
        first = model(line())
        optimizer = ours.Adam(first.parameters(), lr=0.1)
        for step in range(3):
            first(given(1, 2, 5)[0] + step).square().sum().backward()
            optimizer.step()
            optimizer.zero_grad()
        where = str(Path(folder[0]) / str(flatten))
        dcp.save(get_optimizer_state_dict(first, optimizer, options=options), checkpoint_id=where)
        expected = [
            {key: whole(x) for key, x in optimizer.state[p].items()} for p in first.parameters()
        ]
        for ranks in ([0, 1], [2, 3]), ([0], [1], [2], [3]):
            groups = [dist.new_group(each) for each in ranks]
            mine = next(i for i, each in enumerate(ranks) if dist.get_rank() in each)
            meshes = [DeviceMesh.from_group(groups[mine], "cpu")] if len(ranks[0]) > 1 else [None]
            second = model(meshes[0])
            again = ours.Adam(second.parameters(), lr=0.1)
            saved = get_optimizer_state_dict(second, again, options=options)
            dcp.load(saved, checkpoint_id=where, process_group=groups[mine])
            set_optimizer_state_dict(second, again, saved, options=options)
            for p, states in zip(second.parameters(), expected, strict=True):
                assert again.state[p].keys() == states.keys()
                for key, x in states.items():
                    torch.testing.assert_close(whole(again.state[p][key]), x, rtol=0, atol=0)


@contextmanager
def raises(kind: type[Exception], words: str) -> Iterator[None]:
    try:
        yield
    except kind as error:
        if words not in str(error):
            raise
    else:
        raise AssertionError(f"nothing was raised that says {words!r}")


CHECKS: list[Callable[[], None]] = [
    elements_are_updated_alike,
    matrices_are_updated_on_one_rank_each,
    bases_are_found_on_one_rank_each,
    values_are_clipped_alike,
    no_operation_on_a_dtensor_is_left,
    norms_are_of_whole_tensors,
    groups_have_limits_of_their_own,
    a_mesh_takes_one_all_reduce,
    ranks_without_gradients_take_part,
    sums_under_way_are_gradients,
    all_ranks_refuse_what_is_not_finite,
    all_ranks_refuse_meshes_of_some,
    a_gradient_is_of_its_parameters_sort,
    models_of_fsdp_and_tensor_parallel,
    replicas_count_once,
    batches_are_kept,
    whole_states_are_loaded_in_parts,
    parts_of_optimizers_refuse_norms_over_all,
    flat_parameters_refuse_norms,
    checkpoints_go_to_other_numbers_of_ranks,
]


def load() -> None:
    """What all ranks need is imported and compiled once, before they part."""
    import_module("torch._dynamo")
    torch.set_num_threads(1)  # of more, none would be there in a rank
    for name, options in RULES.items():
        params = [nn.Parameter(torch.ones(2, dtype=d)) for d in (torch.float32, torch.bfloat16)]
        for p in params:
            p.grad = torch.ones_like(p)
        getattr(ours, name)(params, fused=True, **options).step()


def run(rank: int, store: str, names: Iterable[str]) -> None:
    warnings.simplefilter("ignore")
    dist.init_process_group(
        "gloo",
        init_method=f"file://{store}",
        rank=rank,
        world_size=WORLD,
        timeout=timedelta(minutes=5),
    )
    found: dict[str, str] = {}
    for check in CHECKS:
        if names and check.__name__ not in names:
            continue
        found[check.__name__] = ""
        try:
            check()
        except Exception:
            found[check.__name__] = f"rank {rank}: {traceback.format_exc()}"
        Path(f"{store}-{rank}").write_text(json.dumps(found))
        dist.barrier()
    dist.destroy_process_group()


def main(names: Sequence[str]) -> None:
    load()
    with tempfile.TemporaryDirectory() as folder:
        store = f"{folder}/store"
        try:
            mp.start_processes(run, (store, names), WORLD, start_method="fork")
        finally:
            each = [json.loads(Path(f"{store}-{rank}").read_text()) for rank in range(WORLD)]
            print(
                json.dumps(
                    {
                        name: "\n".join(x.get(name, "not run") for x in each).strip()
                        for name in each[0]
                    }
                )
            )


if __name__ == "__main__":
    main(sys.argv[1:])
