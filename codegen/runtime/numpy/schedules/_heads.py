from ..._heads import Factors as Factors
from ..._heads import chained as chained
from ..._heads import chained_momentum as chained_momentum
from ..._heads import completed_cycles as completed_cycles
