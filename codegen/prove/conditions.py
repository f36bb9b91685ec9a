"""Whether inequalities can hold together, by Fourier and Motzkin's elimination."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sympy import Add, And, Basic, Eq, Expr, Ge, Gt, Le, Lt, Ne, S, expand, fraction, together
from sympy.core.relational import Relational


@dataclass(frozen=True)
class Inequality:
    """``constant + sum of coefficient*term >= 0``, or ``> 0`` where it is strict."""

    constant: Fraction
    coefficients: Mapping[Expr, Fraction]
    strict: bool

    def plus(self, other: "Inequality", times: Fraction) -> "Inequality":
        """What follows from both, the other taken a positive number of times."""
        terms = {*self.coefficients, *other.coefficients}
        total = {
            term: self.coefficients.get(term, 0) + times * other.coefficients.get(term, 0)
            for term in terms
        }
        return Inequality(
            self.constant + times * other.constant,
            {term: Fraction(c) for term, c in total.items() if c},
            self.strict or other.strict,
        )


def can_hold(*conditions: Basic) -> bool:
    """Whether some numbers may meet all conditions; where False is said, none do.

    A product of symbols counts as a number of its own, of which its sign is known and no more.
    What is no comparison is taken to hold.
    """
    facts = [fact for condition in conditions for fact in And.make_args(condition)]
    if S.false in facts:
        return False
    apart = next((fact for fact in facts if isinstance(fact, Ne)), None)
    if apart is not None:
        rest = [fact for fact in facts if fact != apart]
        return any(can_hold(*rest, kind(apart.lhs, apart.rhs)) for kind in (Gt, Lt))
    known = [i for fact in facts if isinstance(fact, Relational) for i in _inequalities(fact)]
    terms = {term for inequality in known for term in inequality.coefficients}
    known += [i for term in terms if term.is_nonnegative for i in _inequalities(_sign(term))]
    for term in terms:
        known = list(_without(term, known))
    return all(i.constant > 0 or (i.constant == 0 and not i.strict) for i in known)


def _without(term: Expr, known: list[Inequality]) -> Iterator[Inequality]:
    """What the inequalities say of all other terms: every lower bound is below every upper one."""
    below = [i for i in known if i.coefficients.get(term, 0) > 0]
    above = [i for i in known if i.coefficients.get(term, 0) < 0]
    yield from (i for i in known if term not in i.coefficients)
    for low in below:
        for high in above:
            yield high.plus(low, -high.coefficients[term] / low.coefficients[term])


def _sign(term: Expr) -> Relational:
    # Unevaluated: SymPy would find it true.
    return Gt(term, 0, evaluate=False) if term.is_positive else Ge(term, 0, evaluate=False)


def _inequalities(fact: Relational) -> Iterator[Inequality]:
    """A comparison as left less right, times its denominator where that is positive."""
    difference = fact.lhs - fact.rhs
    numerator, denominator = fraction(together(difference))
    over = expand(numerator if denominator.is_positive else difference)
    if over.has(S.Infinity, S.NegativeInfinity, S.ComplexInfinity, S.NaN):
        return
    if isinstance(fact, Ge | Gt | Eq):
        yield _at_least_0(over, strict=isinstance(fact, Gt))
    if isinstance(fact, Le | Lt | Eq):
        yield _at_least_0(-over, strict=isinstance(fact, Lt))


def _at_least_0(e: Expr, *, strict: bool) -> Inequality:
    # Whole numbers that differ are apart by 1 or more.
    if strict and e.is_integer:
        e, strict = e - 1, False
    coefficients: dict[Expr, Fraction] = {}
    constant = Fraction(0)
    for summand in Add.make_args(expand(e)):
        times, term = summand.as_coeff_Mul(rational=True)
        number = Fraction(int(times.p), int(times.q))
        if term == 1:
            constant += number
        else:
            coefficients[term] = number
    return Inequality(constant, coefficients, strict)
