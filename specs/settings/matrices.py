"""Rules for matrices."""

from collections.abc import Mapping, Sequence

from ..language.settings import Setting

_MUON = "github.com/KellerJordan/Muon"
_SOAP = "github.com/nikhilvyas/SOAP"

MATRICES: Mapping[str, Sequence[Setting]] = {
    "Scion": (),
    "Muon": (
        Setting(
            "lr",
            "2e-4",
            "0.05",
            "about 0.02 with adjust_lr_fn='original', and AdamW's rates with 'match_rms_adamw'",
            "github.com/KellerJordan/Muon; Liu et al., 2025, arXiv:2502.16982, not checked against "
            "the paper",
        ),
        Setting("weight_decay", "0.01", "0.1", "beside the rate all that has to be tuned", _MUON),
        Setting(
            "momentum",
            "0.95",
            "",
            "left as it is, as are nesterov and ns_steps",
            _MUON,
            tried=("0.95",),
        ),
    ),
    "SOAP": (
        Setting("lr", "3e-3", "", "3e-3 in its authors' experiments", _SOAP),
        Setting(
            "precondition_frequency",
            "10",
            "",
            "the larger, the cheaper a step is, and the older its basis",
            _SOAP,
        ),
        Setting(
            "beta2",
            "0.95",
            "",
            "0.95, as beta1",
            _SOAP,
            tried=("0.95",),
        ),
        Setting("weight_decay", "0.01", "", "0.01 in its authors' experiments", _SOAP),
    ),
}
