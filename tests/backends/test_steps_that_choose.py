"""Rules that branch on the count of steps, where that is a tensor the host must not wait for."""

from typing import Any

import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    State,
    Update,
    grad,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from sympy import Eq, Mod, Or, Piecewise, cos, floor, pi, sin, sqrt
from torch import Tensor

lr, k = hyperparameters("lr k")
(m,) = states("m")
(w,) = intermediates("w")
G, P = grad(theta[t - 1]), theta[t - 1]
HYPER = [Hyper(lr, "0.1", NON_NEGATIVE, "rate"), Hyper(k, "3", AT_LEAST_ONE, "some steps")]
M = State(m, init=0, key="m")


def rule(name: str, *updates: Update, states: Any = ()) -> Optimizer:
    made = Optimizer(name, summary=name, source="here", hyper=HYPER, states=states, updates=updates)
    return analyse(made)


RULES = [
    rule(
        "Kept",  # every k steps the parameter is remembered, and pulls at all others
        Update(m[t], Piecewise((P, Eq(Mod(t, k), 0)), (m[t - 1], True))),
        Update(theta[t], P - lr * (G + m[t - 1])),
        states=[M],
    ),
    rule(
        "Waves",
        Update(w[t], (2 + cos(pi * t / k) + sin(pi * t / k)) / 4),
        Update(m[t], w[t] * m[t - 1] + (1 - w[t]) * G),
        Update(theta[t], P - lr * m[t]),
        states=[M],
    ),
    rule("Stairs", Update(theta[t], P - lr / 2 ** floor(t / k) * G)),
    rule(
        "Choices",
        Update(w[t], Piecewise((1 / Mod(t, k), Mod(t, k) > 0), (sqrt(t), True))),
        Update(
            theta[t],
            Piecewise((P - lr * w[t] * G, Or(Eq(Mod(t, 2), 1), t > 5)), (P - lr * P, True)),
        ),
    ),
]
STEPS = 8


@pytest.fixture(scope="module")
def classes(package: Any) -> dict[str, Any]:
    made = package(RULES, kernels=True)
    return {spec.name: made.optimizer("torch", spec) for spec in RULES}


def never(*args: Any) -> Any:
    raise AssertionError("the host waits for the device")


def trained(cls: Any, patch: pytest.MonkeyPatch | None = None, **form: Any) -> list[Tensor]:
    p = torch.nn.Parameter(torch.linspace(0.5, 2, 4, dtype=torch.float64))
    optimizer = cls([p], **form)
    for i in range(STEPS):
        p.grad = (p.detach() + i).sin()
        if patch and i:  # states are made at the first step
            with patch.context() as waiting:
                for name in ("item", "tolist", "__bool__", "__float__", "__int__", "cpu"):
                    waiting.setattr(Tensor, name, never)
                optimizer.step()
        else:
            optimizer.step()
    return [p.detach(), *(x for x in optimizer.state[p].values())]


@pytest.mark.parametrize("spec", RULES, ids=lambda spec: spec.name)
def test_a_capturable_step_chooses_on_the_device(
    spec: Optimizer, classes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = trained(classes[spec.name], foreach=False)
    found = trained(classes[spec.name], monkeypatch, capturable=True)
    # The same operations in the same order, but for cosines, which torch has of its own.
    torch.testing.assert_close(found, plain, rtol=1e-15, atol=1e-15)


@pytest.mark.parametrize("spec", RULES, ids=lambda spec: spec.name)
def test_other_ways_choose_as_the_loop_does(spec: Optimizer, classes: dict[str, Any]) -> None:
    plain = trained(classes[spec.name], foreach=False)
    for form in ({"foreach": True}, {"fused": True}):
        # A few roundings of numbers around 1, in another order.
        torch.testing.assert_close(
            trained(classes[spec.name], None, **form), plain, rtol=1e-14, atol=0
        )


def test_what_autograd_sees_is_decided(classes: dict[str, Any]) -> None:
    """Of a branch that is not taken it would ask for derivatives, and 0 times infinity is NaN."""
    rate = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
    start = torch.ones(2, dtype=torch.float64, requires_grad=True)
    p = start.clone()
    optimizer = classes["Choices"]([p], lr=rate, differentiable=True)
    for _ in range(3):
        p.grad = torch.ones_like(p)
        optimizer.step()
    p.sum().backward()
    # p*(1 - lr) at the second step; 1 - lr before it, and less lr*sqrt(3) after.
    expected = 2 * (-2 * (1 - 0.1) - 3**0.5)
    assert rate.grad is not None
    assert float(rate.grad) == pytest.approx(expected, rel=1e-12)


def test_a_compiled_step_has_a_graph_for_each_choice(classes: dict[str, Any]) -> None:
    torch._dynamo.reset()
    cls = classes["Kept"]
    p = torch.nn.Parameter(torch.ones(3, dtype=torch.float64))
    optimizer = cls([p])
    step = torch.compile(optimizer.step, backend="eager")
    q = torch.nn.Parameter(torch.ones(3, dtype=torch.float64))
    plain = cls([q])
    for i in range(STEPS):
        p.grad, q.grad = torch.full_like(p, i), torch.full_like(q, i)
        step()
        plain.step()
    # Numbers come in a table of float64, as they are.
    torch.testing.assert_close(p, q, rtol=1e-15, atol=0)
    torch._dynamo.reset()
