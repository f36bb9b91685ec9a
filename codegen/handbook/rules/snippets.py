"""How to use what is generated: short programs that run, made from the spec."""

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Lambda, true

from ....specs.language import (
    Optimizer,
    Sample,
    Schedule,
    Schedules,
    Source,
    Transform,
    step,
)
from ....specs.language.schedule import Exemplar
from ...analysis.matrices import needs_matrices
from ...backends.signature import Argument, arguments
from ...notation.text import text_of
from ..markdown import environment
from .variants import is_allowed, switches, usual

OWN_PACKAGE = "mine"
"""The folder that someone's own specs are generated into, as the programs import from it."""

_SHOWN = {"momentum": "0.9", "weight_decay": "0.01", "lr_decay": "1e-4"}
"""Values to show of hyperparameters that are 0 by default."""

_MARGIN = 72
_TEMPLATES = environment({})


@dataclass(frozen=True)
class Usage:
    """The same in each package, as the source of whole programs."""

    numpy: str
    torch: str


def optimizer_usage(spec: Optimizer, package: str) -> Usage:
    """A rule at work: with switches on, a schedule, clipping and, in torch, groups."""
    on = _shown(spec)
    values = [f"{a.name}={value}" for a in arguments(spec) if (value := _value(spec, a, on))]
    numbers = {h.name: h for h in spec.hyperparameters}
    rate = numbers["lr"].default if "lr" in numbers else ""
    on_matrices = needs_matrices(spec)
    reads_loss = any(i.source is Source.LOSS for i in spec.inputs)
    has_groups = "weight_decay" in on and not (on_matrices or reads_loss)  # its rate is of all
    groups = '{"params": [model.weight]}, {"params": [model.bias], "weight_decay": 0}'
    parameters = f"[{groups}]" if has_groups else "model.parameters()"
    others = [v for v in values if not v.startswith("lr=")]
    # A rate that is a loss by the gradients' squares has no use for others' squares.
    clip = [] if reads_loss else ["global_clipnorm=1.0"]
    scheduled = [f"lr=CosineAnnealingLR(lr={rate}, T_max=100)"] if rate else []
    from_start = [f"lr={rate}"] if rate else []
    is_asked = any(i.source is Source.GRADIENT for i in spec.inputs)  # again, at other points
    asked = (Source.GRADIENT, Source.LOSS) if is_asked else ()
    given = [i for i in spec.inputs if i.source not in asked and not i.is_random]
    inputs = [(i.name, i.source.value, i.when != true) for i in given]
    shared = {
        "name": spec.name,
        "package": package,
        "rate": rate,
        "inputs": inputs,
        "is_asked": is_asked,
        "reads_loss": reads_loss,
    }
    shared |= {"on_matrices": on_matrices}
    return Usage(
        numpy=_program(
            "optimizer_numpy.py.j2",
            **shared,
            made=call(spec.name, [*scheduled, *others, *clip]),
        ),
        torch=_program(
            "optimizer_torch.py.j2",
            **shared,
            made=call(spec.name, [parameters, *from_start, *others, *clip]),
        ),
    )


def schedule_usage(schedule: Schedule, package: str) -> Usage:
    """A schedule with the arguments of its example, driving an optimizer."""
    inner = {schedule.name, *_names(schedule.example)}
    rate = _rate(schedule.example)
    shared = {
        "schedule": schedule,
        "package": package,
        "names": sorted(inner - {schedule.name}),
        "rate": rate,
    }
    return Usage(
        numpy=_program(
            "schedule_numpy.py.j2", **shared, made=made(schedule, schedule.example, torch=False)
        ),
        torch=_program(
            "schedule_torch.py.j2", **shared, made=made(schedule, schedule.example, torch=True)
        ),
    )


def transform_usage(transform: Transform) -> Usage:
    """A transform as the argument of an optimizer."""
    argument = f"{transform.hyper.name}={transform.hyper.default}"
    return Usage(
        numpy=_program("transform_numpy.py.j2", argument=argument),
        torch=_program("transform_torch.py.j2", argument=argument),
    )


def call(name: str, passed: list[str]) -> str:
    """A call, on one line where it fits."""
    line = f"{name}({', '.join(passed)})"
    if len(line) + len("optimizer = ") <= _MARGIN:
        return line
    return f"{name}(\n" + "".join(f"    {each},\n" for each in passed) + ")"


def made(schedule: Schedule, given: Mapping[str, Exemplar], *, torch: bool) -> str:
    """The schedule with arguments as an example gives them, as source.

    In torch the rate to start from is the optimizer's.
    """
    words = {choice.name for choice in schedule.choices}
    takes_optimizer = torch and not all(isinstance(h, Schedules) for h in schedule.hyper)
    passed = ["optimizer"] if takes_optimizer else []
    for name, value in given.items():
        if name == "lr" and torch:
            continue
        source = f'"{value}"' if name in words else _source(value, schedule, torch)
        passed.append(f"{name}={source}")
    return call(schedule.name, passed)


def _program(template: str, **values: object) -> str:
    return _TEMPLATES.get_template(f"snippets/{template}").render(**values).strip() + "\n"


def _source(value: Exemplar, schedule: Schedule, torch: bool) -> str:
    match value:
        case bool():
            return str(value)
        case str():
            return value
        case Lambda():
            return f"lambda step: {text_of(schedule).expression(value(step))}"
        case Sample():
            return made(value.schedule, value.arguments, torch=torch)
    return f"[{', '.join(_source(entry, schedule, torch) for entry in value)}]"


def _names(given: Mapping[str, Exemplar]) -> set[str]:
    """The schedules in an example."""
    found: set[str] = set()
    for value in given.values():
        for each in value if isinstance(value, tuple | list) else (value,):
            if isinstance(each, Sample):
                found |= {each.schedule.name, *_names(each.arguments)}
    return found


def _rate(given: Mapping[str, Exemplar]) -> str:
    """The rate that an example starts from, where it says so."""
    for value in (given.get("lr"), *given.values()):
        for each in value if isinstance(value, tuple | list) else (value,):
            if isinstance(each, str) and value is given.get("lr"):
                return each
            if isinstance(each, Sample) and (rate := _rate(each.arguments)):
                return rate
    return ""


def _shown(spec: Optimizer) -> frozenset[str]:
    """As many switches as can be on together, of those that have a value to show."""
    on = usual(spec)
    flags = {o.name for o in spec.options} - {"maximize"}
    for name in switches(spec):
        more = on | {name}
        if (name in flags or name in _SHOWN) and is_allowed(spec, more):
            on = more
    return on


def _value(spec: Optimizer, argument: Argument, on: frozenset[str]) -> str:
    """What to pass for an argument; nothing where its default will do."""
    if argument.is_option:
        return "True" if argument.name in on else ""
    return _SHOWN[argument.name] if argument.name in on - usual(spec) else ""
