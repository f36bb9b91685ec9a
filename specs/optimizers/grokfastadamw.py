"""GrokFastAdamW: AdamW by gradients whose slow part is made larger."""

from ..language import derived
from ..operators import grokfast
from .adamw import adamw as _adamw

grokfastadamw = derived(
    grokfast(_adamw),
    "GrokFastAdamW",
    options={"amsgrad": False},
    summary="GrokFastAdamW: AdamW by gradients whose slow part is made larger.",
)
