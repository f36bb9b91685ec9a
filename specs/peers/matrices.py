"""Optimizers of matrices elsewhere, beside the specs."""

from ..language.peers import Difference, Peer
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
            "parameters of other than two axes are refused; here `flatten` says which are kernels "
            "of convolutions, and all others are batches of matrices"
        ),
    ),
    Peer(
        "SOAP",
        "pytorch_optimizer",
        "4.1.0",
        "pytorch_optimizer.SOAP",
        {},
        (
            Difference("the argument is named max_precondition_dim, and shampoo_beta may be None"),
            Difference(
                "bases that come of a QR decomposition are computed in float32, for float64 too"
            ),
            Difference(
                "of more than two axes each has a basis; here the kernel of a convolution is seen "
                "as a matrix, and three axes as a batch of matrices"
            ),
            Difference("vectors can have a basis, axes be merged, and steps brought to one size"),
        ),
    ),
)
