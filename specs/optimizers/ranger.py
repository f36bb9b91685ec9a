"""Ranger: RAdam with slow weights."""

from ..language import derived
from ..operators import lookahead
from .radam import radam as _radam

ranger = derived(
    lookahead(_radam, k=6),
    "Ranger",
    defaults={"beta1": "0.95", "eps": "1e-5"},
    summary="Ranger: RAdam with slow weights, to which it returns every k steps.",
    source="Wright, 2019, github.com/lessw2020/Ranger-Deep-Learning-Optimizer, without its "
    "centralization of gradients; Zhang et al., 2019, arXiv:1907.08610, Algorithm 1, over Liu et "
    "al., 2020, arXiv:1908.03265, Algorithm 2",
)
