from .._limits import Limit as Limit
from .._limits import chosen as chosen
