"""A transform: what happens to a gradient before the rule sees it, declared once for all rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from .declarations import Hyper, Update
from .optimizer import Optimizer
from .symbols import Value, t, theta


@dataclass(frozen=True)
class Transform:
    """From the gradient of every tensor to the one that the rule is given in its place.

    It applies where its hyperparameter is set, which is an argument of every generated optimizer.

    Args:
        name: its name; a file of its own has that in lower case.
        summary: one sentence, the first line of the generated docstring.
        source: where it was published.
        hyper: its hyperparameter; the default is for examples, as optimizers leave it unset.
        updates: equations from ``grad(theta[t - 1])`` to the result, in any order. Beside what a
            rule can say they can take the ``global_norm`` over all tensors.
        result: what the rule is given, the target of one of the equations.
        peer: the import path of the function that does this to gradients elsewhere, or empty.
    """

    name: str
    summary: str
    source: str
    hyper: Hyper
    updates: Sequence[Update]
    result: Value
    peer: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "updates", tuple(self.updates))

    @property
    def module(self) -> str:
        """The stem of a generated file of its own."""
        return self.name.lower()

    @cached_property
    def rule(self) -> Optimizer:
        """The rule whose new parameter is the result.

        All that is known of rules then holds for it: when one is valid, what it computes, how it
        is written.
        """
        return Optimizer(
            self.name,
            summary=self.summary,
            source=self.source,
            hyper=(self.hyper,),
            states=(),
            updates=(*self.updates, Update(theta[t], self.result)),
            peer=self.peer,
            step_key="",
        )
