"""Steps of schedules worked out by hand, exactly; roots and cosines where they are rational.

A row is a schedule, its arguments, and the rate at some steps.
"""

from typing import Any

HALVING = {"lr": "8", "gamma": "1/2"}
IN_FRONT = {"scheduler": ("ExponentialLR", HALVING), "warmup_steps": "4", "start_factor": "1/2"}

WORKED: list[tuple[str, dict[str, Any], dict[int, str]]] = [
    # z = 3/4 left: (3/4)/(1/2 + 3/8) = 6/7; z = 1/2: (1/2)/(3/4) = 2/3.
    ("RexLR", {"lr": "21", "total_steps": "4"}, {0: "21", 1: "18", 2: "14", 4: "0", 9: "0"}),
    (
        "RexLR",
        {"lr": "9", "total_steps": "4", "eta_min": "1", "start_weight": "1"},
        {0: "9", 1: "7", 3: "3", 4: "1"},
    ),
    # Half way along a tangent from -2 to 2 it is at 0.
    (
        "TanhDecayLR",
        {"lr": "9", "total_steps": "4", "lower": "-2", "upper": "2", "eta_min": "1"},
        {2: "5", 4: "1", 5: "1"},
    ),
    # Shares of 1/9, 4/9 and 1 of the way down.
    (
        "KDecayLR",
        {"lr": "9", "total_steps": "3", "k": "2", "shape": "polynomial"},
        {0: "9", 1: "8", 2: "5", 3: "0", 4: "0"},
    ),
    ("KDecayLR", {"lr": "9", "total_steps": "6", "eta_min": "1"}, {2: "7", 3: "5", 6: "1"}),
    # With T = U = 5, at step x: sqrt((5 - x)/5*(5 - x)/5) = 1 - x/5, a line.
    (
        "HyperbolicLR",
        {"lr": "10", "total_steps": "5", "upper_bound": "5", "eta_min": "0"},
        {0: "10", 1: "8", 4: "2", 5: "0", 6: "0"},
    ),
    # With T = 5 of U = 25: 1/5*(2 - 1/5) = 9/25 to begin with, and 0 in the end.
    (
        "HyperbolicLR",
        {"lr": "10", "total_steps": "5", "upper_bound": "25", "eta_min": "5"},
        {0: "10", 5: "7"},
    ),
    # The same line as an exponent: from 32 by halves to 1.
    (
        "ExpHyperbolicLR",
        {"lr": "32", "total_steps": "5", "upper_bound": "5", "eta_min": "1"},
        {0: "32", 1: "16", 4: "2", 5: "1", 6: "1"},
    ),
    # Up to step floor(10*1/4) = 2, then 8 steps down, between 1/5 and 1.
    (
        "SlantedTriangularLR",
        {"lr": "5", "total_steps": "10", "cut_frac": "1/4", "ratio": "5"},
        {0: "1", 1: "3", 2: "5", 4: "4", 10: "1", 11: "1"},
    ),
    ("SlantedTriangularLR", {"lr": "5", "total_steps": "4", "cut_frac": "0"}, {0: "5"}),
    (
        "PiecewiseInterpolateLR",
        {"milestones": ("2", "2", "6"), "values": ("1", "3", "4", "8")},
        {0: "1", 1: "2", 2: "4", 3: "5", 5: "7", 6: "8", 7: "8"},
    ),
    # A quarter of the way after a third of the steps.
    (
        "PiecewiseInterpolateLR",
        {"milestones": ("3",), "values": ("4", "8"), "interpolation": "cosine"},
        {0: "4", 1: "5", 2: "7", 3: "8"},
    ),
    # 1/2 of the root of the model's size; step 4 of 4 is the highest; 1/3 at the ninth.
    (
        "NoamLR",
        {"lr": "48", "model_size": "4", "warmup_steps": "4"},
        {0: "3", 1: "6", 3: "12", 8: "8", 15: "6"},
    ),
    ("RelativeStepLR", {"lr": "1/4"}, {0: "1/4", 15: "1/4", 24: "1/5"}),
    (
        "RelativeStepLR",
        {"lr": "1/4", "warmup_init": True, "warmup_rate": "1/16"},
        {0: "1/16", 2: "3/16", 8: "1/3"},
    ),
    # From 1 to 16 by factors of 2 in four steps.
    (
        "InterpolatingLogLR",
        {"num_steps": "5", "min_lr": "1", "max_lr": "16"},
        {0: "1", 1: "2", 3: "8", 4: "16", 9: "16"},
    ),
    (
        "LRRangeTest",
        {"min_lr": "1", "step_size": "4", "step_rate": "2"},
        {0: "1", 2: "2", 4: "3", 6: "4"},
    ),
    (
        "LRRangeTest",
        {"min_lr": "1", "step_size": "4", "step_rate": "2", "staircase": True},
        {0: "1", 3: "1", 4: "3", 7: "3"},
    ),
    # 1/4 to the power 1/2 is left out of 1 at the fourth step.
    ("PaLMBeta2LR", {"power": "1/2"}, {0: "0", 3: "1/2", 15: "3/4"}),
    # From a half-life of 1 to one of 3: half way, 2, which is a rate of sqrt(1/2).
    ("HalfLifeLR", {"total_steps": "2", "beta_start": "1/2", "beta_end": "7/8"}, {2: "7/8"}),
    (
        "SWALR",
        {"lr": "9", "swa_lr": "1", "anneal_epochs": "6"},
        {0: "9", 2: "7", 3: "5", 6: "1", 7: "1"},
    ),
    ("SWALR", {"lr": "9", "swa_lr": "1", "anneal_epochs": "0"}, {0: "1", 1: "1"}),
    (
        "TrapezoidalLR",
        {"lr": "8", "total_steps": "9", "warmup_steps": "2", "decay_steps": "4"},
        {0: "0", 1: "4", 2: "8", 5: "8", 6: "6", 8: "2", 9: "0", 10: "0"},
    ),
    (
        "WarmupHoldCosineLR",
        {
            "lr": "8",
            "total_steps": "9",
            "warmup_steps": "2",
            "hold_steps": "1",
            "min_factor": "1/2",
        },
        {0: "0", 1: "4", 2: "8", 3: "8", 5: "7", 6: "6", 9: "4", 10: "4"},
    ),
    (
        "FlatCosineLR",
        {"lr": "8", "total_steps": "9", "flat_fraction": "3/8"},
        {0: "8", 3: "8", 5: "6", 6: "4", 9: "0"},
    ),
    (
        "KneeLR",
        {"lr": "8", "total_steps": "9", "warmup_steps": "2", "explore_steps": "3"},
        {0: "0", 1: "4", 5: "8", 6: "6", 9: "0", 10: "0"},
    ),
    (
        "CosineConstantLR",
        {
            "lr": "8",
            "total_steps": "16",
            "warmup_steps": "2",
            "constant_fraction": "1/2",
            "min_factor": "1/2",
        },
        {1: "4", 2: "8", 4: "7", 5: "6", 8: "4", 15: "4"},
    ),
    # Cycles of 2 + 4 steps from step 2 on.
    (
        "CyclicWSDLR",
        {
            "lr": "8",
            "warmup_steps": "2",
            "stable_steps": "2",
            "decay_steps": "4",
            "decay_type": "linear",
        },
        {0: "0", 1: "4", 2: "8", 4: "8", 5: "6", 7: "2", 8: "8", 10: "8", 13: "2", 14: "8"},
    ),
    (
        "WarmupStableDecayLR",
        {
            "lr": "16",
            "warmup_steps": "0",
            "stable_steps": "0",
            "decay_steps": "4",
            "decay_type": "square",
        },
        {0: "16", 1: "15", 2: "12", 3: "7", 4: "0"},
    ),
    (
        "WarmupStableDecayLR",
        {
            "lr": "16",
            "warmup_steps": "0",
            "stable_steps": "0",
            "decay_steps": "1",
            "decay_type": "exponential",
        },
        {0: "16", 1: "0"},
    ),
    ("CosineWarmupLR", IN_FRONT | {"warmup_steps": "6"}, {0: "4", 2: "5", 3: "6", 6: "8", 7: "4"}),
    ("QuadraticWarmupLR", IN_FRONT, {0: "4", 2: "5", 3: "25/4", 4: "8", 5: "4"}),
    # 1 - sqrt(1/4) is 1/2.
    ("SqrtWarmupLR", IN_FRONT, {0: "4", 3: "6", 4: "8", 5: "4"}),
    # 1/8 of the rate at the first step, 2/8 at the second.
    (
        "UntunedLinearWarmupLR",
        {"scheduler": ("ExponentialLR", HALVING), "beta2": "3/4"},
        {0: "1", 1: "1", 3: "1/2", 7: "1/16", 8: "1/32"},
    ),
    # RAdam's average of 3/4 comes to have 7 gradients, and has fewer than 4 at first.
    (
        "RAdamWarmupLR",
        {"scheduler": ("ExponentialLR", HALVING), "beta2": "3/4", "offset": "0"},
        {0: "0", 1: "0"},
    ),
    # Down in the last two steps before step 6 and 12, up in the two after them.
    (
        "JaggedRestartsLR",
        {
            "scheduler": ("ConstantLR", {"lr": "8", "total_iters": "0"}),
            "restart_steps": "6",
            "warmup_steps": "2",
            "anneal_steps": "2",
            "min_factor": "1/2",
        },
        {0: "8", 1: "8", 4: "8", 5: "6", 6: "4", 7: "6", 8: "8", 10: "8", 11: "6", 12: "4"},
    ),
    (
        "ProportionLR",
        {
            "scheduler": ("ExponentialLR", HALVING),
            "max_lr": "8",
            "min_lr": "4",
            "max_value": "5",
            "min_value": "1",
        },
        {0: "5", 1: "1", 2: "-1"},
    ),
    (
        "ProportionLR",
        {"scheduler": ("ExponentialLR", HALVING), "max_lr": "4", "min_lr": "4", "max_value": "3"},
        {0: "3", 5: "3"},
    ),
]

IRRATIONAL = {"ExponentialWarmupLR", "UntunedExponentialWarmupLR"}
"""Those that have a rational rate nowhere."""
