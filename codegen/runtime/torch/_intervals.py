from .._intervals import Interval as Interval
from .._intervals import Member as Member
from .._intervals import members as members
from .._intervals import require_within as require_within
