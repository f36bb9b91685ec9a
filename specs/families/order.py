"""The families that rules are sorted into, in the order in which lists show them.

A family is told by the rules that begin it. What grew out of one of these is of its family, unless
a nearer one begins another.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """One family.

    Args:
        title: its name, for readers.
        begun_by: the names of the rules that begin it.
    """

    title: str
    begun_by: Sequence[str]


FAMILIES = (
    Family("Gradient descent and momentum", ("SGD",)),
    Family("Adagrad and RMSprop", ("Adagrad", "RMSprop")),
    Family("Adam", ("Adam",)),
    Family("Adam with decoupled weight decay", ("AdamW",)),
    Family("Signs", ("Rprop", "SignSGD", "Lion")),
    Family("Matrices", ("Muon", "Shampoo", "SOAP", "SinkGD", "Kron")),
    Family("Norms of whole tensors", ("LARS", "Lamb", "NovoGrad", "Fromage", "SGDSaI")),
    Family("Second moments in less room", ("Adafactor", "SM3", "AdamMini", "GaLore", "APOLLO")),
    Family(
        "Rates found on the way",
        (
            *("PolyakSGD", "MoMo", "MoMoAdam", "COCOB", "DoG", "Prodigy"),
            *("DAdaptAdaGrad", "DAdaptAdam", "DAdaptAdan", "DAdaptLion", "DAdaptSGD"),
        ),
    ),
    Family(
        "Averages of parameters",
        ("ASGD", "AccSGD", "GPAAdamW", "Ranger", "ScheduleFreeAdamW", "ScheduleFreeSGD"),
    ),
    Family("Curvature", ("AdaHessian", "Sophia")),
    Family("Flat minima", ("ASAM", "SAM")),
)

OTHERS = Family("Others", ())
"""Of what grew out of nothing that is named above: rules of one's own."""
