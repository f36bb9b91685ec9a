"""Names that the language, Python or a backend needs for itself."""

import builtins
import keyword

LANGUAGE = frozenset({"t", "theta", "grad"})

BACKENDS = frozenset(
    {
        # parameters, gradients and bookkeeping in every generated class
        *("params", "param", "grads", "gradient", "self", "cls", "state", "states", "step"),
        *("steps", "first", "scratch", "out", "block", "index", "size", "dtype", "device"),
        *("update", "state_dict", "load_state_dict", "engine"),
        # what generated files call by name
        *("norms", "one_minus_power", "require", "rule", "scalars"),
        # what kernels take, and count with
        *("table", "numbers", "number", "begin", "end", "clip", "stored", "real", "row", "offset"),
        # modules that generated files import
        *("clipping", "kernel", "options"),
        *("np", "numpy", "torch", "math", "triton", "tl", "numba", "typing", "steprule"),
        # arguments, and keys of parameter groups, that all torch optimizers share
        *("group", "groups", "param_groups", "defaults", "closure", "loss", "foreach"),
        *("capturable", "differentiable", "fused", "initial_lr", "grad_scale", "found_inf"),
    }
)

TRANSFORMS = frozenset({"clipvalue", "clipnorm", "global_clipnorm", "error_if_nonfinite"})
"""The arguments by which every optimizer's gradients are clipped: no rule can have its own."""

BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))

CLASSES = BUILTINS | {
    *("Optimizer", "Array", "Engine", "Rate", "Step"),
    *("Group", "Parameter", "Params", "Scalar", "Tensor", "Tensors"),
}
"""What no optimizer can be called."""

PREFIXES = ("_", "tmp")


def objection(name: str) -> str:
    """Why no hyperparameter, option, state or intermediate can have this name; or nothing."""
    if not name.isidentifier():
        return "is no Python identifier"
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        return "is a Python keyword"
    if name in BUILTINS:
        return "is the name of a Python builtin"
    if name in LANGUAGE:
        return "belongs to the language specs are written in"
    if name in BACKENDS:
        return "is a name generated code uses itself"
    if name.startswith(PREFIXES):
        return f"starts with {' or '.join(PREFIXES)}, as names in generated code do"
    return ""


def class_objection(name: str) -> str:
    """Why no optimizer can have this name; or nothing."""
    if not (name.isidentifier() and name.isascii()):
        return "is no Python class name"
    if not name[0].isupper():
        return "does not start with a capital, and so would be its own module's name"
    if keyword.iskeyword(name) or keyword.iskeyword(name.lower()):
        return "is, or names a module that is, a Python keyword"
    if name in CLASSES:
        return "is a class generated code uses itself"
    return ""
