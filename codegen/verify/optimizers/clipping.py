"""Hold the generated clipping against the oracle, beside torch.nn.utils on the same gradients.

What is judged is the gradient that a rule is given. SGD with a rate of 1 shows it: from
parameters of 0 its step leads to minus that gradient, without a rounding.
"""

import importlib
import math
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import partial, reduce
from itertools import product
from typing import Any

import numpy as np

from ....specs.language import Transform, global_norm
from ...oracle.transforms import transformed
from ..results import Result, Worst, worst
from ..ulp import Expected, expected
from .cases import Case, inputs
from .clipped import transform_bounds
from .engines import Floats
from .forms import DTYPES, forms
from .reach import Bounds

LIMITS = (0.3, 7.0, 1e6, math.inf)
"""Below most gradients, among them, above almost all, and above all."""


def verify_clipping(
    spec: Transform, dtype: str, device: str = "cpu", without: Collection[str] = ()
) -> list[Result]:
    """The worst errors of a built-in transform in every implementation, over all cases.

    Args:
        spec: an analysed transform.
        dtype: one of :func:`dtypes`.
        device: where torch runs; NumPy's runs on ``cpu`` alone.
        without: of ``NEEDED``, what is absent.
    """
    backends = [f"torch {form}" for form in forms(device, without)]
    if device == "cpu" and dtype in DTYPES["numpy"]:
        engines = ["numpy"] if "numba" in without else ["numpy", "numpy numba"]
        backends = [*engines, *backends]
    argument = spec.hyper.name
    ours = {backend: Worst() for backend in backends}
    theirs = None if "torch" in without else Worst()
    for case, limit in product(clipping_cases(dtype), LIMITS):
        where = f"in the case {case.name!r} with {argument}={limit}"
        exact = transformed(spec, case.gradients, {argument: limit})
        known = [expected(each, case.form) for each in exact]
        allowed = transform_bounds(spec, case.gradients, {argument: limit}, case.form)
        compare = partial(_worst, known, allowed, where)
        if theirs:
            for found in _peers(spec, case, limit, dtype, device):
                theirs = theirs.or_(compare(found))
        for backend, met in ours.items():
            ours[backend] = met.or_(
                compare(_clipped(backend, argument, case, limit, dtype, device))
            )
    return [
        Result(spec.name, backend, dtype, "gradient", met, theirs) for backend, met in ours.items()
    ]


def _worst(known: list[Expected], allowed: list[Bounds], where: str, found: list[Floats]) -> Worst:
    """The worst of the gradients of several tensors."""
    return reduce(
        Worst.or_,
        (
            worst(x.distance(y), b.off, x, where, partial(b.is_saturated, y))
            for x, b, y in zip(known, allowed, found, strict=True)
        ),
        Worst(where=where),
    )


def clipping_cases(dtype: str) -> Iterator[Case]:
    """The cases of rules, their gradients taken as those of several tensors, and a few more."""
    cases = inputs(dtype)
    yield from cases
    named = {case.name: case for case in cases}
    random = named["random"]
    mixed = [g for name in ("random", "scalar", "empty") for g in named[name].gradients]
    for name, gradients in (
        ("tensors of several shapes", mixed),
        ("all zero", [np.zeros(3), np.zeros(())]),
        ("infinity", [np.array([math.inf, 2.0, 0.0]), np.array([-1.0])]),
    ):
        stored = tuple(np.asarray(g, random.form.storage) for g in gradients)
        yield Case(name, random.form, random.theta, stored)


def _clipped(
    backend: str, argument: str, case: Case, limit: float, dtype: str, device: str
) -> list[Floats]:
    """The gradients that a rule is given, of a generated optimizer."""
    package, _, form = backend.partition(" ")
    module = importlib.import_module(f"{__name__.partition('.')[0]}.{package}")
    if package == "numpy":
        grads = [np.asarray(gradient) for gradient in case.gradients]
        params = [np.zeros_like(grad) for grad in grads]
        with np.errstate(all="ignore"):
            engine = form or package
            module.SGD(lr=1.0, **{argument: limit}, engine=engine).update(params, grads)
        return [-p for p in params]
    leaves = _leaves(case, dtype, device)
    module.SGD(leaves, lr=1.0, **{argument: limit}, **forms(device)[form]).step()
    return [-_floats(p) for p in leaves]


def _peers(
    spec: Transform, case: Case, limit: float, dtype: str, device: str
) -> Iterator[list[Floats]]:
    """The gradients that the peer clips; nothing where it refuses a limit its dtype cannot hold."""
    with suppress(RuntimeError):
        yield _peer(spec, case, limit, dtype, device)


def _peer(spec: Transform, case: Case, limit: float, dtype: str, device: str) -> list[Floats]:
    module, _, name = spec.peer.rpartition(".")
    clip = getattr(importlib.import_module(module), name)
    leaves = _leaves(case, dtype, device)
    together = any(update.value.has(global_norm) for update in spec.updates)
    for group in [leaves] if together else [[p] for p in leaves]:
        clip(group, limit)
    return [_floats(p.grad) for p in leaves]


def _leaves(case: Case, dtype: str, device: str) -> list[Any]:
    """Parameters of 0 with the gradients of a case."""
    import torch

    leaves: list[Any] = []
    for gradient in case.gradients:
        grad = torch.tensor(gradient).to(device, getattr(torch, dtype))
        leaves.append(torch.zeros_like(grad).requires_grad_())
        leaves[-1].grad = grad
    return leaves


def _floats(x: Any) -> Floats:
    return x.detach().double().cpu().numpy()
