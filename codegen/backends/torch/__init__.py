"""The PyTorch backend: subclasses of torch.optim.Optimizer, with torch.optim's arguments.

Stages: the compiled program is printed twice. For the loop it is written out (``expand``) as
expressions over one tensor. For foreach it is contracted to torch's own combined calls
(``contract``), linearised and allocated, each instruction one call on lists of tensors.
"""

from collections.abc import Mapping, Sequence

from ....specs.language import Schedule, Spec
from ...program.allocate import Choice
from ...program.nodes import Branch
from .. import Entry
from ..rendering import environment
from .context import context


class TorchBackend:
    """Prints specs as optimizers over torch tensors."""

    name = "torch"
    comment = "#"

    def __init__(self) -> None:
        self._templates = environment(
            __name__,
            {
                "is_choice": lambda step: isinstance(step, Choice | Branch),
            },
        )

    def files(self, spec: Spec) -> Mapping[str, str]:
        if isinstance(spec, Schedule):
            return {}
        template = self._templates.get_template("optimizer.py.j2")
        return {f"{spec.module}.py": template.render(context(spec))}

    def shared(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        optimizers = [e for e in entries if not e.is_schedule]
        return {
            name: self._templates.get_template(f"{name}.j2").render(entries=optimizers)
            for name in ("__init__.py", "_optimizer.py", "_scalars.py", "_tensors.py")
        }


backend = TorchBackend()
