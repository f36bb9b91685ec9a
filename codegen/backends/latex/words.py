"""How conditions on arguments are said in formulas: ``mode = min``, ``f is given``."""

from ....specs.language import Function, Spec
from .escape import code
from .notation import Names


def words(spec: Spec, names: Names) -> dict[str, str]:
    """The LaTeX of every condition that an argument stands for, by its symbol's name."""
    said = {option.name: code(option.name) for option in spec.options}
    for choice in spec.choices:
        for word, flag in choice.flags.items():
            said[flag.name] = f"{code(choice.name)} = {code(word)}"
    for argument in spec.hyper:
        if isinstance(argument, Function):
            said[argument.flag.name] = rf"{names.of(argument.name).tex} \text{{ is given}}"
    return said
