"""What happens to gradients before a rule sees them; a group takes at most one of these."""

from ._transform import Transform

TRANSFORMS: dict[str, type[Transform]] = {}
"""By the argument that sets the limit."""
