from .._threads import cores as cores
from .._threads import spread as spread
