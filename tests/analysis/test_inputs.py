"""Rule inputs: they are handed over, and read in the steps that are given them."""

from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.fingerprint import fingerprint
from steprule.specs.language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    Hyper,
    Input,
    Option,
    Output,
    Schedule,
    Shape,
    Source,
    SpecError,
    State,
    Update,
    eta,
    flags,
    grad,
    hyperparameters,
    inputs,
    intermediates,
    norm,
    numel,
    states,
    t,
    theta,
)
from steprule.specs.language import step as step_of
from sympy import And, Eq, Mod, Not, Piecewise, Symbol, sqrt

lr, k = hyperparameters("lr k")
(flag,) = flags("flag")
f, hessian = inputs("f hessian")
m, h = states("m h")
(u,) = intermediates("u")
G = grad(theta[t - 1])
LOSS = Input(f, Source.LOSS, "the loss")
HESSIAN = Input(hessian, Source.ELEMENTS, "an estimate of the Hessian's diagonal")
EVERY = Eq(Mod(t, k), 1)
K = Hyper(k, "10", AT_LEAST_ONE, "steps between estimates")


def test_inputs_are_read_as_numbers_and_as_tensors(step):
    assert analyse(step(f[t] * G, inputs=[LOSS]))
    assert analyse(step(hessian[t] * G, inputs=[HESSIAN]))
    assert analyse(step(f[t] * hessian[t] * G, inputs=[LOSS, HESSIAN]))


def test_their_domains_guard_roots_and_divisions(step, refused):
    direction = G / (1 + sqrt(hessian[t]))
    assert analyse(step(direction, inputs=[replace(HESSIAN, domain=NON_NEGATIVE)]))
    refused(step(direction, inputs=[HESSIAN]), "root", "hessian[t]")
    refused(step(G / f[t], inputs=[LOSS]), "division", "f[t]")


def test_what_a_file_is_made_from_has_them(step):
    changes = [
        {"doc": "another"},
        {"source": Source.NUMBER},
        {"when": t > 1},
        {"domain": NON_NEGATIVE},
        {"latex": "F"},
    ]
    made = [step(f[t] * G, inputs=[replace(LOSS, **each)]) for each in ({}, *changes)]
    assert len({*map(fingerprint, made)}) == len(made)


@pytest.mark.parametrize(
    ("direction", "given", "code", "words"),
    [
        (G, [LOSS], "unused", ["input f", "no equation reads it", "Use f[t]"]),
        (f[t] * G, [], "undeclared", ["f is given nowhere"]),
        (f[t - 1] * G, [LOSS], "time", ["f[t-1] is gone", "keep it in a state"]),
        (Symbol("f") * G, [LOSS], "undeclared", ["f is a series", "f[t]"]),
        (norm(f[t]) * G, [LOSS], "shape", ["norm is taken of a scalar"]),
        (f[t] * G, [LOSS, LOSS], "duplicate", ["the name f"]),
        (f[t] * u[t] * G, [LOSS, Input(u, Source.LOSS, "d")], "input", ["input u", "already f"]),
        (f[t] * G, [replace(LOSS, series=inputs("lr")[0])], "duplicate", ["hyperparameter lr"]),
        (f[t] * G, [replace(LOSS, series=inputs("grads")[0])], "name", ["'grads'"]),
        (f[t] * G, [replace(LOSS, series=inputs("clipnorm")[0])], "transform", ["clipnorm"]),
        (f[t] * G, [replace(LOSS, doc=3)], "kind", ["doc of Input(Series('f'), ...) in inputs"]),
        (
            f[t] * G,
            [replace(LOSS, source="loss")],
            "kind",
            ["Write one of Source.LOSS"],
        ),
        (f[t] * G, [LOSS, 3], "kind", ["Give an Input"]),
        (f[t] * G, [replace(LOSS, when=True)], "python-condition", ["when of input f"]),
        (f[t] * G, [replace(LOSS, when=Symbol("no"))], "undeclared", ["no is not declared"]),
        (f[t] * G, [replace(LOSS, when=f[t] > 0)], "input", ["f[t] is not known before"]),
        (f[t] * G, [replace(LOSS, when=numel > 9)], "input", ["numel is not known before"]),
        (f[t] * G, [replace(LOSS, when=EVERY)], "input", ["f[t] is read", "t % k == 1 alone"]),
        (
            Piecewise((f[t], flag), (1, True)) * G,
            [replace(LOSS, when=And(EVERY, flag))],
            "input",
            ["Piecewise with the condition"],
        ),
    ],
    ids=str,
)
def test_refused(step, refused, direction, given, code, words):
    hyper = [K, Option(flag, "an option")]
    reads = Piecewise((1, And(EVERY, flag)), (0, True)) if code == "input" else 0
    hyper = hyper if reads != 0 else []
    if code == "python-condition" or hyper:
        direction = direction + reads * theta[t - 1]
    refused(step(direction, hyper=hyper, inputs=given), code, *words)


