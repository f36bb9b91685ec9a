"""Optimizers of matrices elsewhere, beside the specs."""

from ..language.peers import Difference
from .optimizers import peer

MATRICES = (
    peer(
        "Muon",
        "torch.optim.Muon",
        Difference(
            "the rounds are computed in bfloat16, whatever the dtype and the device; here so on "
            "devices other than a CPU, of parameters that are not float64"
        ),
        Difference(
            "without Nesterov's momentum, parameters in bfloat16 have their momentum itself "
            "divided by its norm, at each step, as it is not copied before"
        ),
        Difference(
            "parameters of other than two axes are refused; here a batch is one of matrices"
        ),
    ),
)
