"""fused=True on the CPU: kernels of Numba, beside the loop and beside NumPy's engine."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch
from steprule.torch import SGD, Adam, NAdam
from steprule.torch._batch import Batch, takes

CASES = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("Adagrad", {"lr_decay": 0.1, "initial_accumulator_value": 0.5}),
    ("Adadelta", {"weight_decay": 0.1}),
    ("RMSprop", {"centered": True, "momentum": 0.5, "maximize": True}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1}),
    ("AdamW", {"maximize": True}),
    ("Adamax", {}),
    ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("Lion", {"weight_decay": 0.1}),
]
IN_EVERY_DTYPE = {"Adam", "NAdam"}
"""Those of which kernels of every dtype are compiled daily: what loads and stores is of all."""
CLIPS = [{}, {"clipvalue": 0.5}, {"clipnorm": 1.0}, {"global_clipnorm": 1.0}]

ULPS = {torch.float32: 2**-24, torch.float64: 2**-53, torch.bfloat16: 2**-9}

BOUND = 128
"""In half ulps of the largest element: torch's loop contracts a product and a sum to one rounding
where it can, three steps long, and moments of gradients of both signs lose some digits more."""


def tensors(dtype: torch.dtype, seed: int = 0) -> list[torch.Tensor]:
    """Of every layout: even, odd, transposed, 0-d, empty, channels last, with holes."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator).to(dtype)

    images = draw(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)
    return [draw(64), draw(7, 13), draw(), draw(0, 3), draw(5, 3).T, images, draw(9, 8)[::2, ::3]]


def run(cls: Any, dtype: torch.dtype, steps: int = 3, **arguments: Any) -> list[torch.Tensor]:
    params = [p.clone().requires_grad_() for p in tensors(dtype)]
    optimizer = cls(params, **arguments)
    for step in range(steps):
        for p, grad in zip(params, tensors(dtype, seed=step + 1), strict=True):
            p.grad = grad
        optimizer.step()
    states = [x for p in params for x in optimizer.state[p].values()]
    return [*(p.detach() for p in params), *states]


@pytest.mark.parametrize(
    ("name", "options", "dtype"),
    [
        pytest.param(
            *case,
            dtype,
            marks=[]
            if dtype == torch.float32 or case[0] in IN_EVERY_DTYPE
            else [pytest.mark.exhaustive],
        )
        for case in CASES
        for dtype in ULPS
    ],
    ids=str,
)
def test_every_rule_beside_the_loop(name: str, options: Any, dtype: torch.dtype) -> None:
    cls = getattr(steprule.torch, name)
    fused = run(cls, dtype, fused=True, **options)
    loop = run(cls, dtype, foreach=False, **options)
    started = tensors(dtype) + [torch.zeros(1)] * (len(fused) - len(tensors(dtype)))
    for ours, theirs, start in zip(fused, loop, started, strict=True):
        if ours.numel():
            # What a step takes away from the start cannot be better than the start's last place.
            scale = max(float(theirs.abs().max()), float(start.abs().max()))
            torch.testing.assert_close(ours, theirs, rtol=0, atol=BOUND * ULPS[dtype] * scale)
    assert not torch.equal(fused[0], tensors(dtype)[0])


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: next(iter(clip), "none"))
def test_the_bits_of_numpy(clip: dict[str, float]) -> None:
    """Clipping takes norms in another dtype there: a step of 1e-3 may differ by an ulp."""
    theta, gradient = (np.random.default_rng(0).standard_normal((2, 1001))).astype(np.float32)
    p = torch.from_numpy(theta.copy()).requires_grad_()
    p.grad = torch.from_numpy(gradient)
    Adam([p], fused=True, **clip).step()
    steprule.numpy.Adam(engine="numpy", **clip).update(theta, gradient)
    an_ulp = 1.2e-10 if "norm" in str(clip) else 0
    np.testing.assert_allclose(p.detach().numpy(), theta, rtol=2 * an_ulp / 1e-3, atol=an_ulp)


