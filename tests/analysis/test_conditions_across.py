"""What one equation asks for is known in those that are carried out because of it."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.analysis.courses import Courses
from steprule.codegen.loading.load import load
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    UNIT_CLOSED,
    Hyper,
    Interval,
    Option,
    Shape,
    State,
    Update,
    counts,
    flags,
    global_norm,
    grad,
    hyperparameters,
    intermediates,
    norm,
    states,
    t,
    theta,
)
from sympy import Add, Eq, Max, Mod, Ne, Piecewise, floor, sqrt

lr, beta, limit = hyperparameters("lr beta limit")
every, k = counts("every k")
M, n, s, v = states("M n s v")
scale, once, length = intermediates("scale once length")
G = grad(theta[t - 1])
BETA = Hyper(beta, "0.9", UNIT, "decay")
EVERY = Hyper(every, "4", Interval(low=1), "steps")
LIMIT = Hyper(limit, "1", POSITIVE, "limit")
PRODUCT = State(M, init=1, key="product", shape=Shape.SCALAR, domain=UNIT_CLOSED)
OF_ALL = State(M, init=1, key="product", shape=Shape.GLOBAL, domain=UNIT_CLOSED)
DUE = Eq(Mod(t, every), 0)
SMALL = global_norm(G) <= limit


def held(new, when):
    """A product of betas that only grows in some steps, where it is below 1."""
    return Update(M[t], Piecewise((new, when), (M[t - 1], True)))


def moved(step, when):
    return Update(theta[t], Piecewise((theta[t - 1] - lr * step, when), (theta[t - 1], True)))


CORRECTED = Update(scale[t], G / (1 - M[t]))
GROWS = held(beta * M[t - 1], DUE)


@pytest.mark.parametrize(
    ("product", "hyper", "updates"),
    [
        (PRODUCT, [EVERY], [GROWS, CORRECTED, moved(scale[t], DUE)]),
        (PRODUCT, [EVERY], [GROWS, CORRECTED, moved(scale[t], Eq(0, Mod(t, every)))]),
        (
            PRODUCT,
            [EVERY],
            [
                GROWS,
                CORRECTED,
                Update(
                    theta[t],
                    Piecewise((theta[t - 1], Ne(Mod(t, every), 0)), (lr * scale[t], True)),
                ),
            ],
        ),
        (PRODUCT, [EVERY], [GROWS, Update(once[t], 1 / (1 - M[t])), moved(G * once[t], DUE)]),
        (PRODUCT, [EVERY], [GROWS, Update(once[t], sqrt(beta - M[t])), moved(G * once[t], DUE)]),
        (
            OF_ALL,
            [LIMIT],
            [held(beta * M[t - 1], SMALL), CORRECTED, moved(scale[t], limit >= global_norm(G))],
        ),
        (
            OF_ALL,
            [LIMIT],
            [
                Update(length[t], global_norm(G)),
                held(beta * M[t - 1], length[t] <= limit),
                CORRECTED,
                moved(scale[t], length[t] <= limit),
            ],
        ),
    ],
    ids=[
        "alike",
        "turned",
        "negated",
        "of a number",
        "by points",
        "of all tensors",
        "of a named total",
    ],
)
def test_what_only_some_steps_need_is_defined_in_these(momentum, product, hyper, updates):
    assert analyse(momentum(hyper=[*momentum().hyper, *hyper], states=[product], updates=updates))


@pytest.mark.parametrize(
    "updates",
    [
        [GROWS, CORRECTED, moved(scale[t], True)],
        [GROWS, CORRECTED, moved(scale[t], Ne(Mod(t, every), 0))],
        [GROWS, CORRECTED, moved(scale[t], Eq(Mod(t - 1, every), 0))],
        [held(M[t - 1] ** beta, DUE), CORRECTED, moved(scale[t], DUE)],
        [GROWS, CORRECTED, Update(s[t], scale[t]), moved(s[t], DUE)],
    ],
    ids=["always", "in the others", "in others", "no smaller there", "for a state as well"],
)
def test_and_in_no_others(momentum, refused, updates):
    kept = [PRODUCT, *([State(s, init=0, key="s")] if len(updates) > 3 else [])]
    spec = momentum(hyper=[*momentum().hyper, EVERY], states=kept, updates=updates)
    refused(spec, "division", "the denominator 1 - M[t] can be 0")


def test_elements_answer_for_themselves_alone(momentum, refused):
    """The mean asks for what the others are as well, though a step is taken where it holds."""
    updates = [
        Update(scale[t], G / norm(G)),
        moved(scale[t], norm(G) > 0),
    ]
    refused(momentum(hyper=momentum().hyper[:1], states=[], updates=updates), "division")


def test_points_of_the_steps_that_meet_a_fault_show_it(momentum, refused):
    """M[t] is at most beta there, and may be less."""
    updates = [GROWS, Update(once[t], sqrt(M[t] - beta)), moved(G * once[t], DUE)]
    spec = momentum(hyper=[*momentum().hyper, EVERY], states=[PRODUCT], updates=updates)
    refused(spec, "root", "M[t] - beta, of which the root is taken, can be negative")


COUNTED = State(n, init=0, key="n", shape=Shape.GLOBAL, domain=NON_NEGATIVE)


COUNTS = Update(n[t], n[t - 1] + Piecewise((1, SMALL), (0, True)))


@pytest.mark.parametrize(
    ("clock", "kept", "counting", "hyper"),
    [
        (1 + floor((t - 1) / every), [], [], EVERY),
        (Max(1, n[t]), [COUNTED], [COUNTS], LIMIT),
    ],
    ids=["divided", "counted"],
)
def test_a_first_time_may_come_late(momentum, clock, kept, counting, hyper):
    """From the second time on a power of beta is below 1: counts are whole."""
    updates = [
        *counting,
        Update(scale[t], Piecewise((lr, Eq(clock, 1)), (lr / (1 - beta ** (clock - 1)), True))),
        Update(theta[t], theta[t - 1] - scale[t] * G),
    ]
    hyper = [*momentum().hyper, hyper]
    assert analyse(momentum(hyper=hyper, states=kept, step_key="step", updates=updates))


def test_a_count_by_halves_is_none(momentum, refused):
    updates = [
        Update(n[t], n[t - 1] + Piecewise((beta, SMALL), (0, True))),
        Update(scale[t], Piecewise((lr, Eq(n[t], 0)), (lr / (1 - beta ** n[t]), True))),
        Update(theta[t], theta[t - 1] - scale[t] * G),
    ]
    spec = momentum(hyper=[*momentum().hyper, LIMIT], states=[COUNTED], updates=updates)
    refused(spec, "division", "1 - beta**n[t]")


def test_a_state_that_only_steps_that_are_taken_read(momentum):
    """It exists under an option, and is read where that is on, in another equation's branch."""
    (on,) = flags("on")
    updates = [
        Update(v[t], v[t - 1] + G),
        Update(scale[t], v[t] * lr),
        Update(theta[t], Piecewise((theta[t - 1] - scale[t], on), (theta[t - 1] - lr * G, True))),
    ]
    hyper = [momentum().hyper[0], Option(on, "use it")]
    assert analyse(momentum(hyper=hyper, states=[State(v, 0, "v", when=on)], updates=updates))


def test_equations_that_ask_for_different_options_add_up(momentum):
    """Twenty options in as many equations: a million courses, of two for each equation."""
    options = flags(" ".join(f"f{i}" for i in range(20)))
    parts = intermediates(" ".join(f"p{i}" for i in range(20)))
    updates = [
        *(
            Update(p[t], Piecewise((2 * G, f), (G, True)))
            for p, f in zip(parts, options, strict=True)
        ),
        Update(theta[t], theta[t - 1] - lr * Add(*(p[t] for p in parts))),
    ]
    hyper = [momentum().hyper[0], *(Option(f, "x") for f in options)]
    spec = momentum(hyper=hyper, states=[], updates=updates)
    courses = Courses(spec, spec.updates)
    assert [len([*courses.of(u)]) for u in spec.updates] == [2] * 20 + [1]
    assert analyse(spec)


@pytest.mark.parametrize("rule", ["nadam", "adamax", "soap"])
def test_rules_that_correct_by_counts_can_wait(rule):
    (found,) = load(f"accumulate({rule})")
    assert analyse(found)
