"""Where results are written: in place where it is safe, and nowhere else."""

import numpy as np
import pytest
from flint import fmpq
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.program.allocate import Choice, Listing, Prefer, allocate
from steprule.codegen.program.compile import compile_spec
from steprule.codegen.program.forms import PYTHON, Language, Printer
from steprule.codegen.program.linearise import linearise
from steprule.codegen.program.operations import MAX
from steprule.codegen.program.passes.expand import expand
from steprule.codegen.program.simulate import simulate
from steprule.specs.language import (
    State,
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    matmul,
    rows,
    states,
    t,
    theta,
    transpose,
)
from steprule.specs.optimizers.sgd import sgd
from sympy import Eq, Max, Piecewise

Q = fmpq

lr, a, w = hyperparameters("lr a w")
(flag,) = flags("flag")
m, n = states("m n")
x, y, z = intermediates("x y z")
G = grad(theta[t - 1])
P = theta[t - 1]


def allocated(spec, prefer=Prefer.OWN, beside=()):
    program = linearise(expand(compile_spec(spec)))
    return program, allocate(program, prefer=prefer, beside=beside)


def written(steps, depth=0):
    """Instructions as ``target @ buffer = operation operands``; no buffer is a new value."""
    text = Printer(Language("Python", PYTHON))
    for step in steps:
        pad = "    " * depth
        if isinstance(step, Choice):
            yield f"{pad}if {text(step.condition)}:"
            yield from written(step.then, depth + 1)
            if step.otherwise:
                yield f"{pad}else:"
                yield from written(step.otherwise, depth + 1)
            continue
        target = step.target if step.into in (None, step.target) else f"{step.target} @ {step.into}"
        how = f"new {step.op}" if step.into is None and step.op else step.op or "="
        how = "copy of" if step.op is None and step.into else how
        yield f"{pad}{target}: {how} " + ", ".join(map(operand, step.args))


def operand(node):
    return (
        Printer(Language("Python", PYTHON))(node)
        if not hasattr(node, "op") or node.on_host
        else str(node.op)
    )


def text(listing: Listing) -> str:
    return "\n".join(written(listing.steps))


def test_a_state_is_accumulated_in_place(make):
    spec = make(Update(m[t], a * m[t - 1] + G), Update(theta[t], P - lr * m[t]))
    _, listing = allocated(spec)
    assert text(listing) == ("m: mul a, m\nm: add m, grad\ntmp1: mul lr, m\ntheta: sub theta, tmp1")
    assert listing.scratch == ("tmp1",)


def test_the_gradient_is_never_written_to(make):
    spec = make(Update(x[t], Max(-G, 0)), Update(theta[t], P - lr * x[t]))
    _, listing = allocated(spec)
    assert text(listing) == (
        "tmp1: neg grad\ntmp1: max tmp1, 0\ntmp1: mul lr, tmp1\ntheta: sub theta, tmp1"
    )


def test_an_alias_of_a_slot_that_is_then_overwritten_is_a_copy(make):
    updates = [
        Update(x[t], Piecewise((m[t - 1], flag), (G, True))),
        Update(m[t], G * P),
        Update(theta[t], P - x[t] * m[t]),
    ]
    _, listing = allocated(make(*updates))
    assert "copy of m" in text(listing)


def test_an_alias_of_a_slot_that_stays_is_none():
    # SGD: the step is the momentum buffer, which is not written to again.
    _, listing = allocated(sgd)
    lines = text(listing).splitlines()
    assert "        grad: = b" in lines
    assert listing.scratch == ("tmp1", "tmp2")


def test_an_alias_of_scratch_keeps_it_alive(make):
    updates = [
        Update(x[t], G * P),
        Update(y[t], Piecewise((x[t], flag), (G, True))),
        Update(z[t], x[t] + 1),
        Update(theta[t], P - y[t] * z[t] * (z[t] + 1)),
    ]
    _, listing = allocated(make(*updates))
    (line,) = [line for line in text(listing).splitlines() if line.startswith("z")]
    assert line == "z @ tmp2: add 1, x"  # not over x, which y may stand for


@pytest.mark.parametrize(("prefer", "buffers"), [(Prefer.OWN, 2), (Prefer.OPERANDS, 3)])
def test_what_is_preferred(prefer, buffers):
    _, listing = allocated(sgd, prefer)
    assert len(listing.scratch) == buffers


def test_a_result_beside_its_operand(make):
    spec = make(Update(x[t], Max(-G, 0)), Update(theta[t], P - lr * x[t]))
    _, listing = allocated(spec, beside={MAX})
    assert text(listing) == (
        "tmp1: neg grad\ntmp2: max tmp1, 0\ntmp2: mul lr, tmp2\ntheta: sub theta, tmp2"
    )


