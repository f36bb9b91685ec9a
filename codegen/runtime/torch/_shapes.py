from .._shapes import Axes as Axes
from .._shapes import Facts as Facts
from .._shapes import facts as facts
from .._shapes import lengths as lengths
from .._shapes import told as told
