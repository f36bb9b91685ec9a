"""Optimizers elsewhere that make numbers of all parameters, beside the specs."""

from ..language.peers import Difference, Peer

TOTALS = (
    Peer(
        "Prodigy",
        "prodigyopt",
        "1.1.2",
        "prodigyopt.Prodigy",
        {},
        (
            Difference(
                "the first group's betas, beta3, d_coef and growth_rate are taken for all, and of "
                "the rates the largest, beside which a group may have 0; here groups that differ "
                "are refused"
            ),
            Difference("two states of a parameter are flat, and may have every p-th element alone"),
            Difference("until something has been summed, no step is counted"),
        ),
    ),
    Peer(
        "DoG",
        "dog",
        "1.0.3",
        "dog.DoG",
        {},
        (
            Difference(
                "each group has a distance and a sum of its own; here they are of all groups"
            ),
            Difference("the first rate can be given itself, as init_eta"),
        ),
    ),
)