def test_results_of_matrix_operations_are_new(make):
    updates = [
        Update(x[t], matmul(G, transpose(G))),
        Update(y[t], matmul(x[t], transpose(x[t]))),
        Update(theta[t], P - a * matmul(y[t], G)),
    ]
    _, listing = allocated(make(*updates))
    assert listing.scratch == ()
    assert text(listing) == (
        "tmp1: new transpose grad\nx: new matmul grad, tmp1\ntmp2: new transpose x\n"
        "tmp1: new matmul x, tmp2\ntmp1: new matmul tmp1, grad\ntmp1: mul a, tmp1\n"
        "theta: sub theta, tmp1"
    )


SQUARE = [State(m, init=0, key="m", shape=(rows, rows))]
"""Which turned has the same shape."""


def test_a_view_is_not_written_to(make):
    updates = Update(x[t], transpose(m[t - 1])), Update(y[t], (x[t] + 1) * x[t])
    after = Update(m[t], m[t - 1] + matmul(G, transpose(G))), Update(theta[t], matmul(y[t], G))
    spec = make(*updates, *after, states=SQUARE)
    _, listing = allocated(spec)
    assert "x: add" not in text(listing)


def both_cases():
    return [
        pytest.param({"flag": on}, t_, id=f"{'on' if on else 'off'}-{t_}")
        for on in (False, True)
        for t_ in (1, 2)
    ]


HAZARDS = {
    "swap": [
        Update(m[t], n[t - 1]),
        Update(n[t], m[t - 1]),
        Update(theta[t], P - lr * (m[t] + w * n[t]) * G),
    ],
    "old state read last": [
        Update(m[t], a * m[t - 1] + G),
        Update(n[t], m[t - 1] * m[t]),
        Update(theta[t], P - lr * (m[t - 1] - m[t] + n[t])),
    ],
    "old parameter kept": [
        Update(theta[t], P - lr * (G + m[t - 1])),
        Update(m[t], P),
    ],
    "alias overwritten": [
        Update(x[t], Piecewise((m[t - 1], flag), (n[t - 1], True))),
        Update(m[t], a * m[t - 1] + G),
        Update(n[t], n[t - 1] * G),
        Update(theta[t], P - lr * x[t] * m[t] * n[t]),
    ],
    "first value given": [
        Update(m[t], Piecewise((G, Eq(t, 1)), (w * m[t - 1] + G, True))),
        Update(x[t], Piecewise((m[t], flag), (G + w * m[t], True))),
        Update(theta[t], P - lr * x[t]),
    ],
    "view of a state": [
        Update(x[t], transpose(m[t - 1])),
        Update(y[t], x[t] * 2),
        Update(m[t], transpose(m[t - 1]) + matmul(G, transpose(P))),
        Update(theta[t], P - lr * matmul((x[t] + y[t]) * m[t], G)),
    ],
    "state turned in place": [
        Update(m[t], transpose(m[t - 1])),
        Update(theta[t], P - lr * matmul(m[t], G)),
    ],
}


TURNED = ("view of a state", "state turned in place")


@pytest.mark.parametrize(("options", "t_"), both_cases())
@pytest.mark.parametrize("name", HAZARDS)
@pytest.mark.parametrize("prefer", Prefer)
def test_hazards(name, prefer, options, t_, make):
    turned = {"states": SQUARE} if name in TURNED else {}
    spec = make(*HAZARDS[name], **turned)
    hyper = {"lr": Q(1, 2), "a": Q(1, 3), "w": Q(3, 4), "decay": Q(0)}
    names = ("theta", "grad", *(s.name for s in spec.states))
    tensors = {
        name: np.array([[Q(k + 2), Q(k, 3)], [Q(-k - 1), Q(k, 7) - 2]], dtype=object)
        for k, name in enumerate(names)
    }
    stored = {s.name: tensors[s.name] for s in spec.states}
    expected = oracle.step(
        spec, t=t_, theta=tensors["theta"], gradient=tensors["grad"], states=stored,
        hyper=hyper, options=options,
    )  # fmt: skip
    program, listing = allocated(spec, prefer)
    values = {**tensors, **hyper, **options, "t": Q(t_), "first": t_ == 1}
    actual = simulate(listing, program, values)
    assert actual.keys() == expected.keys()
    for key, value in expected.items():
        np.testing.assert_array_equal(actual[key], value, err_msg=key)


def test_a_slot_that_does_not_exist_is_not_written_to(make):
    updates = [
        Update(m[t], G),
        Update(x[t], Piecewise((m[t - 1], flag), (P, True))),
        Update(theta[t], P - x[t] * G),
    ]
    spec = make(*updates, states=[State(m, init=0, key="m", when=flag)])
    program, listing = allocated(spec)
    ones = np.array([Q(1), Q(2)], dtype=object)
    values = {"theta": ones, "grad": ones, "flag": False, "t": Q(1), "first": True}
    np.testing.assert_array_equal(simulate(listing, program, values)["theta"], [Q(0), Q(-2)])