def test_an_equation_does_not_compute_one(step, refused):
    spec = step(f[t] * G, inputs=[LOSS])
    spec = replace(spec, updates=(Update(f[t], norm(G)), *spec.updates))
    refused(spec, "input", "f is an input", "Remove the equation")


RANDOM = Input(f, Source.UNIFORM, "a random number")


@pytest.mark.parametrize(
    ("direction", "given", "how", "code", "words"),
    [
        (G, [RANDOM], {}, "unused", ["input f", "Use f[t]"]),
        (f[t - 1] * G, [RANDOM], {}, "time", ["f[t-1] is gone", "keep it in a state"]),
        (f[t] * G, [replace(RANDOM, domain=NON_NEGATIVE)], {}, "input", ["drawn from 0 <= f < 1"]),
        (f[t] * G, [RANDOM], {"step_key": ""}, "input", ['Set step_key="step"']),
        (
            f[t] * G,
            [replace(RANDOM, source="uniform")],
            {},
            "kind",
            ["Write one of Source.LOSS"],
        ),
        (f[t] * G, [replace(RANDOM, when=f[t] > 0)], {}, "input", ["f[t] is not known before"]),
        (G / f[t], [RANDOM], {}, "division", ["f[t]"]),
        (sqrt(f[t]) * G, [Input(f, Source.NORMAL, "d")], {}, "root", ["f[t]"]),
        (f[t] * G, [replace(RANDOM, series=inputs("seed")[0])], {}, "name", ["'seed'"]),
    ],
    ids=str,
)
def test_random_numbers_that_are_refused(step, refused, direction, given, how, code, words):
    refused(step(direction, inputs=given, **how), code, *words)


def test_random_numbers_are_of_their_sources_domain(step, refused):
    assert analyse(step(sqrt(f[t]) / (1 + f[t]) * G, inputs=[RANDOM]))
    assert analyse(step(G / (2 + f[t]), inputs=[Input(f, Source.RADEMACHER, "d")]))
    spec = step(f[t] * G, inputs=[RANDOM])
    computed = replace(spec, updates=(Update(f[t], norm(G)), *spec.updates))
    refused(computed, "input", "which a step draws, and this computes it")


def test_a_schedule_draws_nothing():
    wrong = Schedule(
        "Drawn",
        summary="A rate that is drawn.",
        source="nowhere",
        hyper=[],
        updates=[Update(eta[step_of], f[step_of])],
        example={},
    )
    with pytest.raises(SpecError, match=r"\[undeclared\] Drawn.*f is given nowhere"):
        analyse(wrong)


AT = Input(u, Source.GRADIENT, "the gradient at a point")


@pytest.mark.parametrize(
    ("updates", "code", "words"),
    [
        ([], "input", ["input u", "no equation says at which point", "Update(u[t], grad(point))"]),
        ([Update(u[t], 2 * grad(theta[t - 1] - G))], "look-ahead", ["grad(theta[t-1])"]),
        ([Update(u[t], theta[t - 1])], "input", ["u is the gradient at a point"]),
        ([Update(u[t], grad(norm(G)))], "input", ["the point of u", "has another shape"]),
        ([Update(u[t], grad(u[t]))], "cycle", ["u[t] needs u[t]"]),
        ([Update(u[t], grad(f[t] + G)), Update(f[t], norm(theta[t]))], "cycle", ["theta[t]"]),
    ],
    ids=str,
)
def test_points_that_are_refused(step, refused, updates, code, words):
    spec = step(u[t], inputs=[AT])
    refused(replace(spec, updates=(*updates, *spec.updates)), code, *words)


