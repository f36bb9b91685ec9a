"""Batch, stochastic and mini-batch gradients: one quantity estimated, its mean and its variance.

The loss is a mean over N examples, and ``g(i)`` is the gradient of the i-th, any component of it.
The batch gradient ``gbar`` is their mean. The stochastic gradient is ``g(I)`` for an I drawn
uniformly; a mini-batch's is the mean of B of them, drawn with or without replacement.

Expectations are finite sums: over one draw, over two draws that may coincide, over two that may
not. Every two draws of a batch are alike, and the expectation of a sum is the sum of the
expectations: by these what is expected of a batch is written down, and the rest is proved.
"""

from collections.abc import Callable

from sympy import Basic, Expr, Function, Integer, Sum, Symbol, symbols, true

from ..language.claims import Identity, Part, Verdict

N, B = symbols("N B", integer=True, positive=True)
i, j, k, l = symbols("i j k l", integer=True, positive=True)  # noqa: E741
g = Function("g", real=True)
gbar, sigma2, covariance = symbols("gbar sigma2 covariance", real=True)
SAMPLING = "Cochran, 1977, Sampling Techniques, 3rd ed., section 2.5"
DRAWS = "every two draws of a batch are distributed as the first two"
SEVERAL = "there are several examples, N > 1"


def total(term: Expr, *indices: Symbol, to: Expr) -> Expr:
    """The sum over indices that run from 1."""
    return Sum(term, *((index, 1, to) for index in indices))  # pyright: ignore[reportReturnType]


def one_draw(of: Callable[[Expr], Expr]) -> Expr:
    """What is expected of one uniform draw."""
    return total(of(i), i, to=N) / N


def two_draws(of: Callable[[Expr, Expr], Expr]) -> Expr:
    """What is expected of two draws with replacement: all pairs are as likely."""
    return total(of(i, j), i, j, to=N) / N**2


def two_distinct_draws(of: Callable[[Expr, Expr], Expr]) -> Expr:
    """What is expected of two draws without replacement: all pairs off the diagonal are."""
    pairs = total(of(i, j), i, j, to=N) - total(of(i, i), i, to=N)
    return pairs / (N * (N - 1))


def deviation(index: Expr) -> Expr:
    return g(index) - gbar


def product(first: Expr, second: Expr) -> Expr:
    return deviation(first) * deviation(second)


GBAR = one_draw(g)
SIGMA2 = one_draw(lambda one: deviation(one) ** 2)
REPLACED = {gbar: GBAR, sigma2: SIGMA2, covariance: two_draws(product)}
DISTINCT = {gbar: GBAR, sigma2: SIGMA2, covariance: two_distinct_draws(product)}
SUM_OF_MEANS = total(one_draw(g), k, to=B)
MEAN = Part("the mean of a batch's mean", SUM_OF_MEANS / B, gbar)


def _second(expected: Callable[[Callable[[Expr, Expr], Expr]], Expr]) -> tuple[Part, ...]:
    """The second draw, of any first one, is a stochastic gradient too."""
    return (
        Part("the mean of the second draw", expected(lambda one, two: g(two)), gbar),
        Part("its variance", expected(lambda one, two: product(two, two)), sigma2),
    )


VARIANCE = (
    total(sigma2, k, to=B) + total(covariance, k, l, to=B) - total(covariance, k, to=B)
) / B**2
"""Of a batch's mean: B variances, and the covariance of every two of its draws."""

CORRECTED = sigma2 / B * (N - B) / (N - 1)


def _variance(right: Expr, given: Basic = true) -> Part:
    what = "the batch's variance, from the variances and covariances of its draws"
    return Part(what, VARIANCE, right, given)


stochastic = Identity(
    "estimator-stochastic",
    "The stochastic gradient's mean is the batch gradient; its variance sigma^2 is the mean of the "
    "squares less the square of the mean.",
    (
        Part("its mean, every example with probability 1/N", total(g(i) / N, i, to=N), gbar),
        Part("its mean deviation", one_draw(deviation), Integer(0)),
        Part("its variance", sigma2, one_draw(lambda one: g(one) ** 2) - gbar**2),
    ),
    Verdict.PROVED,
    where={gbar: GBAR, sigma2: SIGMA2},
    about=("SGD",),
)

