"""An operator: what is done to a rule, whichever it is, declared once.

``lookahead(cautious(adamw), k=5)`` is a rule: operators rewrite equations, so that what they make
is generated, verified, proved and drawn as one. In the equations of an operator stand the
parts of the rule it is done to (:mod:`.parts`):

===================  ============================================================================
``gradient[t]``      what the rule descends by
``direction[t]``     what it moves along: ``theta[t] = kept[t] - rate[t] * direction[t]``
``rate[t]``          the number known before any tensor that stands before it
``kept[t]``          the parameter that it moves, with the rule's own decay
``stepped[t]``       where its step leads, which is to be the operator's to say: ``theta[t]``
``momentum[t]``      its average of gradients, ``forgetting[t]`` and ``added[t]`` what that is
                     multiplied by and what is added to it: ``m[t] = forgetting*m[t-1] + added``
``second_moment[t]`` its average of squared gradients, ``squares[t]`` what is added to it, which
                     is ``second_weight[t] * squared[t]**2``
===================  ============================================================================

An operator gives other values to some of them; whatever of the rule read them reads those. It can
also let the rule move a state of its own in place of the parameter, and step only now and then.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sympy import Basic, Expr, true

from .arguments import Choice
from .declarations import Constraint, Hyper, Option, State, Update
from .inputs import Input
from .misuse import expression, listed
from .outputs import Output
from .symbols import Gradient, Series, Value, t, theta


@dataclass(frozen=True)
class Alteration:
    """What an operator declares.

    Args:
        name: what it is called by, in lower case, with underscores between words.
        adds: what the rule has more, a phrase that stands after "with".
        source: where it was published, with the equation or algorithm number.
        hyper: its hyperparameters, options and choices, which the rule gets by keyword.
        states: what it keeps from one step to the next.
        updates: its equations, in any order, of the parts of the rule beside what a rule can say.
        gives: the new values of parts, each the target of one of the equations: of ``gradient``,
            ``direction``, ``kept``, ``momentum``, ``second_moment``, ``squares``, or of ``grad``,
            the gradient of the loss before the rule gives it a sign.
        moves: the state that the rule steps in place of the parameter. The gradient is still
            taken at the parameter. It has an equation where it does not simply follow.
        when: the condition under which the rule steps, on t, hyperparameters and what its own
            equations compute; at other steps the rule stays as it is.
        clock: the rule's own step count, where it does not step at every t.
        beside: the rules that it takes beside the one that it is done to, by the name of the
            argument: the series that stands for where that rule would lead. ``{argument}`` stands
            for its name in ``adds``.
        inputs: what a step is given beside the gradient.
        outputs: what is made of the parameter and states beside the steps.
        constraints: what its hyperparameters must meet together.

    An operator with an equation for ``theta[t]`` says where the step leads, of ``stepped[t]``.
    """

    name: str
    adds: str
    source: str
    hyper: Sequence[Hyper | Option | Choice] = ()
    states: Sequence[State] = ()
    updates: Sequence[Update] = ()
    gives: Mapping[Series | Gradient, Value] = field(default_factory=lambda: MappingProxyType({}))
    moves: Series | None = None
    when: Basic = true
    clock: Expr = t
    beside: Mapping[str, Series] = field(default_factory=lambda: MappingProxyType({}))
    inputs: Sequence[Input] = ()
    outputs: Sequence[Output] = ()
    constraints: Sequence[Constraint] = ()

    def __post_init__(self) -> None:
        for each in ("hyper", "states", "updates", "inputs", "outputs", "constraints"):
            object.__setattr__(self, each, listed(getattr(self, each)))
        object.__setattr__(self, "clock", expression(self.clock))

    @property
    def title(self) -> str:
        """What the names of the rules begin with that it makes: ``CautiousDecay``."""
        return "".join(word.capitalize() for word in self.name.split("_"))

    @property
    def leads(self) -> bool:
        """Whether it says itself where the step leads."""
        return any(u.target == theta[t] for u in self.updates)

    def others(
        self, at: Callable[[Any], Any], series: Callable[[Series], Series]
    ) -> dict[str, Any]:
        """The fields that rules have not, of other expressions and series."""
        return {
            "gives": {part: at(new) for part, new in self.gives.items()},
            "moves": self.moves and series(self.moves),
            "when": at(self.when),
            "clock": at(self.clock),
            "beside": {argument: series(leads) for argument, leads in self.beside.items()},
        }
