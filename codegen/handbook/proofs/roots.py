"""Names for square roots that recur, so that a long expression can be read."""

from sympy import Basic, Pow, Rational, Symbol, default_sort_key

_HALF = Rational(1, 2)


def is_root(e: Basic) -> bool:
    """Whether it is the square root of a sum, or 1 over one."""
    return isinstance(e, Pow) and e.base.is_Add and abs(e.exp) == _HALF


def named_roots(e: Basic) -> tuple[Basic, dict[Symbol, Basic]]:
    """The expression with names for its roots of sums that occur twice or more, and the roots."""
    found = {p.base for p in e.atoms(Pow) if is_root(p)}
    recurring = sorted((b for b in found if _count(e, b) > 1), key=default_sort_key)
    names = {Symbol(f"r_{k}", real=True): base for k, base in enumerate(recurring, 1)}
    for name, base in names.items():
        powers = {p: name ** (2 * p.exp) for p in e.atoms(Pow) if p.base == base}
        e = e.xreplace({p: v for p, v in powers.items() if abs(p.exp) == _HALF})
    return e, {name: Pow(base, _HALF) for name, base in names.items()}


def _count(e: Basic, base: Basic) -> int:
    if isinstance(e, Pow) and e.base == base and abs(e.exp) == _HALF:
        return 1
    return sum(_count(each, base) for each in e.args)
