"""The equations of a schedule, one under the other, and what stands for other schedules in them."""

from ....specs.language import Schedule, chained, chained_momentum, momentum_of, rate_of
from .printer import LatexPrinter

_HEADS = (rate_of, chained, momentum_of, chained_momentum)

_MEANINGS = {
    "rate_of": r"$S(k, \eta)$ is the rate of a schedule $S$ at step $k$ if it starts from $\eta$",
    "chained": r"$S_i(k, x)$ is the rate of the schedule $S_i$ at step $k$ if it starts from $x$",
    "momentum_of": r"$S^{\mu}(k)$ is the momentum it sets at step $k$, if any",
    "chained_momentum": r"$S^{\mu}(k)$ is the momentum at step $k$ by the last $S_i$ to set one",
    "from_rate": r"$\eta$ is the rate to start from or, where none is given, each schedule's own",
}


def formulas(schedule: Schedule, printer: LatexPrinter) -> list[str]:
    """The equations in execution order, aligned at their equals signs."""
    return [
        f"{printer.expression(update.target)} &= {printer.expression(update.value)}"
        for update in schedule.updates
    ]


def momentum(schedule: Schedule, printer: LatexPrinter) -> str:
    """What is said of the momentum behind the rate; nothing where none is set."""
    if not schedule.sets_momentum:
        return ""
    when = schedule.momentum_when
    condition = "" if when is None else f", if ${printer.condition(when)}$,"
    return rf" and{condition} the momentum $\mu_k$"


def meanings(schedule: Schedule) -> list[str]:
    """What the equations of a schedule made of others call, in words."""
    return [_MEANINGS[key] for key in called(schedule)]


def called(schedule: Schedule) -> list[str]:
    """What the equations of a schedule made of others call, by key."""
    used = {type(head) for u in schedule.updates for head in u.value.atoms(*_HEADS)}
    keys = [head.__name__ for head in _HEADS if head in used]
    return [*keys, "from_rate"] if schedule.composes and schedule.starts_from_rate else keys
