from .._philox import NORMAL as NORMAL
from .._philox import RADEMACHER as RADEMACHER
from .._philox import STREAMS as STREAMS
from .._philox import UNIFORM as UNIFORM
from .._philox import Words as Words
from .._philox import require_seed as require_seed
from .._philox import words as words
