"""What a rule becomes another rule by. Every operator bound here to a public name can be called."""

from .averaging import ema, schedule_free
from .cautious import cautious
from .decay import (
    cautious_decay,
    corrected_decay,
    decay_to_start,
    decoupled_decay,
    directed_decay,
    independent_decay,
    l2,
)
from .directions import grams
from .gradients import agc, centralize, grokfast, mars, orthogonal_gradient
from .lookahead import lookahead
from .moments import amsgrad, nesterov
from .sharpness import sam
from .steps import accumulate, skip
from .trust import lars, trust_ratio

__all__ = [
    "accumulate",
    "agc",
    "amsgrad",
    "cautious",
    "cautious_decay",
    "centralize",
    "corrected_decay",
    "decay_to_start",
    "decoupled_decay",
    "directed_decay",
    "ema",
    "grams",
    "grokfast",
    "independent_decay",
    "l2",
    "lars",
    "lookahead",
    "mars",
    "nesterov",
    "orthogonal_gradient",
    "sam",
    "schedule_free",
    "skip",
    "trust_ratio",
]
