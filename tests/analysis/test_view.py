"""Rule view: what a parameter is seen as is known from its number of axes and the arguments."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.fingerprint import fingerprint
from steprule.specs.language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    Choice,
    Hyper,
    View,
    cols,
    counts,
    grad,
    hyperparameters,
    matmul,
    ndim,
    norm,
    rows,
    t,
    theta,
    transpose,
)
from sympy import And, Or

lr, beta = hyperparameters("lr beta")
split, fewest = counts("split fewest")
g = grad(theta[t - 1])
MATRIX = matmul(g, transpose(g), g)
SPLIT = Hyper(split, "1", AT_LEAST_ONE, "number of matrices", keyword=True)
WHICH = Choice("which", ("kernels", "all"), "which are flat", keyword=True)


@pytest.mark.parametrize(
    ("view", "hyper"),
    [
        (View(flat=ndim >= 3), []),
        (
            View(flat=Or(WHICH["all"], And(WHICH["kernels"], ndim >= 4)), parts=split),
            [WHICH, SPLIT],
        ),
        (View(parts=2), []),
        (View(flat=ndim >= fewest), [Hyper(fewest, "3", NON_NEGATIVE, "fewest axes")]),
    ],
)
def test_views(step, view, hyper):
    spec = step(MATRIX, hyper=hyper, view=view)
    assert analyse(spec).view == view
    assert fingerprint(spec) != fingerprint(step(MATRIX, hyper=hyper))


@pytest.mark.parametrize("direction", [g * norm(g, over=cols), g * rows / cols])
def test_rows_and_columns_make_sense_of_a_view(step, direction):
    assert analyse(step(direction, view=View(parts=2)))


@pytest.mark.parametrize(
    ("view", "hyper", "named"),
    [
        (
            View(flat=rows > 2),
            [],
            ["view", "flat of the view", "rows is what the view makes", "Use ndim"],
        ),
        (View(flat=ndim >= beta), [], ["undeclared", "flat of the view", "beta is not declared"]),
        (View(flat=lr > 1), [], ["view", "how a parameter is seen depends on lr", "Use another"]),
        (View(flat=t > 1), [], ["declaration", "flat of the view", "only known within a step"]),
        (
            View(parts=0),
            [],
            ["view", "parts of the view", "0 is no number of matrices", "AT_LEAST_ONE"],
        ),
        (View(parts=ndim), [], ["view", "parts of the view", "ndim is no number of matrices"]),
        (
            View(parts=split),
            [Hyper(split, "1", NON_NEGATIVE, "number of matrices")],
            ["view", "split is no number of matrices", "made with counts"],
        ),
        (
            View(parts=beta),
            [Hyper(beta, "1", AT_LEAST_ONE, "number of matrices")],
            ["view", "beta is no number of matrices"],
        ),
        (View(parts="split"), [], ["kind", "parts of the view", "is of type str"]),
        (View(flat=split), [SPLIT], ["condition", "the number split is used as a condition"]),
    ],
)
def test_what_is_no_view(step, refused, view, hyper, named):
    refused(step(MATRIX, hyper=hyper, view=view), *named)


def test_a_rule_of_elements_has_no_view(step, refused):
    refused(step(g, view=View(parts=2)), "view", "is along rows or cols", "Leave the view out")


def test_something_else_than_a_view(step, refused):
    refused(step(MATRIX, view=ndim >= 3), "kind", "view", "not View")


def test_arguments_that_a_view_alone_reads_are_used(step, refused):
    refused(step(MATRIX, hyper=[SPLIT]), "unused", "split")
