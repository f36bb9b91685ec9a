"""What the templates of all backends in Python are filled with about the clipping of gradients."""

from dataclasses import dataclass
from functools import cache

from ...specs.language import Transform
from ..loading.load import transforms
from ..notation.text import text_of
from ..program.compiled import compiled
from ..program.cut import Parts
from ..program.operations import GLOBAL_NORM, NORM
from .signature import Argument, arguments

_REACHES = {None: "", NORM: "tensor", GLOBAL_NORM: "all"}
"""Over what a gradient is reduced: nothing, its own tensor, or all of them."""


@dataclass(frozen=True)
class Clipping:
    """One way of clipping.

    Args:
        spec: its declaration.
        argument: the optimizers' argument that sets the limit.
        parts: its program.
        reach: what its scale depends on: nothing (and then there is none), ``"tensor"`` or
            ``"all"``.
    """

    spec: Transform
    argument: Argument
    parts: Parts
    reach: str

    @property
    def scalar(self) -> str:
        """The name of the number that the elementwise part takes."""
        return self.parts.scale.target.id if self.parts.scale else self.argument.name

    @property
    def equations(self) -> list[str]:
        text = text_of(self.spec.rule)
        return [text.equation(u) for u in self.spec.updates]

    @property
    def domain(self) -> str:
        return self.spec.hyper.domain.describe(self.argument.name)


@cache
def clippings() -> tuple[Clipping, ...]:
    """Every way of clipping there is, the ones that look furthest last.

    Raises:
        NotImplementedError: a transform is none of the kinds that generated code knows.
    """
    found: list[Clipping] = []
    for spec in transforms().values():
        parts = compiled(spec).parts
        if parts.reduction not in _REACHES:
            raise NotImplementedError(f"{spec.name} needs {parts.reduction} of the gradient")
        (argument,) = arguments(spec.rule)
        found.append(Clipping(spec, argument, parts, _REACHES[parts.reduction]))
    reaches = list(_REACHES.values())
    return tuple(sorted(found, key=lambda c: reaches.index(c.reach)))
