"""Operators: what rules become other rules by."""

from .alteration import Alteration
from .composition import composed
from .optimizer import Optimizer


class Operator(Alteration):
    """What a rule becomes another rule by: ``lookahead(cautious(adamw), k=5)``.

    It is declared as :class:`.alteration.Alteration` says.
    """

    def __call__(self, rule: Optimizer, *, name: str = "", **settings: object) -> Optimizer:
        """The rule with it.

        Args:
            rule: what it is done to; it may be made by another operator.
            name: of the new rule's class; else that of the rule, behind the operator's.
            settings: other defaults of its own arguments, and the rules that it takes beside.

        Raises:
            SpecError: it is done to something else, the rule has not the parts that it takes, or
                a setting is no argument of it.
        """
        return composed(self, rule, name, settings)
