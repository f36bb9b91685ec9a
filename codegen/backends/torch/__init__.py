"""The PyTorch backend: subclasses of torch.optim.Optimizer, with torch.optim's arguments.

Stages: the compiled program is printed twice. For the loop it is written out (``expand``) as
expressions over one tensor. For foreach it is contracted to torch's own combined calls
(``contract``), linearised and allocated, each instruction one call on lists of tensors. For fused
it is printed by other backends; here is what their kernels are handed.
"""

from collections.abc import Mapping, Sequence

from ....specs.language import Schedule, Spec, Transform
from ...program.allocate import Choice
from ...program.nodes import Branch
from .. import Entry
from ..clipping import clippings
from ..rendering import environment
from .context import context, foreach_body, loop_body
from .printer import LoopPrinter

_SHARED = (
    *("__init__", "_optimizer", "_clipping", "_scalars", "_tensors"),
    *("_fused", "_numba", "_triton"),
)


class TorchBackend:
    """Prints specs as optimizers over torch tensors."""

    name = "torch"
    comment = "#"

    def __init__(self) -> None:
        self._templates = environment(
            __name__,
            {
                "is_choice": lambda step: isinstance(step, Choice | Branch),
                "tensor": LoopPrinter(),
                "loop_body": loop_body,
                "foreach_body": foreach_body,
            },
        )

    def files(self, spec: Spec | Transform) -> Mapping[str, str]:
        if isinstance(spec, Transform):
            return {"_clipping.py": self.shared(())["_clipping.py"]}
        if isinstance(spec, Schedule):
            return {}
        template = self._templates.get_template("optimizer.py.j2")
        return {f"{spec.module}.py": template.render(context(spec) | {"clippings": clippings()})}

    def shared(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        names = [f"{name}.py" for name in _SHARED]
        optimizers = [e for e in entries if not e.is_schedule]
        found = clippings()
        return {
            name: self._templates.get_template(f"{name}.j2").render(
                entries=optimizers, clippings=found
            )
            for name in names
        }


backend = TorchBackend()
