"""What was found, as a person reads it."""

from collections.abc import Iterator, Mapping

import numpy as np

from .audit import Audit, Witness
from .returned import clause
from .shape_names import shape_name
from .trial import Floats, Moment

_DIGITS = 10


def report(found: Audit) -> str:
    """Some lines: the verdict first, then where they part, then what was tried."""
    return "\n".join([_verdict(found), *_details(found), *_tried(found)])


def _verdict(found: Audit) -> str:
    name = f"{found.against} ({found.version})" if found.version else found.against
    ours = found.spec.module
    if found.witness is None and found.refusals:
        return (
            f"{name} raises an error with some settings; else it agrees with {ours}: {_far(found)}"
        )
    if found.witness is None:
        return f"{name} agrees with {ours}: {_far(found)}"
    if found.rounds:
        return f"{name} differs from {ours} by about the rounding of {found.rounds}: {_size(found)}"
    return f"{name} differs from {ours}: {_size(found)}"


def _far(found: Audit) -> str:
    return f"within {found.far.ulp:.3g} ulp, {found.far.relative:.2g} of the way"


def _size(found: Audit) -> str:
    assert found.witness
    return f"in {found.parted} of {found.trials} trials"


def _details(found: Audit) -> Iterator[str]:
    if found.dialect:
        yield f"It agrees with {found.dialect}."
    if found.witness:
        yield from _witness(found.witness, found.spec.module)
    for refusal in found.refusals:
        with_ = written_settings(refusal.settings) or "all arguments at their defaults"
        yield f"With {with_} {clause(refusal.said)}"
    for shape, said in found.refused_shapes.items():
        yield f"A parameter of shape {shape_name(shape)} it refuses: {said}"
    if found.fixed:
        yield f"A rate that varies it refuses: {found.fixed}"
    for name, step in found.states.items():
        if step is not None:
            yield f"The parameters agree, but what it keeps as {name} differs in step {step}."


def _witness(witness: Witness, ours: str) -> Iterator[str]:
    found, trial = witness.found, witness.found.trial
    state = witness.state or "theta"
    called = f" ({witness.there})" if witness.there not in ("", state) else ""
    then = f", and the parameter in step {witness.parting.step}" if witness.state else ""
    yield f"First in step {witness.since}, state {state}{called}{then}, with"
    yield f"  {written_settings(_numbers(witness)) or 'all arguments at their defaults'}"
    if trial.dtype != "float64":
        yield f"  parameters in {trial.dtype}"
    yield f"  theta[0] = {_arrays(trial.starts)}"
    for index, gradients in enumerate(trial.gradients):
        step = index + 1
        rate = f", lr = {trial.rates[index]:g}" if trial.rates else ""
        pull = f" + {trial.pull:g}*theta" if trial.pull else ""
        yield f"  step {step}: gradient {_arrays(gradients)}{pull}{rate}"
        yield f"    theta = {_arrays(found.ours[index].theta)} of {ours}"
        yield f"            {_arrays(found.theirs[index].theta)} there"
        if witness.state:
            a = _state(found.ours[index], witness.state)
            b = _state(found.theirs[index], witness.there)
            yield f"    {state} = {a} of {ours}, {b} there"


def _numbers(witness: Witness) -> Mapping[str, float | bool | str]:
    return {
        n: x for n, x in witness.matters.items() if not (n == "lr" and witness.found.trial.rates)
    }


def _state(moment: Moment, name: str) -> str:
    return _arrays(moment.states[name]) if name in moment.states else "nothing"


def _tried(found: Audit) -> Iterator[str]:
    shapes = ", ".join(map(shape_name, found.shapes))
    pairs = ", ".join(n if n == x else f"{n} = {x}" for n, x in found.pairs.items())
    yield f"Tried: {found.trials} trials in {found.dtype}, parameters of shapes {shapes}."
    yield (
        f"Arguments: {pairs or 'none'}."
        + (f" Set: {written_settings(found.given)}." if found.given else "")
        + (f" Held: {written_settings(found.held)}." if found.held else "")
    )
    if alone := [n for n in found.ours_alone if n not in found.held]:
        yield f"At their defaults, as nothing there is like them: {', '.join(alone)}."
    if found.theirs_alone:
        yield f"At their defaults there: {written_settings(found.theirs_alone)}."
    if found.states:
        yield f"States compared: {', '.join(found.states)}."


def written_settings(values: Mapping[str, object]) -> str:
    """Arguments as they are given: ``lr=1, amsgrad=True``."""
    return ", ".join(
        f"{n}={x:.10g}" if isinstance(x, float) else f"{n}={x!r}" for n, x in values.items()
    )


def _arrays(arrays: tuple[Floats, ...]) -> str:
    return "; ".join(_array(np.asarray(x, np.float64)) for x in arrays)


def _array(x: Floats) -> str:
    with np.printoptions(precision=_DIGITS, threshold=20):
        return f"{float(x):.{_DIGITS}g}" if x.ndim == 0 else " ".join(str(x).split())
