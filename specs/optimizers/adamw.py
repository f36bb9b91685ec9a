"""AdamW: Adam with its weight decay decoupled from the gradient."""

from ..gradients import weight_decay
from .adam import adam as _adam
from .adam import decoupled_weight_decay

adamw = _adam.specialize(
    "AdamW",
    options={decoupled_weight_decay: True},
    defaults={weight_decay.symbol: "1e-2"},
    summary="AdamW: Adam with decoupled weight decay.",
    source="Loshchilov & Hutter, 2019, arXiv:1711.05101, Algorithm 2",
    peer="torch.optim.AdamW",
)
