"""Descent along the gradient, along its sign, and with steps measured by norms."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..language.settings import Setting

_RESNET = "He et al., 2016, arXiv:1512.03385, section 3.4; not checked against the paper"
_LION = "github.com/google/automl, lion/README.md"
_SIGNS = "Bernstein et al., 2018, arXiv:1802.04434; not checked against the paper"

_RATE = Setting(
    "lr",
    "0.01",
    "1",
    "0.1 for batches of 256 in residual networks with batch normalization, and in proportion to "
    "the batch",
    "Goyal et al., 2017, arXiv:1706.02677; not checked against the paper",
)
_MOMENTUM = Setting(
    "momentum",
    "0.9",
    "0.99",
    "0.9 nearly always; raised to 0.99, it asks for a tenth of the rate",
    _RESNET,
    tried=("0", "0.9", "0.99"),
)
_DECAY = Setting(
    "weight_decay",
    "1e-5",
    "5e-4",
    "1e-4 on ImageNet, 5e-4 on CIFAR; biases and normalizations are often left out",
    "He et al., 2016, arXiv:1512.03385; Zagoruyko & Komodakis, 2016, arXiv:1605.07146; not checked "
    "against the papers",
)


def _sharpness(low: str, high: str, doc: str, source: str) -> Sequence[Setting]:
    momentum = replace(_MOMENTUM, tried=())  # what it is for is no loss in training
    return Setting("rho", low, high, doc, source), _RATE, momentum, _DECAY


_SIGN_RATE = Setting(
    "lr",
    "",
    "",
    "each coordinate moves by the rate in every step, so that rates are of the size of Lion's, not "
    "of SGD's",
    _SIGNS,
)

DESCENT: Mapping[str, Sequence[Setting]] = {
    "SGD": (_RATE, _MOMENTUM, _DECAY),
    "SAM": _sharpness(
        "0.01",
        "0.5",
        "0.05 to begin with; a step takes two gradients",
        "Foret et al., 2021, arXiv:2010.01412; not checked against the paper",
    ),
    "ASAM": _sharpness(
        "0.5",
        "2",
        "about ten times that of SAM",
        "github.com/davda54/sam; after Kwon et al., 2021, arXiv:2102.11600",
    ),
    "SignSGD": (_SIGN_RATE,),
    "Signum": (
        _SIGN_RATE,
        Setting(
            "momentum",
            "0.9",
            "",
            "signs of an average, which are steadier than those of one gradient",
            _SIGNS,
            tried=("0", "0.9", "0.99"),
        ),
    ),
    "Lion": (
        Setting("lr", "3e-5", "3e-4", "three to ten times smaller than for AdamW", _LION),
        Setting(
            "weight_decay",
            "0.01",
            "10",
            "three to ten times larger than for AdamW, as it is multiplied by the rate",
            _LION,
        ),
        Setting(
            "beta2",
            "0.98",
            "0.99",
            "0.98 with beta1 = 0.95 where training is unstable",
            _LION,
            tried=("0.9", "0.99", "0.999"),
        ),
        Setting("beta1", "0.9", "0.95", "together with beta2", _LION),
    ),
    "LARS": (
        Setting(
            "lr",
            "",
            "",
            "the whole schedule is multiplied by it: warmed up from nearly 0, and larger for "
            "larger batches",
            "You, Gitman & Ginsburg, 2017, arXiv:1708.03888; not checked against the paper",
        ),
        Setting(
            "trust_coeff",
            "1e-3",
            "",
            "only its product with the rate counts, so tune one of the two",
            "You, Gitman & Ginsburg, 2017, arXiv:1708.03888; not checked against the paper",
        ),
        replace(_MOMENTUM, tried=()),
        _DECAY,
    ),
}
