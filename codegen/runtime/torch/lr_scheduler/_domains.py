from ..._domains import is_sorted as is_sorted
from ..._domains import require as require