def test_kernels_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the tests above would compare the loop with itself."""
    monkeypatch.setattr(Adam, "_foreach", None)
    monkeypatch.setattr(Adam, "_loop", None)
    p = torch.ones(3, requires_grad=True)
    p.grad = torch.ones(3)
    Adam([p], lr=0.5, fused=True).step()
    torch.testing.assert_close(p.detach(), torch.full((3,), 0.5), rtol=1e-6, atol=0)


def test_bfloat16_rounds_to_nearest_even() -> None:
    """From 1 + k/128, steps of a quarter, a half and three quarters of the spacing, 1/128."""
    start = torch.tensor([1.0, 1.0, 1.0, 1 + 1 / 128, 1 + 1 / 128, float("nan"), float("inf")])
    steps = torch.tensor([0.25, 0.5, 0.75, 0.5, 0.25, 0.0, 1.0]) / 128
    p = start.bfloat16().requires_grad_()
    p.grad = steps.bfloat16()
    SGD([p], lr=1.0, maximize=True, fused=True).step()
    up = 1 + 1 / 128
    expected = torch.tensor([1.0, 1.0, up, 1 + 2 / 128, up, float("nan"), float("inf")])
    torch.testing.assert_close(p.detach().float(), expected, rtol=0, atol=0, equal_nan=True)


def test_groups_of_their_own_and_a_tensor_rate() -> None:
    def trained(**more: Any) -> list[torch.Tensor]:
        p, q, idle = (torch.full((5,), x, requires_grad=True) for x in (1.0, 2.0, 3.0))
        groups = [{"params": [p], "lr": torch.tensor(0.1)}, {"params": [q, idle], "maximize": True}]
        optimizer = NAdam(groups, lr=0.2, **more)
        for step in range(3):
            for x in (p, q):
                x.grad = torch.full((5,), 1.0 + step)
            optimizer.step()
        mu = optimizer.state[q]["mu_product"]
        return [p.detach(), q.detach(), idle.detach(), mu, optimizer.state[q]["step"]]

    for ours, theirs in zip(trained(fused=True), trained(foreach=False), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=0)


def test_checkpoints_go_both_ways() -> None:
    p, q = (torch.ones(3, requires_grad=True) for _ in range(2))
    fused, loop = Adam([p], fused=True), Adam([q], foreach=False)
    for step in range(4):
        if step == 2:
            saved = fused.state_dict()
            fused.load_state_dict(loop.state_dict() | {"param_groups": saved["param_groups"]})
        for x, optimizer in ((p, fused), (q, loop)):
            x.grad = torch.full((3,), 1.0 + step)
            optimizer.step()
    torch.testing.assert_close(p, q, rtol=1e-6, atol=0)


def test_many_tensors_take_one_launch(monkeypatch: pytest.MonkeyPatch) -> None:
    from steprule.numba import _launch

    calls: list[int] = []
    prepare = _launch.prepare

    def prepared(rule: str, dtype: str, table: Any, *args: Any, **how: Any) -> Callable[[], None]:
        calls.append(table.shape[1])
        return prepare(rule, dtype, table, *args, **how)

    monkeypatch.setattr(_launch, "prepare", prepared)
    params = [torch.ones(k % 7, requires_grad=True) for k in range(100)]
    for p in params:
        p.grad = torch.ones_like(p)
    SGD(params, lr=0.5, fused=True).step()
    assert calls == [100]
    assert all(torch.equal(p, torch.full_like(p, 0.5)) for p in params)


@pytest.mark.parametrize("broken", [("float32", "float64"), ("float64",)], ids=str)
def test_nothing_changes_when_compiling_fails(
    broken: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither where no kernel compiles, nor where that of the second dtype does not."""
    from steprule.numba import _launch

    compiling = _launch._compiled  # pyright: ignore[reportPrivateUsage]

    def fail(rule: str, dtype: str, *rest: Any) -> Any:
        if dtype in broken:
            raise RuntimeError("no compiler")
        return compiling(rule, dtype, *rest)

    params = [torch.nn.Parameter(torch.ones(3, dtype=d)) for d in (torch.float32, torch.float64)]
    optimizer = Adam(params, fused=True)
    for p in params:
        p.grad = torch.ones_like(p)
    monkeypatch.setattr(_launch, "_compiled", fail)
    with pytest.raises(RuntimeError, match="no compiler"):
        optimizer.step()
    assert all(torch.equal(p, torch.ones_like(p)) for p in params)
    assert not optimizer.state


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"foreach": True}, "`fused` and `foreach` cannot be `True` together"),
        ({"differentiable": True}, "`fused` does not support `differentiable`"),
    ],
)
def test_what_fused_cannot_be_with(more: dict[str, bool], message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        Adam([torch.ones(2, requires_grad=True)], fused=True, **more)


def test_a_device_without_an_engine() -> None:
    p = torch.ones(2, device="meta", requires_grad=True)
    optimizer = Adam([torch.ones(2, requires_grad=True)])
    with pytest.raises(RuntimeError, match="`fused=True` runs on cpu and cuda, not on meta"):
        optimizer.add_param_group({"params": [p], "fused": True})
    assert len(optimizer.param_groups) == 1


def test_strides_that_are_dense_in_one_order() -> None:
    x = torch.empty(2, 3, 4)
    assert takes([x, x.clone()])
    assert takes([x.permute(2, 0, 1), x.permute(2, 0, 1)])
    assert not takes([x, torch.empty(4, 3, 2).permute(2, 1, 0)])
    assert not takes([x[:, ::2], x[:, ::2]])
    assert not takes([x, x.double()])


def test_without_numba(python: Any, tmp_path: Any) -> None:
    code = """
import torch
from steprule.torch import Adam
p = torch.ones(2, requires_grad=True)
Adam([p])
try:
    Adam([p], fused=True)
except RuntimeError as error:
    print(error)
"""
    done = python(code, cwd=tmp_path, without=("numba",))
    assert done.returncode == 0, done.stderr
    assert 'needs Numba: pip install "steprule[fast]"' in done.stdout


def _swap_memory(p: torch.nn.Parameter, optimizer: Any) -> None:
    p.data = p.data.clone() * 2


def _transpose_in_place(p: torch.nn.Parameter, optimizer: Any) -> None:
    p.data = p.data.t()


def _other_dtype(p: torch.nn.Parameter, optimizer: Any) -> None:
    p.data = p.data.double()
    for key in ("exp_avg", "exp_avg_sq"):
        optimizer.state[p][key] = optimizer.state[p][key].double()


def _replace_states(p: torch.nn.Parameter, optimizer: Any) -> None:
    optimizer.state[p]["exp_avg"] = torch.full_like(p, 3.0)
    optimizer.state[p]["step"] = torch.tensor(7.0, dtype=torch.float64)


def _move_states(p: torch.nn.Parameter, optimizer: Any) -> None:
    optimizer.share_memory()


def _move_a_state(p: torch.nn.Parameter, optimizer: Any) -> None:
    state = optimizer.state[p]["exp_avg_sq"]
    state.data = state.data.clone() * 2


def _count_anew(p: torch.nn.Parameter, optimizer: Any) -> None:
    optimizer.state[p]["step"].fill_(5)


def _move_a_count(p: torch.nn.Parameter, optimizer: Any) -> None:
    count = optimizer.state[p]["step"]
    count.data = count.data.clone()


def _divide_by_the_largest(p: torch.nn.Parameter, optimizer: Any) -> None:
    optimizer.param_groups[0]["amsgrad"] = True


def _reload(p: torch.nn.Parameter, optimizer: Any) -> None:
    saved = optimizer.state_dict()
    saved["state"] = {
        k: {key: value * 2 for key, value in kept.items()} for k, kept in saved["state"].items()
    }
    optimizer.load_state_dict(saved)


def _forget(p: torch.nn.Parameter, optimizer: Any) -> None:
    del optimizer.state[p]


def _forget_all(p: torch.nn.Parameter, optimizer: Any) -> None:
    optimizer.state.clear()


def _add_group(p: torch.nn.Parameter, optimizer: Any) -> None:
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(4))], "lr": 0.5})


