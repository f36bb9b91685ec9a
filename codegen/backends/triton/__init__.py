"""The Triton backend: kernels alone, which torch's fused engine launches on a GPU.

Stages: the compiled program is written out (``expand``) and its new values moved to their slots
(``settle``); ``context`` names what its conditions compare, so that a kernel is compiled for the
answers; ``printer`` prints it as a function of the elements of tensors. The kernel proper is one
for all rules: it goes through the memory of a whole model and applies that function. A rule that
reduces tensors is a function for each of its stages, and two kernels for all rules apply them. One
that reduces rows or columns, or multiplies matrices, has no kernel, and its file says so.
"""

from collections.abc import Mapping, Sequence

from ...loading.fingerprint import fingerprint
from ...program.compiled import Compiled, CompiledRule, CompiledSchedule, CompiledTransform
from .. import Entry
from ..clipping import clippings
from ..points import of_points
from ..rendering import environment
from ..runtime import runtime
from .clipping import functions
from .context import context
from .stages import stages_context


class TritonBackend:
    """Prints specs as functions that Triton compiles."""

    name = "triton"
    comment = "#"

    def __init__(self) -> None:
        self._templates = environment(__name__, {"functions": functions})

    def files(self, compiled: Compiled) -> Mapping[str, str]:
        match compiled:
            case CompiledRule():
                found = {f"{compiled.module}.py": self._rule(compiled)}
                return found | of_points(self, compiled)
            case CompiledSchedule():
                return {}
            case CompiledTransform():
                return {"_clipping.py": self.shared(())["_clipping.py"]}

    def _rule(self, compiled: CompiledRule) -> str:
        spec = compiled.spec
        get = self._templates.get_template
        try:
            if compiled.stages and not compiled.stages.are_flat:
                raise NotImplementedError("it reduces rows or columns")
            if compiled.stages:
                return get("stages.py.j2").render(stages_context(compiled, compiled.stages))
            return get("optimizer.py.j2").render(context(compiled))
        except NotImplementedError as error:
            return (
                f'"""{spec.name} has no kernel, which sees one element at a time: {error}."""\n\n'
                f'FINGERPRINT = "{fingerprint(spec)}"\n'
            )

    def shared(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        found = clippings()
        return runtime("steprule.codegen.runtime.triton", self._templates, entries, clippings=found)


backend = TritonBackend()
