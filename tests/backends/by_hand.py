"""Rules and what operators do to them, written out by hand in NumPy, float64."""

from typing import ClassVar

import numpy as np
from steprule.codegen.loading.stacks import operators
from steprule.codegen.oracle.draws import draws
from steprule.codegen.oracle.formats import FORMATS, to_floats

STEPS = 12
SHAPES = [(), (3,), (4, 5), (2, 3, 4)]


def tensors():
    rng = np.random.default_rng(0)
    return [np.asarray(rng.normal(size=shape)) for shape in SHAPES]


def gradient(thetas, step):
    """Of a noisy quadratic, at any point."""
    rng = np.random.default_rng(step)
    return [np.asarray(0.5 * (p - 1) + 0.3 * rng.normal(size=p.shape)) for p in thetas]


class Rule:
    """A rule that keeps what is in ``kept`` of the parameter, and steps along a direction."""

    lr, forgetting = 0.1, 0.9

    def __init__(self, *, nesterov=False, largest=False, warm=False, belief=False):
        self.t, self.nesterov, self.largest = 0, nesterov, largest
        self.warm, self.belief, self.product = warm, belief, 1
        self.states = {}

    def kept(self, p):
        return p

    def averaged(self, i, name, forgetting, added, *, first=None):
        """The state after a step, and what is read of it: one step ahead, or its largest."""
        before = self.states.get((i, name), 0)
        new = added if first is not None and self.t == 1 else forgetting * before + added
        self.states[i, name] = new
        return new, forgetting * new + added

    def step(self, thetas, grads):
        self.t += 1
        return [
            self.kept(p) - self.lr * self.direction(i, g)
            for i, (p, g) in enumerate(zip(thetas, grads, strict=True))
        ]


class SGD(Rule):
    arguments: ClassVar = {"lr": 0.1, "momentum": 0.9}

    def direction(self, i, g):
        b, ahead = self.averaged(i, "b", 0.9, g, first=True)
        return ahead if self.nesterov else b


class Adam(Rule):
    arguments: ClassVar = {"lr": 0.1}

    def direction(self, i, g):
        m, ahead = self.averaged(i, "m", 0.9, 0.1 * g)
        squares = 0.001 * (g - m) ** 2 + 1e-16 if self.belief else 0.001 * g**2
        v, _ = self.averaged(i, "v", 0.999, squares)
        if self.largest:
            v = self.states[i, "largest"] = np.maximum(self.states.get((i, "largest"), 0), v)
        m = ahead if self.nesterov else m
        if self.warm:
            now, soon = (0.9 * (1 - 0.96 ** (0.004 * k) / 2) for k in (self.t, self.t + 1))
            self.product *= now if i == 0 else 1
            ahead = soon * m / (1 - self.product * soon) + (1 - now) * g / (1 - self.product)
            m = ahead * (1 - 0.9**self.t)
        return m / (1 - 0.9**self.t) / (np.sqrt(v / (1 - 0.999**self.t)) + 1e-8)


class AdamW(Adam):
    arguments: ClassVar = {"lr": 0.1, "weight_decay": 0.2}

    def kept(self, p):
        return p * (1 - 0.1 * 0.2)


class Lion(Rule):
    forgetting = 0.99
    arguments: ClassVar = {"lr": 0.1, "weight_decay": 0.2}

    def kept(self, p):
        return p * (1 - 0.1 * 0.2)

    def direction(self, i, g):
        before = self.states.get((i, "m"), 0)
        self.states[i, "m"] = 0.99 * before + (1 - 0.99) * g
        return np.sign(0.9 * before + (1 - 0.9) * g)


RULES = {"SGD": SGD, "Adam": Adam, "AdamW": AdamW, "Lion": Lion}


def norm(x, axis=None):
    return np.sqrt((x**2).sum(axis, keepdims=axis is not None))


class By:
    """An operator: what becomes of a gradient, a direction, what is kept, and where it leads."""

    rule_options: ClassVar = {}

    def __init__(self, rule):
        self.rule, self.states = rule, {}

    def gradient(self, i, p, g):
        return g

    def direction(self, i, p, g, u):
        return u

    def kept(self, i, p, kept, u):
        return kept

    def lead(self, i, stepped):
        return stepped

    def step(self, thetas, step):
        rule = self.rule
        rule.t += 1
        new = []
        for i, (p, g) in enumerate(zip(thetas, gradient(thetas, step), strict=True)):
            g = self.gradient(i, p, g)
            u = rule.direction(i, g)
            kept = self.kept(i, p, rule.kept(p), u)
            new.append(self.lead(i, kept - rule.lr * self.direction(i, p, g, u)))
        return new


class cautious(By):
    def direction(self, i, p, g, u):
        mask = u * g > 0
        return u * mask / max(mask.mean(), 1e-3)


