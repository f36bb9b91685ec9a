from .._arguments import counts as counts
from .._arguments import declared as declared
from .._arguments import refuse_nan as refuse_nan
from .._arguments import require_flags as require_flags
from .._arguments import require_numbers as require_numbers