def _without_gradient(p: torch.nn.Parameter, optimizer: Any) -> None:
    p.requires_grad_(False)


CHANGES = [
    *(_swap_memory, _transpose_in_place, _other_dtype, _replace_states, _move_states),
    *(_move_a_state, _count_anew, _move_a_count, _divide_by_the_largest, _reload),
    *(_forget, _forget_all, _add_group, _without_gradient),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__[1:])
def test_what_changes_between_steps_is_noticed(change: Any) -> None:
    """Two steps, the change, a step; then back to having a gradient, and two more."""

    def trained(**how: Any) -> list[torch.Tensor]:
        generator = torch.Generator().manual_seed(0)
        params = [torch.nn.Parameter(torch.randn(6, 6, generator=generator)) for _ in range(3)]
        optimizer = Adam(params, lr=0.1, **how)
        for step in range(5):
            if step == 2:
                change(params[1], optimizer)
            if step == 3:
                params[1].requires_grad_()
            for p in [p for group in optimizer.param_groups for p in group["params"]]:
                grad = torch.randn(p.shape, generator=generator).to(p.dtype)
                p.grad = grad if p.requires_grad else None
            optimizer.step()
        found = [p for group in optimizer.param_groups for p in group["params"]]
        states = [x for p in found for x in optimizer.state[p].values()]
        return [x.detach() for x in (*found, *states)]

    for ours, theirs in zip(trained(fused=True), trained(foreach=False), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def test_gradients_of_another_layout_from_step_to_step() -> None:
    def trained(**how: Any) -> torch.Tensor:
        p = torch.nn.Parameter(torch.ones(5, 5))
        optimizer = SGD([p], lr=0.1, momentum=0.9, **how)
        grad = torch.arange(25.0).reshape(5, 5)
        for layout in (grad, grad.t(), grad.repeat(2, 1)[::2], grad):
            p.grad = layout
            optimizer.step()
        return p.detach()

    torch.testing.assert_close(trained(fused=True), trained(foreach=False), rtol=1e-6, atol=0)


def test_strides_of_a_parameter_and_its_gradient_that_change_together() -> None:
    def trained(**how: Any) -> torch.Tensor:
        generator = torch.Generator().manual_seed(0)
        x = torch.randn(2, 3, 4, 4, generator=generator)
        p = torch.nn.Parameter(x.contiguous(memory_format=torch.channels_last))
        optimizer = Adam([p], lr=0.1, **how)
        for step in range(6):
            if step == 4:
                p.data = p.data.transpose(0, 2)  # of the same memory
                for key in ("exp_avg", "exp_avg_sq"):
                    optimizer.state[p][key] = optimizer.state[p][key].transpose(0, 2)
            p.grad = torch.randn(p.shape, generator=generator)
            if step != 3:
                p.grad = torch.empty_like(p).copy_(p.grad)
            optimizer.step()
        return p.detach()

    torch.testing.assert_close(trained(fused=True), trained(foreach=False), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("dtype", "expected"), [(torch.float32, 0.994), (torch.complex64, 0.994 + 0j)], ids=str
)
def test_batches_are_made_once(
    dtype: torch.dtype, expected: complex, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    class Counted(Batch):
        def __init__(self, rows: list[int], *rest: Any, **more: Any) -> None:
            made.append(len(rows))
            super().__init__(rows, *rest, **more)

    monkeypatch.setattr("steprule.torch._launches.Batch", Counted)
    params = [torch.nn.Parameter(torch.ones(3, 2, dtype=dtype)) for _ in range(4)]
    params += [torch.nn.Parameter(torch.ones(3, dtype=torch.float64)) for _ in range(2)]
    optimizer = Adam(params, fused=True)
    for step in range(6):
        for p in params:
            p.grad = torch.ones_like(p)
        optimizer.step()
        if step == 1:  # the first step made the states
            made.clear()
    assert made == []
    torch.testing.assert_close(
        params[0].detach(), torch.full_like(params[0], expected), rtol=1e-5, atol=0
    )


def test_batches_are_kept_beside_rows_that_no_kernel_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[list[int]] = []

    class Counted(Batch):
        def __init__(self, rows: list[int], *rest: Any, **more: Any) -> None:
            made.append(rows)
            super().__init__(rows, *rest, **more)

    monkeypatch.setattr("steprule.torch._launches.Batch", Counted)

    def trained(**how: Any) -> list[torch.Tensor]:
        params = [torch.nn.Parameter(x) for x in (torch.ones(3), torch.ones(8)[::2], torch.ones(5))]
        params.append(torch.nn.Parameter(torch.ones(2, dtype=torch.float16)))
        optimizer = Adam(params, lr=0.1, **how)
        for step in range(8):
            if step == 4:
                made.append([])
            if step == 6:  # one of them is dense from now on, with its states
                params[1].data = params[1].data.clone()
                state = optimizer.state[params[1]]
                state |= {key: x.clone() for key, x in state.items()}
            for p in params:
                p.grad = torch.full_like(p, 1.0 + step)
            optimizer.step()
        return [p.detach() for p in params]

    fused = trained(fused=True)
    assert made[made.index([]) + 1 :] == [[0, 1, 2]]
    for ours, theirs in zip(fused, trained(foreach=False), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def test_what_kernels_were_the_default_for_may_cease_to_be_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a model does that is moved from a GPU to a CPU."""
    found: list[str] = []
    plain = Adam._foreach
    monkeypatch.setattr(
        Adam, "_foreach", staticmethod(lambda *a, **k: (found.append("plain"), plain(*a, **k))[1])
    )
    p = torch.nn.Parameter(torch.ones(3))
    optimizer = Adam([p], lr=0.1)
    for step, suited in enumerate((True, True, True, False, False)):
        monkeypatch.setattr("steprule.torch._launches.are_for_kernels", lambda *_, on=suited: on)
        if step == 3:
            p.data = p.data.clone()
        p.grad = torch.ones(3)
        optimizer.step()
        found.append(str(step))
    assert found == ["0", "1", "2", "plain", "3", "plain", "4"]
    torch.testing.assert_close(p.detach(), torch.full((3,), 0.5), rtol=1e-6, atol=0)


def test_memory_is_not_read_beyond_its_end() -> None:
    p = torch.nn.Parameter(torch.ones(4))
    optimizer = Adam([p], fused=True)
    for _ in range(3):
        p.grad = torch.ones(4)
        optimizer.step()
    p.data = torch.ones(1_000_000)
    with pytest.raises(ValueError, match="must be of that shape"):
        optimizer.step()
    assert torch.equal(p, torch.ones(1_000_000))


def test_a_pending_negation_is_carried_out() -> None:
    p = torch.nn.Parameter(torch.zeros(1))
    p.grad = torch.tensor([2j]).conj().imag
    assert p.grad.is_neg()
    assert p.grad.is_contiguous()
    SGD([p], lr=1.0, fused=True).step()
    assert p.item() == 2


def test_a_child_process_steps_on() -> None:
    """It has none of its parent's threads, and would wait for them for ever."""
    code = """
import os, torch
from steprule.torch import SGD
torch.set_num_threads(2)
p = torch.nn.Parameter(torch.ones(1 << 18))
p.grad = torch.ones_like(p)
optimizer = SGD([p], lr=0.25, fused=True)
optimizer.step()
child = os.fork()
if not child:
    optimizer.step()
    torch.set_num_threads(1)  # torch itself does wait
    os._exit(0 if bool((p == 0.5).all()) else 1)
print(os.waitpid(child, 0)[1])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=100)
    assert done.stdout == b"0\n", done.stderr
