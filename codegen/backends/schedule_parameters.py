"""The arguments of a schedule's class: types, defaults, documentation, what is tested."""

from dataclasses import dataclass
from fractions import Fraction

from ...specs.language import Choice, Function, Interval, Numbers, Option, Schedules
from ...specs.language.schedule import Argument
from ..program.forms import literal


@dataclass(frozen=True)
class Parameter:
    """One argument of a schedule's class.

    Args:
        name: its name.
        annotation: its type, as Python source.
        default: its default as Python source, or an empty string.
        keyword: it can be passed by keyword only.
        doc: what it is and can be, in words.
        test: what must hold of its value, or of each entry, with ``{}`` for it, as Python source.
        domain: the same in words.
        may_be_none: None stands for what follows from others, or for nothing.
        is_list: it is a list, each of whose entries is tested.
        increasing: no entry is smaller than the one before it.
        per_group: there can be one for each group of parameters.
        is_function: it is a function.
        is_schedule: it is another schedule, or a list of them.
    """

    name: str
    annotation: str
    default: str
    keyword: bool
    doc: str
    test: str
    domain: str
    may_be_none: bool = False
    is_list: bool = False
    per_group: bool = False
    increasing: bool = False
    is_function: bool = False
    is_schedule: bool = False

    def test_of(self, value: str) -> str:
        """The test of a value, as Python source."""
        if self.is_list:
            each = f"all({self.test.format(*['x'] * 2)} for x in {value})"
            return f"{each} and is_sorted({value})" if self.increasing else each
        test = self.test.format(*[value] * 2)
        return f"{value} is None or ({test})" if self.may_be_none else test


def parameter(argument: Argument) -> Parameter:
    """What a class takes for an argument of a schedule."""
    name, doc = argument.name, argument.doc
    match argument:
        case Option():
            default = str(argument.default)
            keyword = argument.keyword
            return Parameter(name, "bool", default, keyword, doc, "", "")
        case Choice():
            listed = ", ".join(f'"{word}"' for word in argument.words)
            domain = f"one of {listed}"
            test = f"{{}} in ({listed})"
            default = f'"{argument.default}"'
            return Parameter(name, f"Literal[{listed}]", default, False, doc, test, domain)
        case Function():
            optional = argument.optional
            return Parameter(
                name,
                "Function | None" if optional else "Function",
                "None" if optional else "",
                False,
                doc,
                "callable({})",
                "a function of a whole number",
                may_be_none=optional,
                per_group=argument.per_group,
                is_function=True,
            )
        case Schedules():
            kind = "Sequence[Schedule]" if argument.many else "Schedule"
            return Parameter(
                name,
                kind,
                "",
                False,
                doc,
                "is_schedule({})",
                "a list of schedules of this package, at least one"
                if argument.many
                else "a schedule of this package",
                is_list=argument.many,
                is_schedule=True,
            )
        case Numbers():
            domain = f"a list of {_allowed(argument.is_whole, argument.domain, many=True)}"
            described = _domain(argument.is_whole, argument.domain, "each")
            if argument.increasing:
                domain += ", none below the one before it"
                described += ", each at least the one before it"
            kind = "Sequence[int]" if argument.is_whole else "Sequence[float]"
            test = _test(argument.is_whole, argument.domain)
            return Parameter(
                name,
                kind,
                "",
                False,
                f"{doc}; {described}",
                test,
                domain,
                is_list=True,
                increasing=argument.increasing,
            )
    left_out = argument.derived is not None or argument.omissible
    domain = _allowed(argument.is_whole, argument.domain) + (", or None" if left_out else "")
    kind = "int" if argument.is_whole else "float"
    default = "None" if left_out else _source(argument.default)
    if argument.derived is not None:
        doc = f"{doc}; by default {argument.derived}"
    return Parameter(
        name,
        f"{kind} | None" if left_out else kind,
        default,
        argument.keyword,
        f"{doc}, ``{argument.domain.describe(name)}``",
        _test(argument.is_whole, argument.domain),
        domain,
        may_be_none=left_out,
        per_group=argument.per_group,
    )


def _source(default: object) -> str:
    text = str(default)
    return text if "/" not in text else literal(Fraction(text))


def _domain(whole: bool, domain: Interval, name: str) -> str:
    bounded = domain.low is not None or domain.high is not None
    kind = _kind(whole)
    return f"{kind}, {domain.describe(name)}" if bounded else kind


def _allowed(whole: bool, domain: Interval, *, many: bool = False) -> str:
    """What a number has to be, as a message says it: ``a whole number of at least 1``."""
    kind = ("whole number" if whole else "number") if many else _kind(whole)
    kind += "s" if many else ""
    low = f"{'above' if domain.low_open else 'of at least'} {domain.low}"
    high = f"{'below' if domain.high_open else 'of at most'} {domain.high}"
    if domain.low is None or domain.high is None:
        bound = low if domain.low is not None else high if domain.high is not None else ""
        return f"{kind} {bound}".rstrip()
    if not (domain.low_open or domain.high_open):
        return f"{kind} from {domain.low} to {domain.high}"
    return f"{kind} {low} and {high.removeprefix('of ')}"


def _kind(whole: bool) -> str:
    return "a whole number" if whole else "a number"


def _test(whole: bool, domain: Interval) -> str:
    test = "is_whole({})" if whole else "is_number({})"
    described = domain.describe("{}")
    return test if described == "{}" else f"{test} and {described}"
