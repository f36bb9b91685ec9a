"""Rules that find their rate, or need no schedule for it."""

from collections.abc import Mapping, Sequence

from ..language.settings import Setting

_DADAPTATION = "github.com/facebookresearch/dadaptation"
_DOG = "github.com/formll/dog"
_SCHEDULE_FREE = "github.com/facebookresearch/schedule_free"
_PRODIGY = "github.com/konstmish/prodigy; not checked against it"

_FACTOR = Setting(
    "lr",
    "1",
    "",
    "left at 1, with the schedule one would use otherwise; larger or smaller, it scales the rate "
    "that is found",
    _DADAPTATION,
)
_GROWTH = Setting(
    "growth_rate",
    "1.02",
    "",
    "to be limited where training diverges early: 1.02 is a warm-up",
    _DADAPTATION,
)
_DISTANCE = Setting(
    "reps_rel",
    "1e-8",
    "1e-4",
    "smaller by factors of 100 where training diverges early, larger where the rate does not grow",
    _DOG,
)
_DOG_FACTOR = Setting("lr", "1", "", "left at 1", _DOG)


def _nearness(name: str) -> Setting:
    return Setting(
        name,
        "0.9",
        "0.98",
        "matters more than one would expect of a momentum: 0.95 or 0.98 for very long runs",
        _SCHEDULE_FREE,
        tried=("0.8", "0.9", "0.98"),
    )


FOUND_RATES: Mapping[str, Sequence[Setting]] = {
    "DAdaptAdam": (_FACTOR, _GROWTH),
    "DAdaptAdaGrad": (_FACTOR, _GROWTH),
    "DAdaptAdan": (_FACTOR, _GROWTH),
    "DAdaptSGD": (_FACTOR, _GROWTH),
    "DAdaptLion": (_FACTOR,),
    "Prodigy": (
        Setting("lr", "1", "", "left at 1, and given a schedule that falls", _PRODIGY),
        Setting(
            "d_coef",
            "0.5",
            "2",
            "to make the rate that is found larger or smaller",
            _PRODIGY,
            tried=("0.5", "1", "2"),
        ),
    ),
    "DoG": (_DOG_FACTOR, _DISTANCE),
    "LDoG": (_DOG_FACTOR, _DISTANCE),
    "ScheduleFreeAdamW": (
        Setting(
            "lr",
            "1e-3",
            "1e-2",
            "one to ten times larger than with a schedule",
            _SCHEDULE_FREE,
        ),
        _nearness("beta1"),
        Setting("warmup_steps", "", "", "a warm-up is recommended", _SCHEDULE_FREE),
        Setting("weight_decay", "", "", "to be tuned anew, together with the rate", _SCHEDULE_FREE),
    ),
    "ScheduleFreeSGD": (
        Setting("lr", "1", "5", "ten to fifty times larger than with a schedule", _SCHEDULE_FREE),
        _nearness("beta"),
    ),
}
