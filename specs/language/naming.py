"""Names of rules and operators that come together: none stands for two things."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar, cast

from sympy import Basic, Symbol

from .alteration import Alteration
from .arguments import Choice
from .declarations import Hyper, Option, Update
from .errors import SpecError
from .misuse import Flag
from .optimizer import Optimizer
from .parts import PARTS
from .symbols import Series, Value, t, theta

Declared = TypeVar("Declared", bound=Optimizer | Alteration)


def names(of: Optimizer | Alteration) -> set[str]:
    """What a rule or an operator calls by names of its own, but for keys of checkpoints."""
    parts = () if isinstance(of, Optimizer) else PARTS
    return {
        *(v.name for u in of.updates for v in (u.target, *u.value.atoms(Value))),
        *(each.name for each in (*of.hyper, *of.states, *of.inputs, *of.outputs)),
    } - {part.name for part in parts}


def fresh(wanted: Iterable[str], taken: set[str]) -> str:
    """The first of the names that is not taken, or the last with a number; then it is."""
    last = ""
    for last in wanted:
        if last not in taken:
            break
    count = 1
    name = last
    while name in taken:
        count += 1
        name = f"{last}{count}"
    taken.add(name)
    return name


def settled(operator: Alteration, rule: Optimizer, settings: Mapping[str, object]) -> Alteration:
    """The operator with its defaults as asked for, and names that the rule does not have.

    Raises:
        SpecError: a setting is no argument of the operator, or not of its kind.
    """
    parts = {part.name for part in PARTS}
    for x in (*(u.target for u in operator.updates), *(s.series[t] for s in operator.states)):
        if x.name in parts:
            raise SpecError(
                "operator",
                spec=operator.name,
                where=str(x),
                problem=f"{x.name} stands for a part of the rule, and this declares one of its own",
                remedy=f"Call it otherwise; what the rule goes on with is said by gives="
                f"{{{x.name}: ...}}",
            )
    known = {h.name: h for h in operator.hyper}
    for name in settings:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise SpecError(
                "operator",
                spec=operator.name,
                where=name,
                problem=f"it has no argument of this name; {has}",
                remedy="Name one of them, or leave it out; what the rule has is given to what is "
                "generated",
            )
    hyper = [
        _set(operator.name, h, settings[h.name]) if h.name in settings else h
        for h in operator.hyper
    ]
    return _apart(replace(operator, hyper=hyper), rule)


def _set(operator: str, h: Hyper | Option | Choice, value: object) -> Hyper | Option | Choice:
    match h:
        case Option() if isinstance(value, bool):
            return replace(h, default=value)
        case Choice() if value in h.words:
            words = [cast(str, value), *(w for w in h.words if w != value)]
            return replace(h, words=words)
        case Hyper() if not isinstance(value, bool) and (text := _exact(value)):
            return replace(h, default=text)
    wanted = {Option: "True or False", Hyper: "a number"}.get(type(h)) or " or ".join(
        repr(w) for w in cast(Choice, h).words
    )
    raise SpecError(
        "operator",
        spec=operator,
        where=h.name,
        problem=f"its default is to be {value!r}",
        remedy=f"Give it {wanted}",
    )


def _exact(value: object) -> str:
    """A number as the text of a default, or nothing."""
    try:
        Fraction(cast(Any, value) if isinstance(value, str) else repr(value))
    except (ValueError, ZeroDivisionError):
        return ""
    return str(value)


def _apart(operator: Alteration, rule: Optimizer) -> Alteration:
    """What has a name of the rule's gets the operator's before its own."""
    taken, own = names(rule), names(operator)
    given, asked = _called(rule), _called(operator)
    clashing = sorted((own - {theta.name}) & taken | asked & given)
    taken |= own | given | asked
    new = {name: fresh([f"{operator.name}_{name}"], taken) for name in clashing}
    keys = {s.key for s in rule.states}
    again = [s.key for s in operator.states if s.key in keys]
    return renamed(operator, new, {key: fresh([f"{operator.name}_{key}"], keys) for key in again})


def _called(of: Optimizer | Alteration) -> set[str]:
    """What its arguments are called, of which several numbers can be one."""
    return {(isinstance(h, Hyper) and h.argument) or h.name for h in of.hyper}


def renamed(of: Declared, new: Mapping[str, str], keys: Mapping[str, str]) -> Declared:
    """A rule or an operator, some of whose names are others.

    Args:
        of: it.
        new: names by those that they had.
        keys: likewise of states in checkpoints.
    """
    if not new and not keys:
        return of
    symbols = _symbols(of, new)

    def at(e: Any) -> Any:
        return e.xreplace(symbols) if isinstance(e, Basic) else e

    def series(each: Series) -> Series:
        return Series(new.get(each.name, each.name))

    return replace(
        of,
        hyper=[_argument(h, new, at) for h in of.hyper],
        states=[
            replace(
                s,
                series=series(s.series),
                init=at(s.init),
                when=at(s.when),
                key=keys.get(s.key, s.key),
            )
            for s in of.states
        ],
        updates=[Update(at(u.target), at(u.value)) for u in of.updates],
        inputs=[replace(i, series=series(i.series), when=at(i.when)) for i in of.inputs],
        outputs=[replace(o, name=new.get(o.name, o.name), value=at(o.value)) for o in of.outputs],
        constraints=[replace(c, condition=at(c.condition)) for c in of.constraints],
        **({} if isinstance(of, Optimizer) else of.others(at, series)),
    )


def _symbols(of: Optimizer | Alteration, new: Mapping[str, str]) -> dict[Basic, Basic]:
    """What stands for what in equations: series, hyperparameters and options."""
    series = (v.args[0] for u in of.updates for v in (u.target, *u.value.atoms(Value)))
    found: dict[Basic, Basic] = {
        x: Symbol(new[x.name], real=True) for x in cast(Iterable[Symbol], series) if x.name in new
    }
    for h in of.hyper:
        other = new.get(h.name)
        if other is None:
            continue
        match h:
            case Hyper():
                found[h.symbol] = Symbol(other, **h.symbol._assumptions_orig)
            case Option():
                found[h.flag] = Flag(other)
            case Choice():
                found |= dict(
                    zip(h.flags.values(), replace(h, name=other).flags.values(), strict=True)
                )
    return found


def _argument(
    h: Hyper | Option | Choice, new: Mapping[str, str], at: Callable[[Any], Any]
) -> Hyper | Option | Choice:
    match h:
        case Hyper():
            argument = new.get(h.argument, h.argument)
            return replace(h, symbol=at(h.symbol), argument=argument, derived=at(h.derived))
        case Option():
            return replace(h, flag=at(h.flag))
        case Choice():
            return replace(h, name=new.get(h.name, h.name))
