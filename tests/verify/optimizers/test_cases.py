"""What a spec is tried on."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.oracle.formats import FORMATS, round_floats
from steprule.codegen.program.compiled import compiled
from steprule.codegen.verify.optimizers.cases import first_states, inputs
from steprule.codegen.verify.optimizers.configurations import (
    Configuration,
    at_the_ends,
    configurations,
    contains,
    inside,
    pairs_of_options,
)
from steprule.codegen.verify.optimizers.verify import trials
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    REAL,
    UNIT,
    Constraint,
    Hyper,
    Interval,
    Optimizer,
    Option,
    Update,
    flags,
    grad,
    hyperparameters,
    machine_epsilon,
    t,
    theta,
)
from steprule.specs.optimizers.adagrad import adagrad
from steprule.specs.optimizers.adam import adam
from steprule.specs.optimizers.adamw import adamw
from steprule.specs.optimizers.nadam import nadam
from steprule.specs.optimizers.rmsprop import rmsprop
from steprule.specs.optimizers.sgd import sgd
from sympy import Eq, Implies, Ne, Piecewise, Rational

CASES = ["random", "scalar", "empty", "zero gradient", "huge", "denormal", "jumps", "large t",
         "nan and infinity"]  # fmt: skip


def by_name(dtype):
    return {case.name: case for case in inputs(dtype)}


def test_configurations_of_sgd():
    found = configurations(sgd)
    assert {c.hyper["lr"] for c in found} == {0.5}
    seen = {
        (c.hyper["momentum"], c.hyper["dampening"], c.hyper["weight_decay"],
         c.options["nesterov"], c.options["maximize"])
        for c in found
    }  # fmt: skip
    expected = {
        (momentum, dampening, decay, nesterov, maximize)
        for momentum in (0.0, 0.9)
        for dampening in (0.0, 0.25)
        for decay in (0.0, 0.1)
        for nesterov in (False, True)
        for maximize in (False, True)
        if not nesterov or (momentum > 0 and dampening == 0)
    }
    assert seen == expected
    assert len(found) == len(expected) == 20


def test_a_hyperparameter_is_tried_at_zero_if_it_can_be_switched_off():
    for spec, names in [
        (adam, {"weight_decay"}),
        (adamw, {"weight_decay"}),
        (adagrad, {"weight_decay", "lr_decay", "initial_accumulator_value"}),
        (rmsprop, {"weight_decay", "momentum"}),
    ]:
        found = configurations(spec)
        switched = {
            h.name for h in spec.hyperparameters if len({c.hyper[h.name] for c in found}) > 1
        }
        assert switched == names
        assert len(found) == 2 ** (len(names) + len(spec.options))


def test_a_hyperparameter_compared_with_zero_is_tried_at_zero():
    lr, decay, other = hyperparameters("lr decay other")
    spec = Optimizer(
        "Probe", summary="", source="", states=(),
        hyper=[Hyper(h, "0.5", NON_NEGATIVE, "") for h in (lr, decay, other)],
        updates=[Update(theta[t], Piecewise((lr, Ne(decay, 0)), (other, True)))],
    )  # fmt: skip
    tried = [tuple(c.hyper.values()) for c in configurations(spec)]
    assert tried == [(0.5, 0.0, 0.5), (0.5, 0.5, 0.5)]


def test_other_hyperparameters_have_their_defaults():
    for configuration in configurations(adam):
        hyper = configuration.hyper
        assert [hyper[name] for name in ("beta1", "beta2", "eps")] == [0.9, 0.999, 1e-8]


def test_values_switched_on_differ_from_all_others():
    for spec in (adam, adagrad, rmsprop, sgd):
        hyper = configurations(spec)[-1].hyper
        values = [value for value in hyper.values() if value]
        assert len(set(values)) == len(values), spec.name


def probe(count, constraints=()):
    names = flags(" ".join(f"f{i}" for i in range(count)))
    (lr,) = hyperparameters("lr")
    spec = Optimizer(
        "Probe", summary="", source="", states=(), updates=[Update(theta[t], theta[t - 1] - lr)],
        hyper=[Hyper(lr, "1e-3", NON_NEGATIVE, ""), *(Option(f, "") for f in names)],
        constraints=constraints,
    )  # fmt: skip
    return spec, names


@pytest.mark.parametrize("count", [7, 14])
def test_of_too_many_configurations_all_threes_of_choices_remain(count):
    _, (first, second, *_) = probe(count)
    spec, _ = probe(count, [Constraint(Implies(first, second), "")])
    found = configurations(spec)
    assert 8 <= len(found) <= 32
    for names in combinations([o.name for o in spec.options], 3):
        threes = {tuple(c.options[name] for name in names) for c in found}
        forbidden = {"f0", "f1"} <= {*names}
        assert threes == {
            on for on in product((False, True), repeat=3) if not (forbidden and on[0] and not on[1])
        }


def test_constraints_that_forbid_all_but_the_defaults_leave_those():
    (lr,) = hyperparameters("lr")
    default = Configuration({"lr": 1e-3}, {})
    for constraint in (lr < Rational(1, 10), Eq(lr, Rational("1e-3"))):
        assert configurations(probe(0, [Constraint(constraint, "")])[0]) == [default]


def switches(spec, configuration):
    """What is off and on, of options and of hyperparameters that are tried at 0."""
    tried = configurations(spec)
    zeroed = [h.name for h in spec.hyperparameters if len({c.hyper[h.name] for c in tried}) > 1]
    on = {name: bool(configuration.hyper[name]) for name in zeroed}
    return {**on, **configuration.options}


@pytest.mark.parametrize("spec", [adam, adagrad, rmsprop, sgd, nadam, probe(1)[0], probe(0)[0]])
def test_few_configurations_show_every_pair_that_all_of_them_show(spec):
    def pairs(found):
        return {pair for c in found for pair in combinations(switches(spec, c).items(), 2)}

    found, few = configurations(spec), pairs_of_options(spec)
    assert pairs(few) == pairs(found)
    assert {*map(repr, few)} <= {*map(repr, found)}
    assert few[0] == found[0]
    assert len(few) < len(found) or len(found) <= 4


def met(spec, dtype, case):
    """The configurations that a case is tried under."""
    return [c for c, of in trials(compiled(analyse(spec)), dtype) if of.name == case]


def test_options_meet_in_all_ways_in_one_dtype_and_in_pairs_in_all_dtypes_and_cases():
    every, pairs = configurations(sgd), pairs_of_options(sgd)
    assert len(pairs) < len(every)
    for dtype in FORMATS:
        assert met(sgd, dtype, "huge") == pairs
        tried = met(sgd, dtype, "jumps")
        assert [c for c in pairs if c not in tried] == []
        assert ([c for c in every if c not in tried] == []) == (dtype == "float32")


def test_options_meet_in_all_ways_in_each_dtype_where_equations_read_it():
    spec, names = probe(4)
    (lr, *_) = (h.symbol for h in spec.hyperparameters)
    step = Piecewise(*((lr * (i + 2), flag) for i, flag in enumerate(names)), (lr, True))
    for factor, count in ((1, 6), (machine_epsilon, 16)):
        new = replace(
            spec, updates=[Update(theta[t], theta[t - 1] - factor * step * grad(theta[t - 1]))]
        )
        found = {repr(c.options) for c in met(new, "float64", "jumps") if not c.limit}
        assert len(found) == count


def test_few_configurations_are_all_there():
    assert len(configurations(probe(5)[0])) == 32


@pytest.mark.parametrize(
    ("domain", "value"),
    [
        (REAL, 0.9),
        (UNIT, 0.9),
        (Interval(high=0), -0.1),
        (Interval(low=2, high=4), 3.8),
        (Interval(low=5), 5.9),
    ],
)
def test_inside(domain, value):
    assert inside(domain, (0.9, 0.25)) == pytest.approx(value, rel=1e-15)


def test_inside_avoids_what_is_taken():
    assert inside(UNIT, (0.9, 0.25), taken={0.9}) == 0.25


def test_contains():
    assert contains(NON_NEGATIVE, 0.0)
    assert not contains(POSITIVE, 0.0)
    assert not contains(UNIT, 1.0)
    assert contains(REAL, -1e300)


@pytest.mark.parametrize("dtype", FORMATS)
def test_inputs_are_values_of_the_dtype_and_the_same_each_time(dtype):
    cases, again = inputs(dtype), inputs(dtype)
    assert [case.name for case in cases] == CASES
    for case, other in zip(cases, again, strict=True):
        for array, same in zip(
            (case.theta, *case.gradients), (other.theta, *other.gradients), strict=True
        ):
            assert array.dtype == FORMATS[dtype].storage
            assert array.shape == case.theta.shape
            np.testing.assert_array_equal(array, same)
            np.testing.assert_array_equal(array, round_floats(array, FORMATS[dtype]))


@pytest.mark.parametrize("dtype", FORMATS)
def test_each_input_is_what_it_is_named_for(dtype):
    form, cases = FORMATS[dtype], by_name(dtype)
    largest, tiny = float(form.largest), float(form.smallest_normal)
    assert cases["random"].theta.shape == (8, 12)
    assert len(cases["random"].gradients) == 5
    with np.errstate(over="raise"):
        for gradient in cases["random"].gradients:
            np.sum(np.square(gradient[0]))
    assert cases["scalar"].theta.shape == ()
    assert cases["empty"].theta.size == 0
    assert not cases["zero gradient"].gradients[0].any()
    huge = np.abs(cases["huge"].gradients[0].astype(float))
    assert np.isfinite(huge).all()
    assert (huge > largest**0.5 * 2).all()

    denormal = np.abs(cases["denormal"].gradients[0].astype(float))
    assert (denormal < tiny).all()
    assert (denormal > 0).all()
    assert cases["large t"].start == 10**6
    special = cases["nan and infinity"].gradients[0]
    assert np.isnan(special).any()
    assert np.isposinf(special).any()
    assert np.isneginf(special).any()
    assert np.isfinite(special).any()


def on(spec, *options):
    fixed = configurations(spec)[-1].hyper
    return Configuration(fixed, {o.name: o.name in options for o in spec.options})


def test_first_states_are_the_initial_ones_at_the_first_step():
    case = by_name("float32")["random"]
    states = first_states(adagrad, case, on(adagrad))
    assert states["s"].dtype == np.float32
    value = on(adagrad).hyper["initial_accumulator_value"]
    np.testing.assert_array_equal(states["s"], np.full((8, 12), value, dtype=np.float32))
    assert first_states(sgd, case, on(sgd)) == {}
    assert first_states(nadam, case, on(nadam))["mu_product"] == 1.0


@pytest.mark.parametrize("dtype", FORMATS)
def test_a_made_up_past_is_plausible(dtype):
    case = by_name(dtype)["large t"]
    states = first_states(rmsprop, case, on(rmsprop, "centered"))
    assert set(states) == {"v", "gbar", "b"}
    assert states["v"].dtype == case.form.storage
    assert (states["v"].astype(float) > states["gbar"].astype(float) ** 2).all()
    assert len(np.unique(states["v"])) > 6
    assert set(first_states(sgd, case, on(sgd))) == {"b"}
    product = first_states(nadam, case, on(nadam))["mu_product"]
    assert 0 < product < 1
    for name, value in states.items():
        np.testing.assert_array_equal(value, round_floats(value, case.form), err_msg=name)


def test_ends_of_domains():
    found = at_the_ends(adam)
    default = {h.name: float(h.default) for h in adam.hyperparameters} | {"lr": 0.5}
    changed = [{k: v for k, v in c.hyper.items() if v != default[k]} for c in found]
    below_one, tiny = 1 - 2.0**-53, 2.0**-100
    for name in ("beta1", "beta2"):
        assert [c[name] for c in changed if name in c] == [0.0, tiny, below_one]
    assert [c["eps"] for c in changed if "eps" in c] == [0.0, tiny]
    assert [c["weight_decay"] for c in changed if "weight_decay" in c] == [tiny]
    assert all(len(c) == 1 for c in changed)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_magnitudes_jump_up_and_down(dtype):
    sizes = np.abs([np.asarray(g, float) for g in by_name(dtype)["jumps"].gradients])
    ratios = sizes[1:] / sizes[:-1]
    # Signs and digits are drawn, from 0.1 to 1; squares stay in range.
    far = 2.0 ** (10 if dtype == "float16" else 55)
    assert ratios.max() > far
    assert ratios.min() < 1 / far
    assert sizes.max() ** 2 * 10 < float(FORMATS[dtype].largest)


def test_cases_of_matrices():
    shapes = {name: case.of_matrices().theta.shape for name, case in by_name("float32").items()}
    assert (shapes["random"], shapes["scalar"], shapes["jumps"]) == ((8, 12), (1, 1), (2, 3))
    assert (shapes["zero gradient"], shapes["empty"]) == ((1, 3), (0, 3))
