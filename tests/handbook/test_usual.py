"""What a schedule is by default, as its page shows it first, is what it is by default."""

from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.backends.latex.curve import curve
from steprule.codegen.handbook.rules.usual import usual
from steprule.codegen.loading.load import builtin_schedules
from steprule.codegen.program.compiled import compiled
from steprule.specs.language import Choice, Function, Hyper, Option, Schedule
from steprule.specs.language.schedule import lr

BY_DEFAULT = {
    name: found for name, each in builtin_schedules().items() if (found := usual(each)) is not None
}


def without_choices(schedule: Schedule) -> Schedule:
    """With the arguments that its equations read, as an example has them."""
    symbols = {lr, *(s for u in schedule.updates for s in u.value.free_symbols)}
    symbols |= {s for c in schedule.constraints for s in c.condition.free_symbols}
    read = [
        h
        for h in schedule.hyper
        if not isinstance(h, Option | Choice | Function) and h.symbol in symbols
    ]
    symbols |= {
        s for h in read if isinstance(h, Hyper) and h.derived for s in h.derived.free_symbols
    }
    kept = [
        h
        for h in schedule.hyper
        if not isinstance(h, Option | Choice)
        and h.symbol in symbols
        and not (isinstance(h, Function) and h.optional)
    ]
    return replace(schedule, hyper=kept, example=of_numbers(schedule, {h.name for h in kept}))


def of_numbers(schedule: Schedule, names: set[str]) -> dict:
    return {name: value for name, value in schedule.example.items() if name in names}


@pytest.mark.parametrize("name", BY_DEFAULT)
def test_it_gives_the_rates_that_the_defaults_give(name: str) -> None:
    found, schedule = BY_DEFAULT[name], builtin_schedules()[name]
    decided = {h.name for h in schedule.hyper if isinstance(h, Option | Choice)}
    numbers = {n: value for n, value in schedule.example.items() if n not in decided}
    by_flags = curve(compiled(analyse(replace(schedule, example=numbers))))
    alone = curve(compiled(analyse(without_choices(found))))
    # The same numbers, added up in another order.
    assert alone.rates == pytest.approx(by_flags.rates, rel=1e-12)
    if by_flags.momenta[0] is not None:
        assert alone.momenta == pytest.approx(by_flags.momenta, rel=1e-12)


def test_a_cycle_is_a_way_up_and_a_way_down() -> None:
    """Of fifteen equations eight are left, and the rate has two cases."""
    schedule = BY_DEFAULT["OneCycleLR"]
    values = {u.target.name: u.value for u in schedule.updates}
    assert len(values) == 8
    assert len(values["eta"].args) == 2
