"""Rules of elements that others have under their names, beside the specs."""

from ..language.peers import Difference, Peer

_INTO_RATE = Difference(
    "the learning rate stands within the average, so that its past ones count",
    claim="laprop-rate-within",
)

ELEMENTWISE = (
    Peer(
        "NAdamW",
        "optax.nadamw",
        (
            Difference(
                "momentum and gradient are corrected for the start by counts of their own",
                claim="nadamw-optax",
            ),
        ),
    ),
    Peer("LaProp", "timm.optim.LaProp", (_INTO_RATE,)),
    Peer("LaProp", "pytorch_optimizer.LaProp", (_INTO_RATE,)),
)
