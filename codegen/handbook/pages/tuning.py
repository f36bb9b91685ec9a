"""What is worth tuning of a rule: usual values with their sources, and what was measured."""

from collections.abc import Sequence

from ....specs.language import Hyper, Optimizer
from ....specs.language.settings import Setting
from ...loading.load import builtin
from ..markdown import capital, code, figure, folded, table
from ..material import Material
from ..pictures.sensitivity import sensitivity
from ..pictures.shown import Shown
from ..pictures.tried import is_tried
from ..rules.settings import Tuned, tuned
from ..writer import Writer
from .parts import page_link


def measured(spec: Optimizer, material: Material, write: Writer) -> list[Shown]:
    """The picture of the losses by rate; none of a rule that there is none of."""
    is_own = spec.name in material.builtin
    return [sensitivity(spec, material, write.edition)] if is_own and is_tried(spec) else []


def tuning(spec: Optimizer, material: Material, shown: Sequence[Shown], write: Writer) -> str:
    """The section; nothing where nothing is declared of the rule, or of those it grew out of."""
    name, found = tuned(spec)
    if not found:
        return ""
    head = ("argument", "default", "usual", "advice", "said_by")
    rows = [_row(each, spec, write) for each in found]
    said = [
        _about(name, spec, material, write),
        table([write.word(key) for key in head], rows, is_stacked=True),
        _left(found, spec, write) if name == spec.name else "",
        *(folded(write.word("tuning_shown"), figure(*picture)) for picture in shown),
        "" if name == spec.name else _elsewhere(name, material, write),
    ]
    return "\n\n".join(filter(None, said))


def _about(name: str, spec: Optimizer, material: Material, write: Writer) -> str:
    chapter = write.word("tuning_more") if material.is_complete else ""
    if name == spec.name:
        return write.word("tuning_about", more=chapter).strip()
    return write.word("tuning_inherited", rule=_linked(name, material), more=chapter).strip()


def _row(each: Tuned, spec: Optimizer, write: Writer) -> list[str]:
    setting, hyper = each
    return [
        code(_called(hyper, spec)),
        code(hyper.default),
        _usual(setting, write),
        write.word("sentence", text=capital(write.said(setting.doc))),
        write.source(setting.source),
    ]


def _called(hyper: Hyper, spec: Optimizer) -> str:
    """As an argument is written, or a member of one: ``betas[1]``."""
    if not hyper.argument:
        return hyper.name
    members = [h.name for h in spec.hyperparameters if h.argument == hyper.argument]
    return f"{hyper.argument}[{members.index(hyper.name)}]"


def _usual(setting: Setting, write: Writer) -> str:
    if not setting.low:
        return write.word("usual_none")
    if not setting.high:
        return code(setting.low)
    return write.word("usual_range", low=code(setting.low), high=code(setting.high))


def _left(found: Sequence[Tuned], spec: Optimizer, write: Writer) -> str:
    """The arguments of which nothing is said."""
    named = {"lr", *(each.hyper.argument or each.hyper.name for each in found)}
    every = dict.fromkeys(h.argument or h.name for h in spec.hyperparameters)
    left = [code(argument) for argument in every if argument not in named]
    return write.word("tuning_left", names=write.joined(left)) if left else ""


def _elsewhere(name: str, material: Material, write: Writer) -> str:
    """Where the rule that it is set as was measured."""
    rule = next((each for each in material.optimizers if each.name == name), None)
    if rule is None or not is_tried(rule):
        return ""
    return write.word("tuning_measured", rule=page_link(rule))


def _linked(name: str, material: Material) -> str:
    there = {spec.name for spec in material.optimizers}
    return page_link(builtin()[name]) if name in there else name
