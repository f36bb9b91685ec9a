"""ScheduleFreeRAdam: RAdam whose steps are averaged as they are taken, in place of a schedule.

It is a stack: the average weighs steps by the rate, and not by what RAdam makes of it, as
schedulefree does.
"""

from ..language import derived
from ..operators import schedule_free
from .radam import radam as _radam

schedule_free_radam = derived(
    schedule_free(_radam),
    "ScheduleFreeRAdam",
    defaults={"beta1": "0", "lr": "2.5e-3"},
    summary="Schedule-free RAdam: the average of its steps stands in for a schedule of the rate.",
    source="Defazio et al., 2024, arXiv:2405.15682, eqs. 3 to 5, weights and decay as in "
    "Algorithm 1, over Liu et al., 2020, arXiv:1908.03265, Algorithm 2",
)
