"""A GPU that is not there, for which Triton compiles."""

from triton.backends.compiler import GPUTarget


class Elsewhere:
    """What Triton asks of a GPU before it compiles."""

    def __init__(self, capability: int) -> None:
        self.target = GPUTarget("cuda", capability, 32)

    def get_current_target(self) -> GPUTarget:
        return self.target

    def get_current_device(self) -> int:
        return self.target.arch  # each capability is a device of its own

    def get_current_stream(self, device: int) -> int:
        return 0
