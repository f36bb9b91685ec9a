"""What is rounded to what is stored is of a step, and no transform of gradients has it."""

from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse, analyse_transform
from steprule.specs.gradients import clip_by_norm
from steprule.specs.language import (
    SpecError,
    Update,
    grad,
    hyperparameters,
    intermediates,
    norm,
    stored,
    t,
    theta,
)
from sympy import Min

G = grad(theta[t - 1])
(clipnorm,) = hyperparameters("clipnorm")
scale, ghat = intermediates("scale ghat")


@pytest.mark.parametrize(
    ("scaled", "result"),
    [
        (Min(1, clipnorm / (norm(G) + 1)), stored(scale[t] * G)),
        (stored(Min(1, clipnorm / (norm(G) + 1))), scale[t] * G),
    ],
)
def test_a_transform_stores_nothing(scaled, result):
    wrong = replace(clip_by_norm, updates=[Update(scale[t], scaled), Update(ghat[t], result)])
    with pytest.raises(SpecError, match="rounds to what a parameter is kept in") as caught:
        analyse_transform(wrong)
    assert (caught.value.code, caught.value.spec) == ("storage", "ClipByNorm")
    assert "Leave stored out" in str(caught.value)


def test_a_step_does(step):
    assert analyse(step(stored(G)))