class cautious_decay(By):
    def kept(self, i, p, kept, u):
        return np.where(u * p >= 0, kept * (1 - 0.1 * 1e-2), kept)


class l2(By):
    def gradient(self, i, p, g):
        return g + 1e-2 * p


class decoupled_decay(By):
    def kept(self, i, p, kept, u):
        return kept * (1 - 0.1 * 1e-2)


class independent_decay(By):
    def kept(self, i, p, kept, u):
        return kept * (1 - 1e-2)


class corrected_decay(decoupled_decay):
    """The rate stays what it is: all of it."""


class directed_decay(By):
    def direction(self, i, p, g, u):
        return u + 1e-2 * p


class decay_to_start(By):
    def kept(self, i, p, kept, u):
        start = self.states.setdefault(i, p)
        return kept - 0.1 * 1e-2 * (p - start)


class ema(By):
    def lead(self, i, stepped):
        first = tensors()[i]
        self.states[i] = 0.999 * self.states.get(i, first) + 0.001 * stepped
        return stepped


class nesterov(By):
    rule_options: ClassVar = {"nesterov": True}


class amsgrad(By):
    rule_options: ClassVar = {"largest": True}


class warm_nesterov(By):
    rule_options: ClassVar = {"warm": True}


class belief(By):
    rule_options: ClassVar = {"belief": True}


class centralize(By):
    def gradient(self, i, p, g):
        return g - g.mean(-1, keepdims=True) if g.ndim >= 2 else g


class agc(By):
    def gradient(self, i, p, g):
        axis = -1 if g.ndim >= 2 else None
        size, limit = norm(g, axis), 1e-2 * np.maximum(norm(p, axis), 1e-3)
        return np.where(size > limit, g * limit / size, g)


class grokfast(By):
    def gradient(self, i, p, g):
        self.states[i] = 0.98 * self.states[i] + (1 - 0.98) * g if i in self.states else g
        return g + 2 * self.states[i]


class orthogonal_gradient(By):
    def gradient(self, i, p, g):
        if g.size == 1:
            return g
        across = g - (p * g).sum() / ((p * p).sum() + 1e-30) * p
        return across * norm(g) / (norm(across) + 1e-30)


class mars(By):
    def gradient(self, i, p, g):
        last, self.states[i] = self.states.get(i, g), g
        c = g + 0.025 * self.rule.forgetting / (1 - self.rule.forgetting) * (g - last)
        return c / norm(c) if norm(c) > 1 else c


class lars(By):
    def gradient(self, i, p, g):
        return g * 1e-3 * norm(p) / norm(g)


class trust_ratio(By):
    def direction(self, i, p, g, u):
        return u * norm(p) / norm(u) if norm(u) > 0 else u


class grams(By):
    def direction(self, i, p, g, u):
        return np.sign(g) * np.abs(u)


class lookahead(By):
    def lead(self, i, stepped):
        slow = self.states.get(i, tensors()[i])
        if self.rule.t % 5 == 0:
            slow = stepped = slow + 0.5 * (stepped - slow)
        self.states[i] = slow
        return stepped


class schedule_free(By):
    """Its three sequences as the paper has them, with decay at the second."""

    def step(self, thetas, step):
        rule = self.rule
        rule.t += 1
        new = []
        for i, (y, g) in enumerate(zip(thetas, gradient(thetas, step), strict=True)):
            z, x = self.states.get(i, (y, y))
            z = rule.kept(z) - rule.lr * rule.direction(i, g) - rule.lr * 0.05 * y
            x = (1 - 1 / rule.t) * x + z / rule.t
            self.states[i] = z, x
            new.append(0.1 * z + 0.9 * x)
        return new


class gpa(By):
    """Its three sequences as its authors have them."""

    def step(self, thetas, step):
        rule = self.rule
        rule.t += 1
        new = []
        for i, (y, g) in enumerate(zip(thetas, gradient(thetas, step), strict=True)):
            z, x = self.states.get(i, (y, y))
            z = rule.kept(z) - rule.lr * rule.direction(i, g)
            x = 0.9967 * x + 0.0033 * z
            self.states[i] = z, x
            new.append(0.3 * z + 0.7 * x)
        return new


class accumulate(By):
    def step(self, thetas, step):
        for i, g in enumerate(gradient(thetas, step)):
            self.states[i] = self.states.get(i, 0) + g / 4
        if (step + 1) % 4:
            return thetas
        means = [self.states.pop(i) for i in range(len(thetas))]
        return self.rule.step(thetas, means)


class skip(By):
    """Of 12 steps two have gradients that are too large."""

    def step(self, thetas, step):
        grads = gradient(thetas, step)
        if np.sqrt(sum((g**2).sum() for g in grads)) > LIMIT:
            return thetas
        return self.rule.step(thetas, grads)


