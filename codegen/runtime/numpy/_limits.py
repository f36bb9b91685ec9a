from .._limits import Limit as Limit
from .._limits import chosen as chosen
from .._limits import not_finite as not_finite
