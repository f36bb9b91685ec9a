"""Optimizers generated from equations: ``steprule.numpy``, ``steprule.torch``, ``steprule.latex``.

:func:`compile` makes one of a rule where a program asks for it. What that takes, SymPy above all, is
imported then; all else here needs NumPy or torch alone.
"""

import re
import sys
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from os import PathLike

    from .specs.language import Spec  # pyright: ignore

__all__ = ["compile"]


def compile(  # noqa: A001 (it is called steprule.compile)
    rule: "str | PathLike[str] | Spec", backend: Literal["numpy", "torch"] = "torch"
) -> type[Any]:
    """The class of a rule: an optimizer's or, of a schedule, a scheduler's.

    It is used like those that can be imported, with which it shares base classes and engines, has
    source that ``inspect`` and tracebacks show, and can be pickled. The same rule, said in whatever
    way, is the same class; one that this package has is the one that can be imported.

    What is generated is kept in the user's cache folder, by what the rule declares and the version
    of steprule; what has not been used for 30 days is removed when something else is compiled.

    Args:
        rule: what the command line takes, ``"lookahead(cautious(adamw), k=5)"``, ``"adam"``,
            ``"my.py:rule"``; or what Python made of it, an ``Optimizer`` or a ``Schedule``.
        backend: which classes.

    Raises:
        ModuleNotFoundError: the extra ``codegen`` is not installed.
        SpecError: the rule does not exist, or is not valid; of ``steprule.specs.language``.
        TypeError: it is no rule.
        ValueError: there is no such backend.
        NotImplementedError: the backend has no form for something in it.

    Example:
        >>> Rule = steprule.compile("lookahead(cautious(adamw))")
        >>> optimizer = Rule(model.parameters(), lr=1e-3, k=5)
    """
    from .codegen.needs import advice  # pyright: ignore

    try:
        from .codegen.compiling.classes import class_of  # pyright: ignore

        return class_of(rule, backend)
    except ModuleNotFoundError as error:
        if said := advice(error.name, "compile a rule"):
            raise ModuleNotFoundError(said, name=error.name) from None
        raise


class _Compiled:
    """Finds modules of compiled classes by their names, here and where something is unpickled."""

    _NAME = re.compile(rf"{__name__}(\.\w+){{1,2}}\.\w+_[0-9a-f]{{16}}")

    @classmethod
    def find_spec(
        cls, name: str, path: object = None, target: object = None
    ) -> "ModuleSpec | None":
        if cls._NAME.fullmatch(name) is None:
            return None
        from .codegen.compiling.finding import module_spec  # pyright: ignore

        return module_spec(name)


sys.meta_path.append(_Compiled)

if "IPython" in sys.modules:
    from ._notebooks import show_rules

    show_rules()
