"""Rules leave to transforms what is theirs, and transforms keep the rules of rules."""

from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse_transform
from steprule.codegen.analysis.reserved import TRANSFORMS
from steprule.codegen.loading.load import transforms
from steprule.specs.gradients import clip_by_norm
from steprule.specs.language import (
    POSITIVE,
    Hyper,
    SpecError,
    Update,
    grad,
    hyperparameters,
    intermediates,
    norm,
    t,
    theta,
)
from sympy import Float, Min

G = grad(theta[t - 1])
(limit, clipnorm) = hyperparameters("limit clipnorm")
scale, ghat = intermediates("scale ghat")


@pytest.mark.parametrize("name", ["clipvalue", "clipnorm", "global_clipnorm", "error_if_nonfinite"])
def test_an_argument_of_every_optimizer_is_no_name_of_a_rule(name, step, refused):
    (own,) = hyperparameters(name)
    spec = step(own * G, hyper=[Hyper(own, "1", POSITIVE, "a limit")])
    refused(spec, "transform", name, "argument of every generated optimizer")


def test_those_are_the_arguments_there_are():
    declared = {spec.hyper.name for spec in transforms().values()}
    assert declared | {"error_if_nonfinite"} == TRANSFORMS


def test_nor_is_it_the_name_of_an_intermediate(step, refused):
    (own,) = intermediates("clipvalue")
    spec = step(own[t])
    refused(replace(spec, updates=(Update(own[t], 2 * G), *spec.updates)), "transform", "clipvalue")


def test_a_transform_comes_back_in_execution_order():
    backwards = replace(clip_by_norm, updates=clip_by_norm.updates[::-1])
    assert analyse_transform(backwards) == clip_by_norm


@pytest.mark.parametrize(
    ("code", "scaled"),
    [
        ("undeclared", Min(1, limit / (norm(G) + 1))),
        ("float", Min(1, clipnorm / (norm(G) + Float("1e-6")))),
        ("division", Min(1, clipnorm / norm(G))),
        ("look-ahead", Min(1, clipnorm / (norm(grad(2 * theta[t - 1])) + 1))),
        ("shape", Min(1, clipnorm / (norm(clipnorm) + 1))),
    ],
)
def test_a_transform_keeps_the_rules_of_rules(code, scaled):
    wrong = replace(clip_by_norm, updates=[Update(scale[t], scaled), Update(ghat[t], scale[t] * G)])
    with pytest.raises(SpecError) as caught:
        analyse_transform(wrong)
    assert (caught.value.code, caught.value.spec) == (code, "ClipByNorm")
