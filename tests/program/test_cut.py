"""A transform as a reduction, a scalar and an elementwise part."""

from dataclasses import replace

import pytest
from steprule.codegen.program import cut
from steprule.codegen.program.check import RewriteError
from steprule.codegen.program.compiled import compiled
from steprule.codegen.program.cut import OUT, Parts
from steprule.codegen.program.forms import PYTHON, Language, Printer
from steprule.codegen.program.nodes import apply, assignments, substitute
from steprule.codegen.program.operations import CLIP, GLOBAL_NORM, MIN, NORM
from steprule.specs.gradients import clip_by_global_norm, clip_by_norm, clip_by_value
from steprule.specs.language import Transform, Update, grad, mean, norm, t, theta

G = grad(theta[t - 1])


text = Printer(Language("Python", {**PYTHON, MIN: "min", CLIP: "clip"}))


def parts_of(transform: Transform) -> Parts:
    return compiled(transform).parts


def printed(parts: Parts):
    (last,) = assignments(parts.elementwise.body)
    assert last.target == OUT
    return parts.reduction, parts.scale and text(parts.scale.value), text(last.value)


@pytest.mark.parametrize(
    ("transform", "expected"),
    [
        (clip_by_value, (None, None, "clip(grad, -clipvalue, clipvalue)")),
        (clip_by_norm, (NORM, "min(clipnorm / (1e-06 + norm), 1)", "scale * grad")),
        (
            clip_by_global_norm,
            (GLOBAL_NORM, "min(global_clipnorm / (1e-06 + norm), 1)", "scale * grad"),
        ),
    ],
)
def test_the_parts(transform, expected):
    assert printed(parts_of(transform)) == expected


def test_the_elementwise_part_is_a_program_of_one_slot_that_computes_nothing_before():
    program = parts_of(clip_by_norm).elementwise
    assert [slot.name for slot in program.slots] == ["out"]
    assert program.host == ()


@pytest.mark.parametrize("size", [norm(2 * G), norm(G) + mean(G) ** 2])
def test_what_is_not_one_norm_of_the_gradient_is_refused(size):
    scale, ghat = clip_by_norm.updates
    limit = clip_by_norm.hyper.symbol
    other = replace(clip_by_norm, updates=[Update(scale.target, limit / (1 + size)), ghat])
    with pytest.raises(NotImplementedError, match="ClipByNorm is not one norm of the gradient"):
        parts_of(other)


def test_a_transform_sees_gradients_alone():
    scale, ghat = clip_by_norm.updates
    other = replace(clip_by_norm, updates=[scale, Update(ghat.target, ghat.value + theta[t - 1])])
    with pytest.raises(NotImplementedError, match="ClipByNorm is not one norm of the gradient"):
        parts_of(other)


def test_the_parts_are_held_against_the_equations(monkeypatch):
    def slip(node, values):
        right = substitute(node, values)
        return apply(CLIP, *right.args[:1], *right.args[:0:-1]) if len(right.args) == 3 else right

    monkeypatch.setattr(cut, "substitute", slip)
    with pytest.raises(RewriteError, match="ClipByValue: cut changed theta"):
        parts_of(replace(clip_by_value))
