"""What was found, as JSON has it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...specs.language import Optimizer
from .audit import Audit, Witness
from .shape_names import shape_name
from .words import as_words


def facts(found: Audit) -> dict[str, Any]:
    """All of it, in plain values; numbers that JSON has not are words."""
    return {
        "spec": found.spec.name,
        "against": found.against,
        "version": found.version,
        "agrees": found.agrees,
        "dtype": found.dtype,
        "relative": plain(found.far.relative),
        "ulp": plain(found.far.ulp),
        "trials": found.trials,
        "parted": found.parted,
        "shapes": [list(shape) for shape in found.shapes],
        "refused_shapes": {shape_name(s): said for s, said in found.refused_shapes.items()},
        "raises": [{"settings": plain(r.settings), "said": r.said} for r in found.refusals],
        "arguments": dict(found.pairs),
        "given": plain(found.given),
        "held": plain(found.held),
        "ours_alone": list(found.ours_alone),
        "theirs_alone": plain(found.theirs_alone),
        "states": dict(found.states),
        "refuses_rates": found.fixed or None,
        "rounds_in": found.rounds or None,
        "dialect": found.dialect or None,
        "witness": _witness(found.spec, found.witness) if found.witness else None,
    }


def _witness(spec: Optimizer, witness: Witness) -> dict[str, Any]:
    trial = witness.found.trial
    return {
        "step": witness.since,
        "step_of_parameter": witness.parting.step,
        "relative": plain(witness.parting.relative),
        "state": witness.state or "theta",
        "state_there": witness.there or None,
        "settings": plain(witness.matters),
        "hyper": plain(trial.hyper),
        "options": plain(as_words(spec, trial.options)),
        "rates": plain(trial.rates),
        "start": plain(trial.starts),
        "gradients": plain(trial.gradients),
        "ours": [plain(m.theta) for m in witness.found.ours],
        "theirs": [plain(m.theta) for m in witness.found.theirs],
    }


def plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): plain(x) for name, x in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else str(value)
    if isinstance(value, Sequence):
        return [plain(x) for x in value]
    return repr(value)
