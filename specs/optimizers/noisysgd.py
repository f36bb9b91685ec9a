"""NoisySGD: SGD with noise in its gradients, which fades."""

from ..language import derived
from ..operators import gradient_noise
from .sgd import sgd as _sgd

noisysgd = derived(
    gradient_noise(_sgd),
    "NoisySGD",
    summary="NoisySGD: SGD with Gaussian noise added to its gradients, which fades.",
)
