"""The PyTorch backend: subclasses of torch.optim's classes, with their arguments.

Stages: the compiled program is printed twice. For the loop it is written out (``expand``) as
expressions over one tensor. For foreach it is contracted to torch's own combined calls
(``contract``), linearised and allocated, each instruction one call on lists of tensors. For fused
it is printed by other backends; here is what their kernels are handed. Schedules become classes
around the functions of the step that all Python backends share.
"""

from collections.abc import Mapping, Sequence

from ...program.allocate import Choice
from ...program.compiled import Compiled, CompiledRule, CompiledSchedule, CompiledTransform
from ...program.nodes import Branch
from .. import Entry
from ..clipping import clippings
from ..rendering import environment
from ..schedule_class import schedule_context
from .context import context, foreach_body, loop_body
from .printer import LoopPrinter

_OF_OPTIMIZERS = tuple(
    f"{name}.py"
    for name in (
        *("__init__", "_optimizer", "_clipping", "_compiled", "_locks", "_norms", "_scalars"),
        *("_signals", "_tensors"),
        *("_amp", "_arguments", "_checkpoints", "_options", "_sparse"),
        *("_shards", "_over_ranks", "_partition", "_fitting"),
        *("_batch", "_fused", "_numba", "_openmp", "_triton"),
    )
)
_OF_SCHEDULES = tuple(
    f"lr_scheduler/{name}.py"
    for name in (
        *("__init__", "_arguments", "_composition", "_course", "_drop_in"),
        *("_metric_scheduler", "_rates", "_scheduler"),
    )
)


class TorchBackend:
    """Prints specs as optimizers over torch tensors, and as learning-rate schedulers."""

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

    def files(self, compiled: Compiled) -> Mapping[str, str]:
        name = f"{compiled.spec.module}.py"
        match compiled:
            case CompiledRule():
                template = self._templates.get_template("optimizer.py.j2")
                return {name: template.render(context(compiled) | {"clippings": clippings()})}
            case CompiledSchedule():
                template = self._templates.get_template("lr_scheduler/scheduler.py.j2")
                return {f"lr_scheduler/{name}": template.render(schedule_context(compiled))}
            case CompiledTransform():
                return {"_clipping.py": self.shared(())["_clipping.py"]}

    def shared(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        optimizers = [e for e in entries if not e.is_schedule]
        schedules = [e for e in entries if e.is_schedule]
        shared = dict.fromkeys(_OF_OPTIMIZERS, optimizers)
        if schedules:
            shared |= dict.fromkeys(_OF_SCHEDULES, schedules)
        found = clippings()
        return {
            name: self._templates.get_template(f"{name}.j2").render(
                entries=listed, has_schedulers=bool(schedules), clippings=found
            )
            for name, listed in shared.items()
        }


backend = TorchBackend()
