"""Noise in gradients, which fades."""

from sympy import sqrt

from ..language import (
    NON_NEGATIVE,
    Hyper,
    Input,
    Operator,
    Source,
    Update,
    gradient,
    hyperparameters,
    inputs,
    intermediates,
    t,
)

variance, fading = hyperparameters("variance fading")
(noise,) = inputs("noise")
(noisy,) = intermediates("noisy")

gradient_noise = Operator(
    "gradient_noise",
    adds="normal noise in the gradient, which fades",
    source="Neelakantan et al., 2015, arXiv:1511.06807, section 3, with steps counted from 0",
    hyper=[
        Hyper(variance, "0.01", NON_NEGATIVE, "variance of the first noise", latex=r"\eta"),
        Hyper(fading, "0.55", NON_NEGATIVE, "power of the step it falls by", latex=r"\gamma_\eta"),
    ],
    inputs=[Input(noise, Source.NORMAL, "the noise, before it is scaled", latex=r"\xi")],
    updates=[Update(noisy[t], gradient[t] + sqrt(variance / t**fading) * noise[t])],
    gives={gradient: noisy[t]},
)
