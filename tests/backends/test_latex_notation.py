"""How names and numbers are written in formulas."""

import pytest
from steprule.codegen.backends.latex.notation import Names, Notation
from steprule.codegen.backends.latex.numerals import scientific
from steprule.codegen.loading.load import builtin


@pytest.mark.parametrize(
    ("name", "tex"),
    [
        ("gtilde", r"\tilde{g}_t"),
        ("thetabar", r"\bar{\theta}_t"),
        ("lrbar", r"\bar{\gamma}_t"),
        ("mu_next", r"\mu^{\mathrm{next}}_t"),
        ("mhat_next", r"\hat{m}^{\mathrm{next}}_t"),
        ("variance", r"\mathrm{variance}_t"),
        ("crowbar", r"\mathrm{crowbar}_t"),
        ("step_size", r"\mathrm{step\_size}_t"),
        ("m2", "m_{2,t}"),
        ("beta_12", r"\beta_{12,t}"),
        ("omicron", r"\mathrm{omicron}_t"),
        ("chat", r"\hat{c}_t"),
        ("vmaxbar", r"\bar{v}^{\max}_t"),
        ("β_next", r"\beta^{\mathrm{next}}_t"),
        ("Δθ", r"\mathrm{\Delta \theta}_t"),
        # A formula has no letters but Latin and Greek.
        ("größe", r"\mathrm{gr\text{öß}e}_t"),
    ],
)
def test_a_notation_is_read_off_a_name(name: str, tex: str) -> None:
    assert Names(builtin()["Adam"]).of(name).at("t").tex == tex


@pytest.mark.parametrize(
    ("tex", "indexed"),
    [
        (r"v^{\max}", r"v^{\max}_t"),
        (r"v^\max", r"v^{\max}_t"),
        (r"x_\mathrm{a}^2", r"x^2_{\mathrm{a},t}"),
        (r"\hat v", r"\hat v_t"),
        (r"g'", r"g^{\prime}_t"),
        (r"\text{a\_b}", r"\text{a\_b}_t"),
    ],
)
def test_an_index_never_makes_a_double_script(tex: str, indexed: str) -> None:
    assert Notation.parse(tex).at("t").tex == indexed


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("1e-3", "10^{-3}"),
        ("2e-3", r"2 \cdot 10^{-3}"),
        ("2.5E+4", r"2.5 \cdot 10^{4}"),
        ("0.999", "0.999"),
        ("1.0", "1"),
    ],
)
def test_a_default_is_a_number_in_scientific_notation(text: str, tex: str) -> None:
    assert scientific(text) == tex
