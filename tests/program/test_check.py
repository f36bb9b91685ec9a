"""Wrong rewrites do not survive: the program is held against the spec after every pass."""

import pytest
from steprule.codegen.program import compile as compiler
from steprule.codegen.program.check import Checker, RewriteError
from steprule.codegen.program.compile import PASSES, compile_spec, compile_with_reports
from steprule.codegen.program.lower import lower
from steprule.codegen.program.nodes import (
    Apply,
    Assign,
    Constant,
    Node,
    Program,
    map_assignments,
    rebuild,
)
from steprule.codegen.program.operations import ADD, MAX, MIN, MUL, NORM, SQUARE, STORED, SUB
from steprule.codegen.program.points import optimizer_points
from steprule.specs.language import (
    Constraint,
    Update,
    flags,
    grad,
    hyperparameters,
    norm,
    stored,
    t,
    theta,
    total,
)
from steprule.specs.optimizers.adam import adam
from steprule.specs.optimizers.nadam import nadam
from steprule.specs.optimizers.sgd import sgd
from sympy import Eq, Max, Piecewise, Rational, sqrt

(flag,) = flags("flag")
G = grad(theta[t - 1])
P = theta[t - 1]


def rewritten(change):
    """A pass that changes nodes."""

    def wrong(program: Program) -> Program:
        def rewrite(assign: Assign) -> Assign:
            return Assign(assign.target, rebuild(assign.value, change), assign.equation)

        return program.with_body(map_assignments(program.body, rewrite))

    return wrong


def swap(old, new):
    def change(node: Node) -> Node:
        return Apply(new, node.args) if isinstance(node, Apply) and node.op is old else node

    return rewritten(change)


def nudge(node: Node) -> Node:
    return Constant(node.value + 1) if node == Constant(node.value) else node


WRONG = {
    "a sign": (swap(SUB, ADD), adam),
    "a maximum": (swap(MAX, MIN), adam),
    "a product": (swap(MUL, ADD), sgd),
    "a constant": (rewritten(lambda n: nudge(n) if isinstance(n, Constant) else n), nadam),
    "a square": (rewritten(lambda n: n.args[0] if getattr(n, "op", 0) is SQUARE else n), adam),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_pass_is_caught_and_named(what, monkeypatch):
    wrong, spec = WRONG[what]
    wrong.__name__ = "simplify_too_much"
    compile_spec(spec)
    monkeypatch.setattr(compiler, "PASSES", (wrong, *compiler.PASSES))
    with pytest.raises(RewriteError, match=f"{spec.name}: simplify_too_much changed"):
        compile_spec(spec)


def test_the_pass_is_named_behind_which_others_go_wrong(monkeypatch):
    wrong = swap(SUB, ADD)
    wrong.__name__ = "simplify_too_much"
    half = len(compiler.PASSES) // 2
    passes = (*compiler.PASSES[:half], wrong, *compiler.PASSES[half:])
    with pytest.raises(RewriteError, match="Adam: simplify_too_much changed"):
        compile_with_reports(adam, passes)


def test_moving_arithmetic_through_a_rounding_is_caught(make, monkeypatch):
    g = grad(theta[t - 1])
    spec = make(Update(theta[t], theta[t - 1] - 3 * stored(g)))

    def change(node: Node) -> Node:
        match node:
            case Apply(op, (scale, Apply(inner, (x,)))) if op is MUL and inner is STORED:
                return Apply(STORED, (Apply(MUL, (scale, x)),))
        return node

    wrong = rewritten(change)
    wrong.__name__ = "scale_first"
    monkeypatch.setattr(compiler, "PASSES", (wrong, *compiler.PASSES))
    with pytest.raises(RewriteError, match="scale_first changed theta"):
        compile_spec(spec)


def test_a_lost_state_is_caught():
    checker = Checker(adam)
    program = lower(adam)
    kept = tuple(slot for slot in program.slots if slot.name != "v")
    lost = Program(program.spec, kept, program.body, program.host)
    with pytest.raises(RewriteError, match="which states exist"):
        checker.check(lost, after="lose")


def test_constraints_that_random_numbers_hardly_meet(make):
    a, lr = hyperparameters("a lr")
    only = Constraint(Eq(a, Rational("0.3")), "a is 0.3")
    assert compile_spec(make(Update(theta[t], theta[t - 1] - lr * a), constraints=[only]))


def test_every_pass_reports():
    _, reports = compile_with_reports(adam, PASSES)
    names = ["lower", *(rewrite.__name__ for rewrite in compiler.PASSES)]
    assert [r.name for r in reports] == names
    assert all(r.seconds >= 0 for r in reports)


def test_operations_are_those_on_tensors():
    operations = {r.name: r.operations for r in compile_with_reports(sgd, PASSES)[1]}
    # -g; wd*p, g + .; mu*b, (1 - tau)*g, their sum; mu*b, g + .; lr*d, p - .
    assert operations["branch"] == 10
    assert operations["prune"] == 10


def test_reductions_are_not_elementwise():
    assert NORM.kind.value == "reduction"


def test_points_are_those_whose_truth_digits_tell(make):
    root = norm(G) + norm(G + 1)
    cancels = root**2 - total(G**2) - total((G + 1) ** 2) - 2 * norm(G) * norm(G + 1)
    spec = make(Update(theta[t], P - Piecewise((sqrt(Max(cancels, 0)), flag), (G, True))))
    points = [*optimizer_points(spec, 4)]
    assert [p.values["flag"] for p in points] == [False] * 4