stochastic_square = Identity(
    "estimator-stochastic-square",
    "The mean of the squares alone is not the stochastic gradient's variance.",
    (Part("its variance", sigma2, one_draw(lambda one: g(one) ** 2)),),
    Verdict.REFUTED,
    where={gbar: GBAR, sigma2: SIGMA2},
    about=("SGD",),
)

with_replacement = Identity(
    "estimator-with-replacement",
    "A mini-batch drawn with replacement is unbiased, and its variance is sigma^2/B.",
    (
        *_second(two_draws),
        MEAN,
        Part("the covariance of two draws", covariance, Integer(0)),
        _variance(sigma2 / B),
        Part("of one draw, the stochastic gradient's", VARIANCE.xreplace({B: Integer(1)}), sigma2),
    ),
    Verdict.PROVED,
    (DRAWS,),
    where=REPLACED,
    about=("SGD",),
)

batch_sum = Identity(
    "estimator-batch-sum",
    "The sum over a mini-batch in place of its mean is not unbiased: its mean is B times the "
    "batch gradient.",
    (Part("the mean of a batch's sum", SUM_OF_MEANS, gbar),),
    Verdict.REFUTED,
    (DRAWS,),
    where={gbar: GBAR},
    about=("SGD",),
)

variance_squared = Identity(
    "estimator-variance-squared",
    "A mini-batch's variance falls with B, not with B^2: it takes four times the batch to halve "
    "the standard deviation.",
    (_variance(sigma2 / B**2),),
    Verdict.REFUTED,
    (DRAWS,),
    where=REPLACED,
    about=("SGD",),
)

distinct_covariance = Identity(
    "estimator-distinct-covariance",
    "Two draws without replacement have the covariance -sigma^2/(N - 1): all deviations together "
    "sum to 0, so what one has the others lack.",
    (
        Part("all deviations together", total(deviation(i), i, to=N), Integer(0)),
        Part(
            "the deviations of the others than the k-th",
            total(deviation(i), i, to=N) - deviation(k),
            -deviation(k),
        ),
        Part(
            "their products with the k-th, for every k",
            total(deviation(k) * (total(deviation(i), i, to=N) - deviation(k)), k, to=N),
            -N * sigma2,
        ),
        Part("that over N (N - 1) pairs", covariance, -N * sigma2 / (N * (N - 1))),
        Part(
            "the variance of the sum of all N draws, which is constant",
            N * sigma2 + N * (N - 1) * covariance,
            Integer(0),
        ),
    ),
    Verdict.PROVED,
    (SEVERAL,),
    SAMPLING,
    DISTINCT,
    about=("SGD",),
)

distinct_uncorrelated = Identity(
    "estimator-distinct-uncorrelated",
    "Two draws without replacement are not uncorrelated.",
    (Part("the covariance of two distinct draws", covariance, Integer(0)),),
    Verdict.REFUTED,
    (SEVERAL,),
    where=DISTINCT,
    about=("SGD",),
)

without_replacement = Identity(
    "estimator-without-replacement",
    "A mini-batch drawn without replacement is unbiased, and its variance is "
    "sigma^2/B (N - B)/(N - 1): the stochastic gradient's for B = 1, none for B = N.",
    (
        *_second(two_distinct_draws),
        MEAN,
        _variance(CORRECTED, B <= N),
        Part("of one draw, the stochastic gradient's", VARIANCE.xreplace({B: Integer(1)}), sigma2),
        Part("of all draws, the batch gradient's", VARIANCE.xreplace({B: N}), Integer(0)),
    ),
    Verdict.PROVED,
    (DRAWS, SEVERAL),
    SAMPLING,
    DISTINCT,
    about=("SGD",),
)

uncorrected = Identity(
    "estimator-uncorrected",
    "Without replacement the variance is not sigma^2/B: the correction (N - B)/(N - 1) is missing.",
    (_variance(sigma2 / B, B <= N),),
    Verdict.REFUTED,
    (DRAWS, SEVERAL),
    where=DISTINCT,
    about=("SGD",),
)

corrected_by_n = Identity(
    "estimator-corrected-by-n",
    "The correction without replacement is not (N - B)/N: one draw would not have the variance "
    "sigma^2.",
    (_variance(sigma2 / B * (N - B) / N, B <= N),),
    Verdict.REFUTED,
    (DRAWS, SEVERAL),
    where=DISTINCT,
    about=("SGD",),
)
