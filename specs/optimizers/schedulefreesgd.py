"""ScheduleFreeSGD: the average of SGD's steps stands in for a schedule of the rate."""

from ..gradients import g
from ..language import Update, derived, t, theta
from ..operators import schedule_free
from .sgd import lr
from .sgd import sgd as _sgd

_plain = derived(_sgd, "SGD", summary="", updates=[Update(theta[t], theta[t - 1] - lr * g[t])])

schedulefreesgd = derived(
    schedule_free(_plain),
    "ScheduleFreeSGD",
    defaults={"lr": "1"},
    summary="ScheduleFreeSGD: SGD with an average of its iterates in place of a schedule.",
)
