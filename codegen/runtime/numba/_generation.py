from .._generation import require_same as require_same
