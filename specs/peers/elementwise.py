"""Rules of elements that others have under their names: they agree but for what is said here."""

from collections.abc import Mapping

from ..language.peers import Difference, Peer

_VERSIONS = {
    "pytorch_optimizer": "4.1.0",
    "timm": "1.0.31",
    "optax": "0.2.8",
    "schedulefree": "1.4.1",
}

_WITHIN = Difference("1e-15 stands under the root beside epsilon")
_WITHIN_UNCORRECTED = Difference(
    "1e-15 stands under the root, and epsilon beside it before it is corrected for the start"
)
_DECOUPLED = Difference("weight decay shrinks the parameter unless it is asked not to")
_NO_DECAY = Difference("no weight decay")
_INTO_RATE = Difference(
    "the learning rate stands within the average, so that its past ones count",
    claim="laprop-rate-within",
)


def _peer(
    of: str, path: str, *differences: Difference, defaults: Mapping[str, str] | None = None
) -> Peer:
    library = path.partition(".")[0]
    return Peer(of, library, _VERSIONS[library], path, defaults or {}, differences)


ELEMENTWISE = (
    Peer("Rprop", "torch", "", "torch.optim.Rprop"),
    _peer(
        "Rprop",
        "optax.rprop",
        Difference("each step is that which the one before found"),
    ),
    _peer("NAdamW", "timm.optim.NAdamW"),
    _peer(
        "NAdamW",
        "optax.nadamw",
        Difference(
            "momentum and gradient are corrected for the start by counts of their own",
            claim="nadamw-optax",
        ),
    ),
    _peer("AdaBelief", "pytorch_optimizer.AdaBelief", _DECOUPLED),
    _peer("AdaBelief", "optax.adabelief", _NO_DECAY),
    _peer("Yogi", "pytorch_optimizer.Yogi", _DECOUPLED),
    _peer("Yogi", "optax.yogi", _NO_DECAY),
    _peer("AdaBound", "pytorch_optimizer.AdaBound", _WITHIN, _DECOUPLED),
    _peer("SGDW", "pytorch_optimizer.SGDW", defaults={"lr": "1e-4"}),
    _peer("SignSGD", "pytorch_optimizer.SignSGD", defaults={"momentum": "0.9"}),
    _peer("SignSGD", "optax.sign_sgd", _NO_DECAY),
    _peer("Signum", "pytorch_optimizer.SignSGD"),
    _peer(
        "ADOPT",
        "pytorch_optimizer.ADOPT",
        Difference("gradients are clipped by a power of the step, one more than here"),
        Difference("where weight decay shrinks the parameter, the first step does so too"),
    ),
    _peer("ADOPT", "timm.optim.Adopt", defaults={"clip_exp": "0.333"}),
    _peer("ADOPT", "optax.contrib.adopt", _NO_DECAY),
    _peer(
        "AdEMAMix",
        "pytorch_optimizer.AdEMAMix",
        Difference("weight decay is added to the gradient unless it is asked to shrink"),
        Difference("both warm-ups take as many steps"),
        defaults={"alpha": "5"},
    ),
    _peer("LaProp", "timm.optim.LaProp", _INTO_RATE),
    _peer("LaProp", "pytorch_optimizer.LaProp", _INTO_RATE, _WITHIN_UNCORRECTED, _DECOUPLED),
    _peer(
        "MADGRAD",
        "timm.optim.MADGRAD",
        Difference("where weight decay shrinks the parameter, it does so before the step"),
    ),
    _peer("MADGRAD", "pytorch_optimizer.MADGRAD", defaults={"lr": "1e-3"}),
    _peer("QHM", "pytorch_optimizer.QHM", defaults={"momentum": "0", "nu": "1"}),
    _peer(
        "QHAdam",
        "pytorch_optimizer.QHAdam",
        Difference("its counts are in float32, and its averages kept corrected"),
    ),
    _peer("AggMo", "pytorch_optimizer.AggMo"),
    _peer("AccSGD", "pytorch_optimizer.AccSGD"),
    _peer(
        "AdaMod",
        "pytorch_optimizer.AdaMod",
        _DECOUPLED,
        defaults={"beta2": "0.99", "beta3": "0.9999"},
    ),
    _peer("DiffGrad", "pytorch_optimizer.DiffGrad", _WITHIN, _DECOUPLED),
    _peer("PAdam", "pytorch_optimizer.PAdam"),
    _peer(
        "AdamC",
        "pytorch_optimizer.AdamC",
        _WITHIN_UNCORRECTED,
        Difference("the largest rate is the first one, and counts for layers marked as normalised"),
        defaults={"weight_decay": "0"},
    ),
    _peer("Tiger", "pytorch_optimizer.Tiger"),
    _peer("PID", "pytorch_optimizer.PID", Difference("the first gradient is dampened too")),
    _peer("PNM", "pytorch_optimizer.PNM", _DECOUPLED),
    _peer("AdaPNM", "pytorch_optimizer.AdaPNM", _WITHIN_UNCORRECTED, _DECOUPLED),
    _peer(
        "MARS",
        "timm.optim.Mars",
        Difference("tensors of one axis are left to AdamW unless it is asked not to"),
        defaults={"beta1": "0.9"},
    ),
    _peer("SimplifiedAdEMAMix", "optax.contrib.simplified_ademamix"),
    _peer("COCOB", "optax.contrib.cocob"),
    _peer(
        "OptimisticAdam",
        "optax.optimistic_adam_v2",
        Difference("its momentum is Nesterov's unless it is asked not to be"),
        _NO_DECAY,
    ),
    _peer("ScheduleFreeSGD", "schedulefree.SGDScheduleFree"),
)
