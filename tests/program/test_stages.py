"""A step as passes and numbers: what each moves, and that together they are the step."""

from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.program.check import Checker, RewriteError
from steprule.codegen.program.compile import compile_stages
from steprule.codegen.program.nodes import assignments
from steprule.codegen.program.stages import Numbers, Pass, Stages
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    cols,
    grad,
    hyperparameters,
    intermediates,
    matmul,
    mean,
    ndim,
    norm,
    rms,
    rows,
    states,
    t,
    theta,
    transpose,
)
from sympy import Max, Min, Not, Piecewise, sqrt

lr, beta, eps = hyperparameters("lr beta eps")
m, v, r, c = states("m v r c")
u, w = intermediates("u w")
G, P = grad(theta[t - 1]), theta[t - 1]
HYPER = [
    Hyper(lr, "0.1", NON_NEGATIVE, "rate"),
    Hyper(beta, "0.9", UNIT, "decay"),
    Hyper(eps, "1e-3", POSITIVE, "floor"),
]


def rule(*updates: Update, keeps: list[State]) -> Optimizer:
    read = {x for each in updates for x in each.value.free_symbols}
    hyper = [h for h in HYPER if h.symbol in read]
    return analyse(
        Optimizer("Rule", summary="", source="here", hyper=hyper, states=keeps, updates=updates)
    )


LAMB = rule(
    Update(m[t], beta * m[t - 1] + (1 - beta) * G),
    Update(v[t], beta * v[t - 1] + (1 - beta) * G**2),
    Update(u[t], m[t] / (sqrt(v[t]) + eps)),
    Update(theta[t], P - lr * norm(P) / Max(norm(u[t]), eps) * u[t]),
    keeps=[State(m, init=0, key="m"), State(v, init=0, key="v", domain=NON_NEGATIVE)],
)
NOVOGRAD = rule(
    Update(v[t], beta * v[t - 1] + (1 - beta) * norm(G) ** 2),
    Update(m[t], beta * m[t - 1] + G / (sqrt(v[t]) + eps)),
    Update(theta[t], P - lr * m[t]),
    keeps=[
        State(m, init=0, key="m"),
        State(v, init=0, key="v", shape=Shape.PER_TENSOR, domain=NON_NEGATIVE),
    ],
)
MATRIX = ndim >= 2
ADAFACTOR = rule(
    Update(w[t], lr * Max(eps, rms(P))),
    Update(r[t], beta * r[t - 1] + (1 - beta) * mean(G**2, over=cols)),
    Update(c[t], beta * c[t - 1] + (1 - beta) * mean(G**2, over=rows)),
    Update(v[t], beta * v[t - 1] + (1 - beta) * G**2),
    Update(
        u[t],
        G
        / Max(
            sqrt(Piecewise((r[t] * c[t] / Max(mean(r[t], over=rows), eps), MATRIX), (v[t], True))),
            eps,
        ),
    ),
    Update(theta[t], P - w[t] * u[t] / Max(1, rms(u[t]))),
    keeps=[
        State(r, init=0, key="r", shape=(rows,), when=MATRIX, domain=NON_NEGATIVE),
        State(c, init=0, key="c", shape=(cols,), when=MATRIX, domain=NON_NEGATIVE),
        State(v, init=0, key="v", when=Not(MATRIX), domain=NON_NEGATIVE),
    ],
)
OLD_NUMBER = rule(
    Update(v[t], norm(G)),
    Update(m[t], G + m[t - 1]),
    Update(theta[t], P - lr * m[t] * Min(v[t - 1], norm(m[t - 1]))),
    keeps=[
        State(m, init=0, key="m"),
        State(v, init=0, key="v", shape=Shape.PER_TENSOR, domain=NON_NEGATIVE),
    ],
)


