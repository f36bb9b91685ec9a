from .._generation import kernel_of as kernel_of
from .._generation import require as require
