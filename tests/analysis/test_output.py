"""Rule output: it is made of what there is after a step, and of each element by itself."""

from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.fingerprint import fingerprint
from steprule.specs.language import (
    Option,
    Output,
    State,
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    norm,
    states,
    t,
    theta,
)
from sympy import Piecewise, Symbol, cos, sqrt

lr, beta = hyperparameters("lr beta")
(flag,) = flags("flag")
m, average = states("m average")
(u,) = intermediates("u")

AVERAGE = State(average, init=theta[0], key="average")
MEAN = Update(average[t], beta * average[t - 1] + (1 - beta) * theta[t])


@pytest.fixture
def averaged(momentum):
    """Momentum with an average that an output alone reads."""
    plain = momentum()

    def build(*outputs, **fields):
        return replace(
            plain,
            states=(*plain.states, fields.pop("state", AVERAGE)),
            updates=(*plain.updates, MEAN),
            outputs=outputs,
            **fields,
        )

    return build


def test_a_state_that_an_output_reads_is_used(averaged, refused):
    assert analyse(averaged(Output("mean", average[t], "the average")))
    refused(averaged(), "unused", "state average")


def test_an_output_is_part_of_what_a_file_is_made_from(averaged):
    plain, other = (averaged(Output("mean", average[t], doc)) for doc in ("one", "another"))
    assert fingerprint(plain) != fingerprint(other)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (average[t - 1], ["average[t-1]", "Write average[t]"]),
        (theta[t - 1] + average[t], ["theta[t-1]", "Write theta[t]"]),
        (grad(theta[t - 1]) + average[t], ["grad", "Keep the gradient in a state"]),
        (u[t] + average[t], ["u[t] is gone", "Declare State(u"]),
        (norm(average[t]) * theta[t], ["whole tensors"]),
        (beta + t, ["another shape", "theta[t]"]),
        (average[t] / (1 - t), ["1 - t"]),
        (sqrt(average[t]), ["average[t]"]),
    ],
    ids=str,
)
def test_refused(averaged, refused, value, words):
    output = Output("mean", value, "the average")
    spec = averaged(Output("other", average[t], "the average"), output)
    spec = replace(
        spec,
        updates=(
            Update(u[t], grad(theta[t - 1])),
            Update(m[t], beta * m[t - 1] + u[t]),
            *spec.updates[1:],
        ),
    )
    refused(spec, "output", "output mean", *words)


def test_a_state_is_read_where_it_exists(averaged, refused):
    spec = averaged(
        Output("mean", average[t], "the average"),
        state=replace(AVERAGE, when=flag),
    )
    spec = replace(spec, hyper=(*spec.hyper, Option(flag, "keep an average")))
    refused(spec, "output", "output mean", "flag is off", "Piecewise")
    either = Output("mean", Piecewise((average[t], flag), (theta[t], True)), "the average")
    assert analyse(replace(spec, outputs=[either]))


@pytest.mark.parametrize(
    ("output", "code", "word"),
    [
        (Output("average", average[t], "d"), "duplicate", "state average"),
        (Output("lr", average[t], "d"), "duplicate", "hyperparameter lr"),
        (Output("a mean", average[t], "d"), "name", "'a mean'"),
        (Output("class", average[t], "d"), "name", "keyword"),
        (Output("mean", average[t] * 0.5, "d"), "float", "Rational"),
        (Output("mean", Symbol("nope") * average[t], "d"), "undeclared", "nope"),
        (Output("mean", cos(average[t]), "d"), "output", "cos"),
        (Output("mean", average[t], 3), "kind", "doc of Output('mean', ...) in outputs"),
        (3, "kind", "an Output"),
    ],
    ids=str,
)
def test_refused_by_other_rules(averaged, refused, output, code, word):
    refused(averaged(Output("other", average[t], "d"), output), code, word)


def test_a_count_of_steps_is_kept_for_what_reads_it(averaged, refused):
    output = Output("mean", average[t] / t, "the average")
    assert analyse(averaged(output))
    refused(averaged(output, step_key=""), "output", "output mean", "step_key")


def test_two_of_one_name(averaged, refused):
    outputs = [Output("mean", value, "d") for value in (average[t], theta[t])]
    refused(averaged(*outputs), "duplicate", "output mean")
