"""Schedules written out by hand as functions of the step, each right but for what its name says."""

import math


def cosine(step, lr=0.1, t_max=10, lowest=0.0):
    """As torch's, which rises again after the last step."""
    return lowest + (lr - lowest) * (1 + math.cos(math.pi * step / t_max)) / 2


def cosine_that_stays(step, lr=0.1, t_max=10, lowest=0.0):
    return cosine(min(step, t_max), lr, t_max, lowest)


def cosine_one_step_behind(step, lr=0.1, t_max=10, lowest=0.0):
    return cosine(max(step - 1, 0), lr, t_max, lowest)


def cosine_of_shares(step, lr=0.1, t_max=10, share=0.0):
    return cosine(step, lr, t_max, share * lr)


def cosine_of_a_wrong_first_rate(step, lr=0.1, t_max=10, lowest=0.0):
    return 0.0 if step == 0 else cosine(step, lr, t_max, lowest)


def steps_that_keep_the_boundary(step, lr=0.1, every=30, gamma=0.1):
    """A rate changes one step after its boundary."""
    return lr * gamma ** (max(step - 1, 0) // every)


def of_zero(step, lr=0.1, t_max=10, lowest=0.0):
    if lowest > 0:
        raise ZeroDivisionError("no lowest rate")
    return cosine(step, lr, t_max)


def in_float32(step, lr=0.1, t_max=10, lowest=0.0):
    import numpy as np

    return np.float32(cosine(step, lr, t_max, lowest))


def warm(step, highest=0.1, t_max=10, warmup=5):
    """A linear warm-up, and half a cosine that counts it."""
    if step < warmup:
        return highest * step / warmup
    return cosine(step - warmup, highest, t_max - warmup)


class Plateau:
    """Halves the rate of a torch optimizer after every second metric that is not better."""

    def __init__(self, optimizer, factor=0.5):
        self.group, self.factor, self.best, self.bad = (
            optimizer.param_groups[0],
            factor,
            math.inf,
            0,
        )

    def step(self, metric):
        self.bad = 0 if metric < self.best else self.bad + 1
        self.best = min(self.best, metric)
        if self.bad > 1:
            self.group["lr"] *= self.factor
            self.bad = 0
