"""The operand that must not be anything is 1 where its operation is not chosen."""

import pytest
from steprule.codegen.program.nodes import ONE, Apply, Name
from steprule.codegen.program.operations import DIV, LOG, LT, POW, SELECT, SQRT
from steprule.codegen.program.passes.shield import _shielded
from steprule.codegen.program.types import HOST_REAL, TENSOR

V, G, A = Name("v", TENSOR), Name("g", TENSOR), Name("a", HOST_REAL)
TEST = Apply(LT, (A, V))


@pytest.mark.parametrize(
    "harmed",
    [
        lambda x: Apply(POW, (x, A)),
        lambda x: Apply(DIV, (G, x)),
        lambda x: Apply(SQRT, (x,)),
        lambda x: Apply(LOG, (x,)),
    ],
    ids=["pow", "div", "sqrt", "log"],
)
def test_operands(harmed):
    chosen = Apply(SELECT, (TEST, V, ONE))
    assert _shielded(Apply(SELECT, (TEST, harmed(V), G))) == Apply(
        SELECT, (TEST, harmed(chosen), G)
    )
    otherwise = Apply(SELECT, (TEST, ONE, V))
    assert _shielded(Apply(SELECT, (TEST, G, harmed(V)))) == Apply(
        SELECT, (TEST, G, harmed(otherwise))
    )
