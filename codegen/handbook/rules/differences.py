"""The difference between the equations of two rules, found by comparing them as expressions.

The two may write the same by other letters, so the letters are matched first: as those under which
most equations are equal.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import cast

from sympy import Add, Basic, Expr, Mul, Piecewise, Pow, Symbol

from ....specs.language import GradientAt, Optimizer, Update, Value
from .roles import roles

Marks = frozenset[Basic]
"""The subexpressions of one side that the other does not have."""


@dataclass(frozen=True)
class Compared:
    """An equation of one rule beside that of the other.

    Args:
        kind: ``equal``, ``changed``, ``added`` or ``removed``.
        before: in the first rule, if it is there.
        after: in the second.
        gone: what ``before`` has and ``after`` has not.
        new: what ``after`` has and ``before`` has not.
    """

    kind: str
    before: Update | None
    after: Update | None
    gone: Marks = frozenset()
    new: Marks = frozenset()


@dataclass(frozen=True)
class Difference:
    """All equations of two rules.

    Args:
        renamed: the second rule's symbols by those of the first that they stand for, where the
            two are not alike; hyperparameters where an equation then is the same.
        equations: in the order of the second rule, what it removes last.
    """

    renamed: Mapping[Symbol, Symbol]
    equations: Sequence[Compared]


def difference(before: Optimizer, after: Optimizer) -> Difference:
    """What the second rule changes in the first, under the best match of their letters."""
    return max((_under(names, before, after) for names in _matches(before, after)), key=_likeness)


def _likeness(found: Difference) -> tuple[int, int, int]:
    kinds = [compared.kind for compared in found.equations]
    marked = sum(_size(e) for c in found.equations for e in (*c.gone, *c.new))
    return kinds.count("equal"), kinds.count("changed"), -marked


def _size(e: Basic) -> int:
    return 1 + sum(map(_size, e.args))


def _matches(before: Optimizer, after: Optimizer) -> Iterator[Mapping[Symbol, Symbol]]:
    """Every way in which letters of the second rule can stand for letters of the first."""
    kinds_before, kinds_after = _kinds(before), _kinds(after)
    options: list[list[dict[Symbol, Symbol]]] = []
    for kind in dict.fromkeys(kinds_before.values()):
        ours = [s for s, k in kinds_before.items() if k == kind and s not in kinds_after]
        theirs = [s for s, k in kinds_after.items() if k == kind and s not in kinds_before]
        some, others = (ours, theirs) if len(ours) <= len(theirs) else (theirs, ours)
        options.append(
            [
                dict(zip(some, chosen, strict=True))
                if some is ours
                else dict(zip(chosen, some, strict=True))
                for chosen in permutations(others, len(some))
            ]
        )
    for chosen in product(*options):
        yield {old: new for each in chosen for old, new in each.items()}


def _kinds(spec: Optimizer) -> dict[Symbol, str]:
    """What each symbol is: the role of its equation, or a hyperparameter that is read."""
    part = roles(spec)
    found = {cast(Symbol, u.target.args[0]): part[u.target.name].value for u in spec.updates}
    read = {s for u in spec.updates for s in u.value.free_symbols}
    return found | {h.symbol: "hyper" for h in spec.hyperparameters if h.symbol in read}


def _under(names: Mapping[Symbol, Symbol], before: Optimizer, after: Optimizer) -> Difference:
    forth, back = dict(names), {new: old for old, new in names.items()}
    old = {
        u.target.xreplace(forth): (u, cast(Expr, u.value.xreplace(forth))) for u in before.updates
    }
    equations: list[Compared] = []
    for new in after.updates:
        if new.target not in old:
            equations.append(Compared("added", None, new))
            continue
        original, value = old.pop(new.target)
        gone, marks = marked(value, new.value)
        equations.append(
            Compared(
                "changed" if gone or marks else "equal",
                original,
                new,
                frozenset(e.xreplace(back) for e in gone),
                marks,
            )
        )
    equations += [Compared("removed", original, None) for original, _ in old.values()]
    read = {
        s for c in equations if c.kind == "equal" and c.after for s in c.after.value.free_symbols
    }
    hyper = {h.symbol for h in after.hyperparameters}
    renamed = {a: b for a, b in names.items() if b not in hyper or b in read}
    return Difference(renamed, equations)


def marked(a: Basic, b: Basic) -> tuple[Marks, Marks]:
    """The smallest parts in which two expressions differ, of each."""
    if a == b:
        return frozenset(), frozenset()
    for kind in (Add, Mul):
        if isinstance(a, kind) or isinstance(b, kind):
            return _marked_among(a, b, kind)
    if _are_alike(a, b):
        found = [marked(x, y) for x, y in zip(a.args, b.args, strict=True)]
        return frozenset().union(*(x for x, _ in found)), frozenset().union(*(y for _, y in found))
    return frozenset({_shown(a)}), frozenset({_shown(b)})


def _are_alike(a: Basic, b: Basic) -> bool:
    """Whether two expressions do the same to what may not be the same."""
    if isinstance(a, Value | GradientAt | Symbol) or a.func != b.func:
        return False
    if isinstance(a, Pow) and isinstance(b, Pow):
        return a.exp == b.exp
    return bool(a.args) and len(a.args) == len(b.args) and not isinstance(a, Piecewise)


def _marked_among(a: Basic, b: Basic, kind: type[Add] | type[Mul]) -> tuple[Marks, Marks]:
    """The same of sums or products: like parts are compared, the others differ as wholes."""
    parts_a, parts_b = kind.make_args(cast(Expr, a)), kind.make_args(cast(Expr, b))
    left: list[Basic] = [x for x in parts_a if x not in parts_b]
    right: list[Basic] = [y for y in parts_b if y not in parts_a]
    is_only_pair = len(left) == len(right) == 1
    gone: set[Basic] = set()
    new: set[Basic] = set()
    for y in right:
        like = max(left, key=lambda x: _shared(x, y), default=None)
        if like is None or not (is_only_pair or _shared(like, y)):
            new.add(_shown(y))
            continue
        left.remove(like)
        of_like, of_y = marked(like, y)
        gone |= of_like
        new |= of_y
    gone |= {_shown(x) for x in left}
    return _joined(gone, a, parts_a), _joined(new, b, parts_b)


def _joined(marks: set[Basic], whole: Basic, parts: Sequence[Basic]) -> Marks:
    """One mark where all parts of a sum or product have one."""
    return frozenset({_shown(whole)} if marks >= {*map(_shown, parts)} else marks)


def _shared(a: Basic, b: Basic) -> int:
    """How much two terms or factors have in common; nothing where they are not of one kind."""
    if _is_divisor(a) != _is_divisor(b):
        return 0
    common = a.atoms(Value, GradientAt) & b.atoms(Value, GradientAt)
    return len(common) + (1 if _is_divisor(a) else 0)


def _is_divisor(e: Basic) -> bool:
    return isinstance(e, Pow) and bool(e.exp.is_negative)


def _shown(e: Basic) -> Basic:
    """The expression as it stands on the page: below a bar without its exponent, unsigned."""
    if isinstance(e, Pow) and _is_divisor(e):
        return Pow(e.base, -e.exp)
    coefficient, _ = cast(Expr, e).as_coeff_Mul() if isinstance(e, Expr) else (1, e)
    return -e if isinstance(e, Mul) and coefficient.is_negative else e  # pyright: ignore
