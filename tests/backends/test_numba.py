"""What the backend of compiled kernels prints beside the kernels' arithmetic."""

from collections.abc import Mapping, Sequence

import pytest
from steprule.codegen.backends import Entry
from steprule.codegen.backends.numba import BY_LINES, REDUCED_BY, NumbaBackend
from steprule.codegen.backends.numba.context import Conditions
from steprule.codegen.loading.load import builtin
from steprule.codegen.program.compiled import compiled

from ..sample import optimizers

OPTIMIZERS = [
    spec
    for name, spec in builtin().items()
    if name in ("Adam", "Lion", "Lamb", "NovoGrad", "SM3") or name in optimizers()
]


def printed() -> dict[str, str]:
    backend = NumbaBackend()
    files = [backend.files(compiled(spec)) for spec in OPTIMIZERS]
    return {name: text for each in (*files, backend.shared(())) for name, text in each.items()}


@pytest.mark.parametrize(
    "part", ["_kernel.py", "_functions.py", "_clipping.py", *REDUCED_BY, *BY_LINES]
)
def test_what_is_compiled_in_changes_the_files_it_is_compiled_into(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numba takes a kernel from its cache unless the kernel's own file has changed."""
    before = printed()
    shared = NumbaBackend.shared

    def changed(self: NumbaBackend, entries: Sequence[Entry]) -> Mapping[str, str]:
        files = shared(self, entries)
        return {**files, part: f"{files[part]}\n# changed\n"}

    monkeypatch.setattr(NumbaBackend, "shared", changed)
    after = printed()
    kernels = {f"{spec.module}.py" for spec in OPTIMIZERS} & before.keys()
    found = {name for name, text in before.items() if after[name] != text}
    elements, totals, lines = {"adam.py", "lion.py"}, {"lamb.py", "novograd.py"}, {"sm3.py"}
    if part in BY_LINES:
        assert lines <= found
        assert not found & (elements | totals)
    elif part in REDUCED_BY:
        assert lines | totals <= found
        assert not found & elements
    else:
        assert found == {*kernels, part}


def test_what_both_branches_ask_tells_kernels_apart_in_either() -> None:
    """Adan's decay is asked for within ``no_prox`` and within its opposite."""
    body = compiled(builtin()["Adan"]).kernel.body
    assert Conditions(body, ()).printed["_has_weight_decay"] == "weight_decay != 0"
