"""The PyTorch backend: subclasses of torch.optim's classes, with their arguments.

Stages: the compiled program is printed twice. For the loop it is written out (``expand``) as
expressions over one tensor. For foreach it is contracted to torch's own combined calls
(``contract``), linearised and allocated, each instruction one call on lists of tensors. For fused
it is printed by other backends; here is what their kernels are handed. Schedules become classes
around the functions of the step that all Python backends share.
"""

from collections.abc import Mapping, Sequence

from ...program.compiled import Compiled, CompiledRule, CompiledSchedule, CompiledTransform
from ...program.forms import Printer
from .. import Entry
from ..clipping import clippings
from ..points import of_points
from ..rendering import environment
from ..runtime import runtime
from ..schedule_class import schedule_context
from .context import context, foreach_body, loop_body
from .printer import TORCH


class TorchBackend:
    """Prints specs as optimizers over torch tensors, and as learning-rate schedulers."""

    name = "torch"
    comment = "#"

    def __init__(self) -> None:
        self._templates = environment(
            __name__,
            {
                "tensor": Printer(TORCH),
                "loop_body": loop_body,
                "foreach_body": foreach_body,
            },
        )

    def files(self, compiled: Compiled) -> Mapping[str, str]:
        match compiled:
            case CompiledRule():
                template = self._templates.get_template("optimizer.py.j2")
                text = template.render(context(compiled) | {"clippings": clippings()})
                return {f"{compiled.module}.py": text} | of_points(self, compiled)
            case CompiledSchedule():
                template = self._templates.get_template("lr_scheduler/scheduler.py.j2")
                text = template.render(schedule_context(compiled))
                return {f"lr_scheduler/{compiled.module}.py": text}
            case CompiledTransform():
                return {"_clipping.py": self.shared(())["_clipping.py"]}

    def shared(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        found = clippings()
        return runtime("steprule.codegen.runtime.torch", self._templates, entries, clippings=found)


backend = TorchBackend()