def moved(stages: Stages) -> list[tuple[str, str, str]]:
    """Of each pass what it reads, writes and takes the terms of; of numbers, loads and stores."""
    found: list[tuple[str, str, str]] = []
    for s in stages.stages:
        if isinstance(s, Pass):
            terms = [term.id.removesuffix("_term") for term in s.terms]
            found.append((" ".join(s.reads), " ".join(s.writes), " ".join(terms)))
        else:
            loads, stores = ([slot.name for slot in slots] for slots in (s.loads, s.stores))
            found.append((" ".join(loads), " ".join(stores), "numbers"))
    return found


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            LAMB,
            [
                ("theta grad m v", "", "norm_theta norm_u"),
                ("", "", "numbers"),
                ("theta grad m v", "theta m v", ""),
            ],
        ),
        (
            NOVOGRAD,
            [
                ("grad", "", "norm_grad"),
                ("v", "v", "numbers"),
                ("theta grad m", "theta m", ""),
            ],
        ),
        (
            ADAFACTOR,
            [
                ("theta grad", "", "norm_theta mean mean2"),
                ("r c", "r c", "numbers"),
                ("grad v", "", "norm_u"),
                ("", "", "numbers"),
                ("theta grad v", "theta v", ""),
            ],
        ),
        (
            OLD_NUMBER,
            [
                ("grad m", "", "v_new norm_m"),
                ("v", "v", "numbers"),
                ("theta grad m", "theta m", ""),
            ],
        ),
    ],
    ids=["lamb", "novograd", "adafactor", "old number"],
)
def test_what_is_moved(spec: Optimizer, expected: list[tuple[str, str, str]]) -> None:
    assert moved(compile_stages(spec)) == expected


def test_what_nothing_reduces_is_one_pass() -> None:
    spec = rule(
        Update(m[t], beta * m[t - 1] + G),
        Update(theta[t], P - lr * m[t]),
        keeps=[State(m, init=0, key="m")],
    )
    assert moved(compile_stages(spec)) == [("theta grad m", "theta m", "")]


def test_a_state_that_no_later_pass_needs_is_written_where_it_is_known() -> None:
    spec = rule(
        Update(m[t], beta * m[t - 1] + G),
        Update(theta[t], P - lr * G / (1 + norm(m[t]))),
        keeps=[State(m, init=0, key="m")],
    )
    assert moved(compile_stages(spec)) == [
        ("grad m", "m", "norm_m"),
        ("", "", "numbers"),
        ("theta grad", "theta", ""),
    ]


def test_matrices_have_no_stages() -> None:
    spec = rule(Update(theta[t], P - lr * matmul(matmul(G, transpose(P)), G)), keeps=[])
    with pytest.raises(NotImplementedError, match="whole matrices"):
        compile_stages(spec)


def test_stages_are_run_in_memory_beside_the_spec() -> None:
    """A pass that writes what a later one reads as it was before is found out."""
    stages = compile_stages(LAMB)
    first, between, last = stages.stages
    assert isinstance(first, Pass)
    assert isinstance(between, Numbers)
    program = replace(first.program, slots=last.program.slots)
    early = replace(first, program=program, writes=("m",))
    wrong = Stages(stages.program, (early, between, last))
    with pytest.raises(RewriteError, match="Rule: stages changed"):
        Checker(LAMB).check(wrong.program, after="stages", run=wrong.run)
    unread = Stages(stages.program, (replace(first, reads=("grad", "m", "v")), between, last))
    # What is not in sight of the pass.
    with pytest.raises(RewriteError, match="reads theta where it is not known"):
        Checker(LAMB).check(unread.program, after="stages", run=unread.run)


def test_numbers_are_computed_once_for_all_elements() -> None:
    _, between, last = compile_stages(LAMB).stages
    assert isinstance(between, Numbers)
    assert [number.id for number in between.kept] == ["theta_part"]
    assert isinstance(last, Pass)
    (theta_of_last,) = [a for a in assignments(last.program.body) if a.target.id == "theta"]
    assert theta_of_last.value.args[1].args[0].id == "theta_part"
    assert theta_of_last.value.args[1].args[0].on_host
