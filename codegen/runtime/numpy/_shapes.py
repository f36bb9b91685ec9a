from .._shapes import LAST_TWO as LAST_TWO
from .._shapes import Axes as Axes
from .._shapes import Facts as Facts
from .._shapes import View as View
from .._shapes import facts as facts
from .._shapes import lengths as lengths
from .._shapes import otherwise as otherwise
from .._shapes import told as told
