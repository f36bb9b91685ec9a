"""What the backend of compiled kernels prints beside the kernels' arithmetic."""

import pytest
from jinja2 import ChoiceLoader, DictLoader
from steprule.codegen.backends.numba import NumbaBackend
from steprule.codegen.loading.load import builtin
from steprule.codegen.program.compiled import CompiledRule
from steprule.specs.language import Optimizer

OPTIMIZERS = [spec for spec in builtin().values() if isinstance(spec, Optimizer)]


def printed() -> dict[str, str]:
    backend = NumbaBackend()
    files = [backend.files(CompiledRule(spec)) for spec in OPTIMIZERS]
    return {name: text for each in (*files, backend.shared(())) for name, text in each.items()}


@pytest.mark.parametrize("part", ["_kernel.py.j2", "_clipping.py.j2"])
def test_what_is_compiled_in_changes_the_files_it_is_compiled_into(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numba takes a kernel from its cache unless the kernel's own file has changed."""
    before = printed()
    loader = NumbaBackend()._templates.loader  # pyright: ignore[reportPrivateUsage]
    assert loader is not None
    backend_init = NumbaBackend.__init__

    def changed(self: NumbaBackend) -> None:
        backend_init(self)
        env = self._templates  # pyright: ignore[reportPrivateUsage]
        source, _, _ = loader.get_source(env, part)
        env.loader = ChoiceLoader([DictLoader({part: f"{source}\n# changed\n"}), loader])

    monkeypatch.setattr(NumbaBackend, "__init__", changed)
    after = printed()
    kernels = {f"{spec.module}.py" for spec in OPTIMIZERS} & before.keys()
    assert len(kernels) > 5
    found = {name for name, text in before.items() if after[name] != text}
    assert found == {*kernels, part.removesuffix(".j2")}
