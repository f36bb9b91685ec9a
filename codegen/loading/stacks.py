"""Rules written as operators done to others: ``lookahead(cautious(adamw), k=5)``.

An operator of somebody's own has its file before its name: ``mine.py:damped(adamw)``.
"""

import re
from collections.abc import Callable

from ...specs.language import Operator, Optimizer, Spec, SpecError
from ..analysis.nearby import suggestion
from .declared import declared_in
from .executed import Executed, executed

_OPERATOR = r"\s*(?:([^()=,]+\.py):\s*)?([^\W\d]\w*)\s*\("
_CALL = re.compile(_OPERATOR + r"(.*)\)\s*", re.DOTALL)
_SETTING = re.compile(r"\s*([^\W\d]\w*)\s*=\s*(.*?)\s*", re.DOTALL)
_NAME = "name"


def operators() -> dict[str, Operator]:
    """The operators of this package by name, in alphabetical order."""
    # Imported here, as few commands ask for an operator, and there are many.
    from ...specs import operators as package

    return {o.name: o for o in sorted(declared_in(package, Operator), key=lambda o: o.name)}


def is_stack(reference: str) -> bool:
    """Whether it is written as an operator done to something."""
    return re.match(_OPERATOR, reference) is not None


def stack(reference: str, load: Callable[[str], list[Spec]]) -> Optimizer:
    """The rule that a reference stands for.

    Args:
        reference: an operator's name, behind ``path/to/file.py:`` where it is somebody's own, and
            in parentheses what it is done to: another such reference, or what ``load`` knows;
            then ``argument=value`` for other defaults of its own, or a rule that it takes beside;
            and ``name=Name`` for the name of the class.
        load: gives the specs that any other reference stands for.

    Raises:
        SpecError: there is no such operator or file, or it cannot be done to this.
    """
    if not is_stack(reference):
        return _one(reference.strip(), load)
    match = _CALL.fullmatch(reference)
    if match is None:
        raise _misspelt(reference, reference)
    path, name, within = match.groups()
    operator = _own(path, name, reference) if path else _named(name, reference)
    rule, *others = _arguments(within, reference)
    settings: dict[str, object] = dict(_setting(each, reference) for each in others)
    called = str(settings.pop(_NAME, ""))
    for argument in operator.beside.keys() & settings.keys():
        settings[argument] = stack(str(settings[argument]), load)
    return operator(stack(rule, load), name=called, **settings)


def _named(name: str, reference: str) -> Operator:
    known = operators()
    if name.lower() in known:
        return known[name.lower()]
    raise SpecError(
        "unknown-operator",
        spec=reference,
        where=name,
        problem="no operator has this name",
        remedy=f"{suggestion(name, known)}There are {', '.join(known)}",
    )


def operators_of(file: Executed) -> dict[str, Operator]:
    """The operators that a file binds to names without a leading underscore."""
    ours = () if file.is_ours else operators().values()
    bound = ((n, o) for n, o in file.names.items() if isinstance(o, Operator) and n[0] != "_")
    return {name: each for name, each in bound if each not in ours}


def _own(path: str, name: str, reference: str) -> Operator:
    """The operator of a file that is bound to a name or called by it."""
    file = executed(path.strip())
    found = operators_of(file)
    called = {o.name.lower(): o for o in found.values()}
    if operator := found.get(name) or called.get(name.lower()):
        return operator
    holds = f"The file holds {', '.join(found)}" if found else "The file holds no operator"
    if name.lower() in operators():
        holds = f"That of this package is written without the file: {name}(...)"
    is_rule = isinstance(file.names.get(name), Optimizer)
    raise SpecError(
        "unknown-operator",
        spec=reference,
        where=f"{path}:{name}",
        problem=f"{name} is a rule, and not an operator that is done to one"
        if is_rule
        else "no operator in the file is bound to this name or called by it",
        remedy=f"{suggestion(name, [*found, *called])}{holds}",
    )


def _one(reference: str, load: Callable[[str], list[Spec]]) -> Optimizer:
    found = load(reference)
    if len(found) == 1 and isinstance(found[0], Optimizer):
        return found[0]
    is_schedule = len(found) == 1
    raise SpecError(
        "operator",
        spec=reference,
        where="rule",
        problem="it is a schedule" if is_schedule else f"it holds {len(found)} specs",
        remedy="Operators are done to optimizers"
        if is_schedule
        else f"Name the one: {reference}:{found[0].name}",
    )


def _arguments(text: str, reference: str) -> list[str]:
    """What stands between the commas that stand in no parentheses."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            break
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    if depth or not all(part.strip() for part in parts):
        raise _misspelt(reference, text)
    return parts


def _misspelt(reference: str, where: str) -> SpecError:
    return SpecError(
        "operator",
        spec=reference,
        where=where,
        problem="a parenthesis is missing, or there is nothing before or behind a comma",
        remedy="Write it as in lookahead(cautious(adamw), k=5)",
    )


def _setting(text: str, reference: str) -> tuple[str, str | bool]:
    match = _SETTING.fullmatch(text)
    if match is None:
        raise SpecError(
            "operator",
            spec=reference,
            where=text.strip(),
            problem="an operator is done to one rule, and this is no argument=value",
            remedy="Write it as in lookahead(adamw, k=5)",
        )
    name, value = match.groups()
    value = value.strip("\"'")
    return name, {"True": True, "False": False}.get(value, value)