LIMIT = 5.0


class clip_by_value(By):
    def gradient(self, i, p, g):
        return np.clip(g, -1, 1)


class clip_by_norm(By):
    def gradient(self, i, p, g):
        return g * min(1, 1 / (norm(g) + 1e-6))


class OfAll(By):
    """Of which a step begins with a number of all gradients together."""

    def gradient(self, i, p, g):
        if i == 0:
            grads = gradient(self.thetas, self.at)
            self.length = np.sqrt(sum((x**2).sum() for x in grads))
        return self.scaled(i, g)

    def step(self, thetas, step):
        self.thetas, self.at = thetas, step
        return super().step(thetas, step)


class clip_by_global_norm(OfAll):
    def scaled(self, i, g):
        return g * min(1, 1 / (self.length + 1e-6))


class adagc(OfAll):
    """Warm for four steps."""

    def scaled(self, i, g):
        usual = self.states.get(i, np.inf)
        if self.rule.t <= 4:
            g = g * min(1, 1 / self.length)
            self.states[i] = min(usual, norm(g))
        else:
            g = g * min(1, 1.05 * usual / norm(g))
            self.states[i] = 0.98 * usual + (1 - 0.98) * norm(g)
        return g


class zclip(OfAll):
    """Warm for four steps; then every norm that is above the mean by a tenth of a deviation."""

    def scaled(self, i, g):
        if i == 0:
            self.own = self.length
            norms = self.states.setdefault("norms", [])
            if len(norms) < 4:
                norms.append(self.length)
                self.mean, self.var = np.mean(norms), np.var(norms)
            else:
                z = (self.length - self.mean) / (np.sqrt(self.var) + 1e-6)
                if z > 0.1:
                    self.own = self.mean + 0.1**2 * np.sqrt(self.var) / z
                self.mean = 0.97 * self.mean + 0.03 * self.own
                self.var = 0.97 * self.var + 0.03 * (self.own - self.mean) ** 2
        return g * min(1, self.own / self.length)


class gradient_noise(By):
    """Of numbers drawn by the exact oracle."""

    def gradient(self, i, p, g):
        t = self.rule.t
        return g + np.sqrt(0.01 / t**0.55) * normal(i, p.shape, t)


def normal(parameter, shape, step):
    how = {"form": FORMATS["float64"], "seed": 0, "parameter": parameter}
    (found,) = draws(operators()["gradient_noise"], shape, t=step, **how).values()
    return to_floats(found, FORMATS["float64"])


class asam(By):
    """By the gradient where its ball is climbed to."""

    def step(self, thetas, step):
        grads = gradient(thetas, step)
        scales = [np.abs(p) + 0.01 for p in thetas]
        sizes = [s * g for s, g in zip(scales, grads, strict=True)]
        whole = np.sqrt(sum((x**2).sum() for x in sizes))
        there = [p + 0.5 * s**2 * g / whole for p, s, g in zip(thetas, scales, grads, strict=True)]
        return self.rule.step(thetas, gradient(there, step))


class graft(By):
    """Adam's sizes."""

    def __init__(self, rule):
        super().__init__(rule)
        self.other = Adam()

    def step(self, thetas, step):
        grads = gradient(thetas, step)
        new = []
        both = (r.step(thetas, grads) for r in (self.rule, self.other))
        for p, there, other in zip(thetas, *both, strict=True):
            new.append(p + norm(other - p) / norm(there - p) * (there - p))
        return new


class mechanic(By):
    """As it stands in the paper, with one array for what there are six of."""

    def step(self, thetas, step):
        grads = gradient(thetas, step)
        moved = [x - p for x, p in zip(self.rule.step(thetas, grads), thetas, strict=True)]
        betas = 1 - 0.1 ** np.arange(1, 7)
        s, r, m, v = self.states.get("s", (np.full(6, 0.1 / 6), *np.zeros((3, 6))))
        starts = tensors()
        ways = [(p - x) / (s.sum() + 1e-8) for p, x in zip(thetas, starts, strict=True)]
        sizes = [np.sqrt(sum((x**2).sum() for x in each)) for each in (grads, thetas)]
        pull = 1e-2 * s.sum() * sizes[0] / (sizes[1] + 1e-8)
        h = -sum(((g + pull * p) * w).sum() for g, p, w in zip(grads, thetas, ways, strict=True))
        r = betas * r + np.clip(h, -m, m) * s
        m = np.maximum(betas * m, abs(h) + 1e-8)
        v = betas**2 * v + h**2
        s = (0.1 / 6 * m + np.maximum(0, r)) / (np.sqrt(v) + 1e-8)
        self.states["s"] = s, r, m, v
        return [x + s.sum() * (w + u) for x, w, u in zip(starts, ways, moved, strict=True)]
