"""What a rule becomes another rule by. Every operator bound here to a public name can be called."""

from .averaging import ema, gpa, schedule_free
from .cautious import cautious
from .clipping import adagc, clip_by_global_norm, clip_by_norm, clip_by_value, zclip
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
from .grafting import graft
from .lookahead import lookahead
from .mechanic import mechanic
from .moments import amsgrad, belief, nesterov, warm_nesterov
from .noise import gradient_noise
from .sharpness import asam, sam
from .steps import accumulate, skip
from .trust import lars, trust_ratio

__all__ = [
    "accumulate",
    "adagc",
    "agc",
    "amsgrad",
    "asam",
    "belief",
    "cautious",
    "cautious_decay",
    "centralize",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "corrected_decay",
    "decay_to_start",
    "decoupled_decay",
    "directed_decay",
    "ema",
    "gpa",
    "gradient_noise",
    "graft",
    "grams",
    "grokfast",
    "independent_decay",
    "l2",
    "lars",
    "lookahead",
    "mars",
    "mechanic",
    "nesterov",
    "orthogonal_gradient",
    "sam",
    "schedule_free",
    "skip",
    "trust_ratio",
    "warm_nesterov",
    "zclip",
]
