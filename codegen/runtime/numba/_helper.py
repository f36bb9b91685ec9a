"""How the functions are compiled that kernels call: for kernels alone.

What would let Python or C call them takes Numba a tenth of the time that a kernel's compilation
does, and is never called.
"""

from typing import Any

from numba.extending import register_jitable

FOR_KERNELS: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
INLINED: Any = FOR_KERNELS | {"forceinline": True}

helper: Any = register_jitable(**FOR_KERNELS)
"""Makes a function one that kernels can call."""

inlined: Any = register_jitable(**INLINED)
"""Likewise, and has no call left of it."""
