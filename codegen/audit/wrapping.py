"""An optimizer that is made of another: ``schedulefree:ScheduleFreeWrapper(torch.optim:SGD)``.

What wraps, and what is wrapped, as one thing that is made with the arguments of both. Where both
have an argument of one name, that of what wraps is ``outer_name``; but one that it needs is given
to both.
"""

import inspect
from collections.abc import Sequence
from inspect import Parameter, Signature
from typing import Any

WRAPPED = ("optimizer", "base", "base_optimizer", "inner_optimizer", "opt")
"""What the argument is called that another optimizer is given as."""


def parameters_of(made_by: Any) -> tuple[Parameter, ...]:
    """What a callable takes; nothing where it does not say."""
    try:
        return tuple(inspect.signature(made_by).parameters.values())
    except (TypeError, ValueError):
        return ()


def takes_parameters(names: Sequence[str]) -> bool:
    """Whether something with these arguments is an optimizer of torch, made of parameters."""
    return bool(names) and names[0] in ("params", "parameters")


def wrapping(outer: Any, inner: Any) -> Any:
    """What makes one optimizer of both, of torch or of optax.

    Raises:
        TypeError: nothing can be wrapped by it.
    """
    own, base = parameters_of(outer), parameters_of(inner)
    slot = next((p.name for p in own if p.name in WRAPPED), None)
    if slot is None:
        raise TypeError(f"it has no argument that wraps an optimizer: {', '.join(WRAPPED)}")
    of_torch = takes_parameters([p.name for p in base])
    asks = takes_parameters([p.name for p in own])  # it makes the base itself, of parameters
    theirs = [p for p in base[of_torch:] if p.kind not in _ANY]
    ours = [p for p in own[asks:] if p.name != slot and p.kind not in _ANY]
    met = {p.name for p in theirs} & {p.name for p in ours} if not asks else set[str]()
    both = {p.name for p in ours if p.name in met and p.default is p.empty}
    outers = {f"outer_{p.name}" if p.name in met else p.name: p for p in ours if p.name not in both}

    def made(*params: Any, **given: Any) -> Any:
        above = {p.name: given.pop(name) for name, p in outers.items() if name in given}
        above |= {name: given[name] for name in both if name in given}
        if asks:
            return outer(*params, **{slot: inner}, **above, **given)
        return outer(inner(*params, **given), **above)

    shown = [Parameter("params", Parameter.POSITIONAL_OR_KEYWORD)] if of_torch else []
    named = {**{p.name: p for p in theirs}, **outers}
    shown += [p.replace(name=n, kind=Parameter.KEYWORD_ONLY) for n, p in named.items()]
    made.__signature__ = Signature(shown)  # pyright: ignore[reportFunctionMemberAccess]
    return made


_ANY = (Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL)
