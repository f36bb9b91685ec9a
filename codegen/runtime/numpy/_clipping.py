"""What happens to gradients before a rule sees them; an optimizer takes at most one of these."""

from ._transform import Transform

TRANSFORMS: dict[str, type[Transform]] = {}
"""By the argument that sets the limit."""


class Limited:
    """Base of what has these arguments as attributes; None leaves gradients as they are."""
