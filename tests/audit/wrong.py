"""Rules written out by hand as plain functions, each right but for one thing that a test names."""

import numpy as np


def adamw(theta, gradient, state, lr, betas, eps, weight_decay, fault="", **others):
    """AdamW of one tensor, in float64."""
    beta1, beta2 = betas[::-1] if fault == "betas swapped" else betas
    t = state.get("t", 0) + 1
    m, v = state.get("m", gradient * 0), state.get("v", gradient * 0)
    if fault == "momentum begun with the gradient" and t == 1:
        m = gradient
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    root = np.sqrt(v / (1 - beta2**t))
    if fault == "epsilon under the root":
        root = np.sqrt(v / (1 - beta2**t) + eps) - eps
    mhat = m if fault == "no correction" else m / (1 - beta1**t)
    shrunk = 1 - lr * weight_decay
    if fault == "decay after the step":
        theta = (theta - lr * mhat / (root + eps)) * shrunk
    else:
        theta = theta * shrunk - lr * mhat / (root + eps)
    return theta, {"t": t, "m": m, "v": v}


def _with(fault):
    def step(theta, gradient, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        return adamw(theta, gradient, state, lr, betas, eps, weight_decay, fault)

    return step


right = _with("")
epsilon_under_the_root = _with("epsilon under the root")
no_correction = _with("no correction")
decay_after_the_step = _with("decay after the step")
betas_swapped = _with("betas swapped")
momentum_begun = _with("momentum begun with the gradient")


def raises(theta, gradient, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    """Right, where it does anything."""
    if weight_decay == 0:
        raise ZeroDivisionError("no decay")
    return adamw(theta, gradient, state, lr, betas, eps, weight_decay)


def vectors_alone(theta, gradient, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    """Right, for what it takes."""
    if theta.ndim != 1:
        raise ValueError("no vector")
    return adamw(theta, gradient, state, lr, betas, eps, weight_decay)


def in_float32(theta, gradient, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    """Right, but for where it rounds to."""
    single = theta.astype(np.float32), gradient.astype(np.float32)
    new, state = adamw(*single, state, lr, betas, eps, weight_decay)
    return new.astype(np.float32).astype(theta.dtype), state


def factory(learning_rate):
    """Takes what a factory of optax does."""
    raise AssertionError(f"it was made of {learning_rate}")


def theta_alone(theta, gradient, state, lr=1e-3):
    return theta - lr * gradient


def flat_theta(theta, gradient, state, lr=1e-3):
    return np.ravel(theta - lr * gradient), state


def no_state(theta, gradient, state, lr=1e-3):
    return theta - lr * gradient, None


def returns_nothing(theta, gradient, state, lr=1e-3):
    theta -= lr * gradient


def always_raises(theta, gradient, state, lr=1e-3):
    raise KeyError("momentum")


def rate_and_step(step, lr=1e-3):
    return lr, step


def no_schedule(lr=1e-3):
    return lr
