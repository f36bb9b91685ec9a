from .._arguments import counts as counts
from .._arguments import declared as declared
from .._arguments import flags_of as flags_of
from .._arguments import refuse_nan as refuse_nan
from .._arguments import require_flags as require_flags
from .._arguments import require_numbers as require_numbers
from .._arguments import require_whole as require_whole
from .._arguments import require_words as require_words
