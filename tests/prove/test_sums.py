"""Sums up to a whole number: constants pulled out, sums split, sums of sums."""

import pytest
from steprule.codegen.prove.derivation import derivation
from steprule.codegen.prove.normal_form import NormalForm
from steprule.codegen.prove.page import page
from steprule.codegen.prove.prove import Settled, prove
from steprule.codegen.prove.sums import Canonical
from steprule.specs.language import SpecError, t
from steprule.specs.language.claims import Identity, Part, Verdict
from sympy import Expr, Function, Integer, Sum, Symbol, symbols

N, B, i, j, k = symbols("N B i j k", integer=True, positive=True)
c, x = symbols("c x", real=True)
f, g, both = Function("f", real=True), Function("g", real=True), Function("both", real=True)


def total(term: Expr, *indices: Symbol, to: Expr = N) -> Expr:
    return Sum(term, *((index, 1, to) for index in indices))


def shadowed() -> Expr:
    """The sum of the deviations from the mean, both over an index named i."""
    return total(g(i) - total(g(i), i) / N, i)


EQUAL = {
    "a constant": (total(c, i), N * c),
    "nothing but terms": (total(Integer(1), i), N),
    "from 0": (Sum(c, (i, 0, N)), (N + 1) * c),
    "a factor": (total(c * g(i), i), c * total(g(i), i)),
    "a sum of two": (total(f(i) + g(i), i), total(f(i), i) + total(g(i), i)),
    "a square": (
        total((g(i) - c) ** 2, i),
        total(g(i) ** 2, i) - 2 * c * total(g(i), i) + N * c**2,
    ),
    "a product of sums": (total(f(i) * g(j), i, j), total(f(i), i) * total(g(i), i)),
    "its order": (total(f(i) * g(j), i, j), total(f(i) * g(j), j, i)),
    "a double constant": (Sum(c, (i, 1, B), (j, 1, N)), B * N * c),
    "an inner index of the same name": (shadowed(), Integer(0)),
    "an index of the same name outside": (total(g(i), i) * g(i), g(i) * total(g(j), j)),
    "terms beyond": (total(g(i), i, to=N + 1), total(g(i), i) + g(N + 1)),
    "terms of a double sum": (total(both(i, j), i, j), total(both(j, k), j, k)),
    "constants up to t": (Sum(c, (i, 1, t)), t * c),
}

NOT_EQUAL = {
    "a constant": (total(c, i), c),
    "a square": (total(g(i) ** 2, i), total(g(i), i) ** 2),
    "a product": (total(f(i) * g(i), i), total(f(i), i) * total(g(i), i)),
    "a diagonal": (total(both(i, i), i), total(both(i, j), i, j)),
    "another end": (total(g(i), i), total(g(i), i, to=B)),
    "one term less": (total(g(i), i, to=N + 1), total(g(i), i)),
    "transposed": (total(both(i, j) * f(i), i, j), total(both(j, i) * f(i), i, j)),
    "a free index": (total(both(i, j), i), total(both(i, k), i)),
}


def is_zero(difference: Expr) -> bool:
    return NormalForm().is_zero(Canonical("tried").of(difference))


@pytest.mark.parametrize(("left", "right"), EQUAL.values(), ids=EQUAL.keys())
def test_equal(left, right):
    assert is_zero(left - right)


@pytest.mark.parametrize(("left", "right"), NOT_EQUAL.values(), ids=NOT_EQUAL.keys())
def test_not_equal(left, right):
    assert not is_zero(left - right)


def test_what_is_left_is_written_out():
    canonical = Canonical("tried")
    e = canonical.of(total((g(i) - c) * (g(j) - c), i, j))
    expected = (total(g(i), i) - N * c) ** 2
    assert canonical.written_out(e).expand() == expected.expand()


CLOSED = {
    "the numbers": (total(i, i), N * (N + 1) / 2),
    "their squares": (total(i**2, i), N * (N + 1) * (2 * N + 1) / 6),
    "powers": (Sum(c**i, (i, 0, N)), (1 - c ** (N + 1)) / (1 - c)),
    "up to t": (Sum(i, (i, 1, t)), t * (t + 1) / 2),
    "up to the step before": (Sum(i, (i, 1, t - 1)), t * (t - 1) / 2),
}
WRONG = {
    "at another end": (total(i, i), N * (N - 1) / 2),
    "but for a constant": (total(i, i), N * (N + 1) / 2 + 1),
    "at the first end alone": (total(i, i), N**2),
}


def settled(left: Expr, right: Expr) -> Settled:
    return prove(Identity("tried", "Tried.", (Part("it", left, right),), Verdict.PROVED))


@pytest.mark.parametrize(("left", "right"), CLOSED.values(), ids=CLOSED.keys())
def test_closed_forms_are_proved_by_induction(left: Expr, right: Expr) -> None:
    found = settled(left, right)
    assert found.verdict is Verdict.PROVED
    assert [o.when for o in found.obligations] == ["induction"]
    assert "by induction it vanishes" in page(derivation(found))


@pytest.mark.parametrize(("left", "right"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_closed_form_is_refuted(left: Expr, right: Expr) -> None:
    assert settled(left, right).verdict is Verdict.REFUTED


def test_an_end_that_is_no_count_is_refused():
    for end in (Symbol("x", real=True), N - 1, 2 * N, N + B):
        with pytest.raises(SpecError, match="whole number"):
            Canonical("tried").of(total(g(i), i, to=end))


def test_one_canonical_takes_them_in_any_order():
    """Opaque symbols pile up and must not disturb later ones."""
    canonical, normal = Canonical("tried"), NormalForm()
    cases = [(*sides, True) for sides in EQUAL.values()]
    cases += [(*sides, False) for sides in NOT_EQUAL.values()]
    for left, right, equal in (*cases, *reversed(cases)):
        assert normal.is_zero(canonical.of(left) - canonical.of(right)) is equal
