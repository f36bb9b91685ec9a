"""GrokFastAdamW: AdamW on gradients whose slow part is amplified."""

from ..language import derived
from ..operators import grokfast
from .adamw import adamw as _adamw

grokfastadamw = derived(
    grokfast(_adamw),
    "GrokFastAdamW",
    options={"amsgrad": False},
    summary="GrokFastAdamW: AdamW on gradients whose slow part is amplified.",
)
