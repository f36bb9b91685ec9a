from .._given import ELEMENTS as ELEMENTS
from .._given import GRADIENT as GRADIENT
from .._given import LOSS as LOSS
from .._given import NUMBER as NUMBER
from .._given import require_given as require_given
from .._given import require_known as require_known
