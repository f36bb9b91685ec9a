"""What happens to a gradient before the rule sees it."""

from .clipping import clip_by_global_norm, clip_by_norm, clip_by_value
from .descent import ascend_or_descend, g, maximize
from .weight_decay import decay_parameter, gtilde, l2, thetabar, weight_decay

__all__ = [
    "ascend_or_descend",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "decay_parameter",
    "g",
    "gtilde",
    "l2",
    "maximize",
    "thetabar",
    "weight_decay",
]
