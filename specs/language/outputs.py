"""An output: what is made of a parameter and its states beside the steps, none of which reads it.

An average of the parameters, say, or the point to evaluate at: looked at, or put in the place of
the parameters for a while.
"""

from dataclasses import dataclass

from sympy import Expr

from .misuse import expression


@dataclass(frozen=True)
class Output:
    """A named quantity of the parameter's shape.

    Before the first step it is the parameter.

    Args:
        name: what it is asked for by.
        value: an expression in ``theta[t]``, states at t, t, hyperparameters and options: what
            there is after step t. What becomes of an element depends on that element alone.
        doc: what it is for, for a reader of the generated class.
        latex: its notation; that of a state where it is no more than one, else its name.
    """

    name: str
    value: Expr
    doc: str
    latex: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", expression(self.value))

    @property
    def tex(self) -> str:
        return self.latex or rf"\mathrm{{{self.name}}}"
