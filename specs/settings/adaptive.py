"""Rules with a scale for each coordinate."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..language.settings import Setting

_GPT3 = "Brown et al., 2020, arXiv:2005.14165, appendix B; not checked against the paper"
_HALF_LIFE = (
    "Brown et al., 2020, arXiv:2005.14165, appendix B; Marek et al., 2025, arXiv:2507.07101; not "
    "checked against the papers"
)
_PLAYBOOK = "github.com/google-research/tuning_playbook"
_ADAN = "github.com/sail-sg/Adan"
_MADGRAD = "github.com/facebookresearch/madgrad"
_ADEMAMIX = "Pagliardini et al., 2024, arXiv:2409.03137; not checked against the paper"

_RATE = Setting(
    "lr",
    "6e-5",
    "1e-3",
    "1e-3 for small networks; the larger the model, the lower: GPT-3 took 6e-4 with 125 million "
    "parameters, 6e-5 with 175 billion",
    "Kingma & Ba, 2015, arXiv:1412.6980; Brown et al., 2020, arXiv:2005.14165, table 2.1; not "
    "checked against the papers",
)
_BETA1 = Setting(
    "beta1",
    "0.9",
    "",
    "the second to tune, where there is time for ten trials or more",
    _PLAYBOOK,
)
_BETA2 = Setting(
    "beta2",
    "0.95",
    "0.999",
    "0.95 for language models in large batches; the smaller the batch, the nearer to 1",
    _HALF_LIFE,
    tried=("0.9", "0.99", "0.999"),
)
_EPS = Setting(
    "eps",
    "1e-8",
    "1e-5",
    "the third to tune, where there is time for 25 trials or more; 1e-5 is usual in PPO",
    "github.com/google-research/tuning_playbook; Huang et al., 2022, The 37 implementation details "
    "of proximal policy optimization",
)
_DECAY = Setting(
    "weight_decay",
    "0.01",
    "0.1",
    "0.1 for language models; not on biases and normalizations",
    _GPT3,
)

ADAPTIVE: Mapping[str, Sequence[Setting]] = {
    "Adam": (_RATE, _BETA1, _EPS, _BETA2),
    "AdamW": (_RATE, _DECAY, _BETA2, _BETA1, _EPS),
    "Adagrad": (
        Setting(
            "lr",
            "",
            "",
            "steps shrink by themselves, as the sum of squares grows: a schedule is seldom needed",
            "Duchi, Hazan & Singer, 2011, Adaptive subgradient methods for online learning and "
            "stochastic optimization; not checked against the paper",
        ),
        Setting(
            "initial_accumulator_value",
            "0",
            "0.1",
            "above 0 the first steps are shorter",
            "keras.io/api/optimizers/adagrad",
            tried=("0", "0.01", "0.1"),
        ),
    ),
    "RMSprop": (
        Setting(
            "lr",
            "1e-4",
            "1e-2",
            "2.5e-4 for Q-learning on Atari",
            "Mnih et al., 2015, Human-level control through deep reinforcement learning; not "
            "checked against the paper",
        ),
        Setting(
            "alpha",
            "0.9",
            "0.99",
            "0.9 in the lecture that it is from, 0.99 in torch",
            "Tieleman & Hinton, 2012, Lecture 6.5; not checked against it",
            tried=("0.9", "0.99", "0.999"),
        ),
        Setting(
            "momentum",
            "0",
            "0.9",
            "0.9 in convolutional networks such as EfficientNet",
            "Tan & Le, 2019, arXiv:1905.11946; not checked against the paper",
        ),
        Setting(
            "eps",
            "1e-8",
            "1e-3",
            "1e-3 in EfficientNet's code",
            "github.com/tensorflow/tpu; not checked against it",
        ),
    ),
    "Adafactor": (
        Setting(
            "lr",
            "1e-3",
            "1e-2",
            "1e-3, held constant, to fine-tune T5; it is relative to the size of the parameters",
            "Raffel et al., 2020, arXiv:1910.10683; not checked against the paper",
        ),
        Setting(
            "beta2_decay",
            "-0.8",
            "",
            "left as it is; the average becomes longer with every step",
            "Shazeer & Stern, 2018, arXiv:1804.04235; not checked against the paper",
            tried=("-0.8",),
        ),
    ),
    "Lamb": (
        Setting(
            "lr",
            "6e-4",
            "5e-3",
            "with the root of the batch: 6e-4 for 512 sequences of BERT, 5e-3 for 32 768",
            "You et al., 2020, arXiv:1904.00962; not checked against the paper",
        ),
        replace(
            _DECAY,
            high="",
            doc="0.01 in training BERT",
            source="You et al., 2020, arXiv:1904.00962; not checked against the paper",
        ),
        replace(_BETA2, tried=("0.999",)),
        _BETA1,
    ),
    "Adan": (
        Setting("lr", "1e-3", "1e-2", "five to ten times larger than for Adam", _ADAN),
        Setting(
            "beta3",
            "0.99",
            "",
            "the first of the three to tune",
            _ADAN,
            tried=("0.9", "0.99", "0.999"),
        ),
        Setting("beta1", "0.98", "", "the second to tune; beta2 matters least", _ADAN),
        Setting("weight_decay", "0.02", "", "0.02 in all experiments of its authors", _ADAN),
    ),
    "AdEMAMix": (
        _RATE,
        Setting(
            "alpha",
            "4",
            "10",
            "the larger, the more the slow average counts; raised slowly by alpha_warmup",
            _ADEMAMIX,
        ),
        Setting("beta3", "0.9999", "", "for runs of a hundred thousand steps and more", _ADEMAMIX),
        replace(_BETA2, tried=()),
        _EPS,
    ),
    "MADGRAD": (
        Setting(
            "lr",
            "2.5e-4",
            "0.025",
            "to be searched anew: best rates are neither SGD's nor Adam's",
            _MADGRAD,
        ),
        Setting(
            "weight_decay", "0", "", "less than is usual with other rules, and often none", _MADGRAD
        ),
        Setting(
            "momentum",
            "0.9",
            "",
            "as SGD's",
            _MADGRAD,
            tried=("0", "0.9", "0.99"),
        ),
    ),
    "NovoGrad": (),
    "MARS": (),
    "SimplifiedAdEMAMix": (),
    "Adai": (),
}