def test_a_point_away_from_the_parameter_is_declared(step, refused):
    spec = step(u[t], inputs=[AT])
    there = Update(u[t], grad(theta[t - 1] + G / (1 + norm(G))))
    assert analyse(replace(spec, updates=(there, *spec.updates)))
    undeclared = replace(spec, inputs=(), updates=(there, *spec.updates))
    refused(undeclared, "look-ahead", "Source.GRADIENT", "calls its closure once more")


def test_a_state_has_the_shape_of_what_it_keeps(step, refused):
    spec = step(
        h[t] * G,
        inputs=[HESSIAN],
        states=[State(h, init=0, key="h", shape=Shape.PER_TENSOR)],
    )
    spec = replace(spec, updates=(Update(h[t], hessian[t]), *spec.updates))
    refused(spec, "shape", "h is one number a tensor", "its equation gives a tensor")


@pytest.mark.parametrize(
    "value",
    [
        Piecewise((hessian[t], EVERY), (1, True)),
        Piecewise((1, Not(EVERY)), (hessian[t], True)),
        Piecewise((hessian[t], And(EVERY, flag)), (1, True)),
        Piecewise((Piecewise((hessian[t], EVERY), (2, True)), flag), (1, True)),
    ],
    ids=str,
)
def test_reading_where_it_is_given(step, value):
    hyper = [K, Option(flag, "an option")]
    value = value + Piecewise((1, flag), (0, True))
    assert analyse(step(value * G, hyper=hyper, inputs=[replace(HESSIAN, when=EVERY)]))


@pytest.mark.parametrize(
    ("value", "when"),
    [
        (Piecewise((hessian[t], EVERY), (1, True)), "when=Eq(Mod(t, k), 1)"),
        (Piecewise((1, Not(EVERY)), (hessian[t], True)), "when=Eq(Mod(t, k), 1)"),
        (
            Piecewise((Piecewise((hessian[t], flag), (hessian[t] + 1, True)), EVERY), (2, True)),
            "when=Eq(Mod(t, k), 1)",
        ),
        (Piecewise((hessian[t], t > 4), (1, True)), "when=t > 4"),
    ],
    ids=str,
)
def test_it_is_said_when_few_steps_read_it(step, refused, value, when):
    """Else what takes long to find would be asked for at every step."""
    hyper = [K, Option(flag, "an option")]
    value = value + Piecewise((1, And(flag, EVERY)), (0, True))
    spec = step(value * G, hyper=hyper, inputs=[HESSIAN])
    refused(spec, "input", "every step is to be given it, and it is read when", when)


@pytest.mark.parametrize(
    "value",
    [
        Piecewise((hessian[t], flag), (1, True)),
        Piecewise((hessian[t], EVERY), (2 * hessian[t], True)),
        hessian[t] + Piecewise((hessian[t], EVERY), (1, True)),
    ],
    ids=str,
)
def test_every_step_may_read_it(step, value):
    hyper = [K, Option(flag, "an option")]
    value = value + Piecewise((1, And(flag, EVERY)), (0, True))
    assert analyse(step(value * G, hyper=hyper, inputs=[HESSIAN]))


def test_an_option_decides_whether_it_is_given(step, refused):
    hyper, given = [Option(flag, "an option")], [replace(HESSIAN, when=flag)]
    assert analyse(step(Piecewise((hessian[t], flag), (1, True)) * G, hyper=hyper, inputs=given))
    either = Piecewise((hessian[t], flag), (hessian[t] + 1, True))
    refused(step(either * G, hyper=hyper, inputs=given), "input", "when flag alone")


def test_no_output_reads_one(step, refused):
    output = Output("scaled", theta[t] * hessian[t], "the parameter, scaled")
    spec = step(hessian[t] * G, inputs=[HESSIAN], outputs=[output])
    refused(spec, "output", "hessian[t] is gone when it is asked for", "Keep what needs it")


def test_steps_are_counted_for_a_condition_on_them(step, refused):
    value = Piecewise((hessian[t], Eq(t, 1)), (1, True))
    given = [replace(HESSIAN, when=Eq(t, 1))]
    assert analyse(step(value * G, inputs=given, step_key=""))
    value = Piecewise((hessian[t], t > 4), (1, True))
    given = [replace(HESSIAN, when=t > 4)]
    refused(step(value * G, inputs=given, step_key=""), "step-count", "t is used as a number")
