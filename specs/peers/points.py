"""Rules that take gradients at other points, elsewhere, beside the specs."""

from ..language.peers import Difference, Peer

POINTS = (
    Peer(
        "SAM",
        "davda54/sam",
        "3c3afdb",
        "sam.SAM",
        {},
        (
            Difference(
                "the base is a class of torch.optim that it is given; with `maximize` it climbs "
                "to the highest point of the ball all the same, where here it goes to the lowest"
            ),
            Difference(
                "`step(closure)` takes the gradients that are there for the first, and calls the "
                "closure once; here it is called for both"
            ),
        ),
    ),
)
