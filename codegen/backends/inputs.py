"""The inputs of a rule, as the templates of classes in Python say them."""

from dataclasses import dataclass

from sympy import true

from ...specs.language import Optimizer
from ..notation.text import text_of
from ..program.forms import Printer
from ..program.lower import lower_expression


@dataclass(frozen=True)
class InputText:
    """An input, as text.

    Args:
        name: its name.
        source: what it is, a word that the runtime knows.
        doc: what it is, for a reader.
        is_tensor: whether there is a number for each element.
        is_random: whether a step draws it itself.
        when: the condition under which a step reads it, for a reader; empty for always.
        test: the same, as Python.
    """

    name: str
    source: str
    doc: str
    is_tensor: bool
    is_random: bool
    when: str
    test: str


def inputs_as_text(spec: Optimizer, attribute: Printer) -> list[InputText]:
    """The inputs of an analysed spec.

    Args:
        spec: the spec.
        attribute: prints hyperparameters as the class holds them.
    """
    text, host = text_of(spec), attribute.beside({"first": "(t == 1)"})
    return [
        InputText(
            name=i.name,
            source=i.source.value,
            doc=i.doc,
            is_tensor=i.is_tensor,
            is_random=i.is_random,
            when="" if i.when == true else text.condition(i.when),
            test="" if i.when == true else host(lower_expression(spec, i.when)),
        )
        for i in spec.inputs
    ]
