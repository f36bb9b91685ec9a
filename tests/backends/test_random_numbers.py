"""Rules that draw random numbers: the same ones in every backend, and those the oracle draws."""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.codegen.backends.latex.box import box
from steprule.codegen.backends.latex.cells import latex
from steprule.codegen.backends.latex.printer import LatexPrinter
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.oracle.draws import draws
from steprule.codegen.oracle.formats import FORMATS, to_floats
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Input,
    Optimizer,
    Source,
    State,
    Update,
    grad,
    hyperparameters,
    inputs,
    intermediates,
    machine_epsilon,
    matmul,
    norm,
    states,
    stored,
    t,
    theta,
    transpose,
)
from sympy import Abs, Eq, Mod, Piecewise, Rational, sign, sqrt
from torch import nn

lr, eta, gamma, eps = hyperparameters("lr eta gamma eps")
u, xi, z = inputs("u xi z")
kept, signs, normal = states("kept signs normal")
x, nearest, rest, other = intermediates("x nearest rest other")
G = grad(theta[t - 1])
RATE = Hyper(lr, "0.1", NON_NEGATIVE, "learning rate")

DRAWN = analyse(
    Optimizer(
        "Drawn",
        summary="Keeps what it draws.",
        source="this test",
        hyper=[RATE],
        states=[State(s, init=0, key=s.name) for s in (kept, signs, normal)],
        inputs=[
            Input(u, Source.UNIFORM, "a uniform number"),
            Input(xi, Source.RADEMACHER, "a sign", when=Eq(Mod(t, 2), 1)),
            Input(z, Source.NORMAL, "a normal number"),
        ],
        updates=[
            Update(kept[t], u[t]),
            Update(signs[t], Piecewise((xi[t], Eq(Mod(t, 2), 1)), (signs[t - 1], True))),
            Update(normal[t], z[t]),
            Update(theta[t], theta[t - 1] - lr * G * (kept[t] + signs[t] + normal[t])),
        ],
    )
)
NOISY = analyse(
    Optimizer(
        "NoisyDescent",
        summary="Descent along gradients with noise, which fades.",
        source="Neelakantan et al., 2015, arXiv:1511.06807, section 3",
        hyper=[
            RATE,
            Hyper(eta, "0.3", NON_NEGATIVE, "variance of the noise before the first step"),
            Hyper(gamma, "0.55", NON_NEGATIVE, "how fast it fades"),
        ],
        states=[],
        inputs=[Input(z, Source.NORMAL, "the noise")],
        updates=[
            Update(theta[t], theta[t - 1] - lr * (G + sqrt(eta / (1 + t) ** gamma) * z[t])),
        ],
    )
)
ROUNDED = analyse(
    Optimizer(
        "StochasticallyRounded",
        summary="Descent, rounded to either neighbour: the more often, the nearer that is.",
        source="Gupta et al., 2015, arXiv:1502.02551, section 3",
        hyper=[
            RATE,
            Hyper(eps, "1e-3", POSITIVE, "from 1 to the next number", derived=machine_epsilon),
        ],
        states=[],
        inputs=[Input(u, Source.UNIFORM, "what decides")],
        updates=[
            Update(x[t], theta[t - 1] - lr * G),
            Update(nearest[t], stored(x[t])),
            Update(rest[t], x[t] - nearest[t]),
            # From .64 to 1.28 of the distance to the neighbour: that is what it rounds to.
            Update(
                other[t],
                stored(nearest[t] + sign(rest[t]) * eps * Abs(nearest[t]) * Rational(16, 25)),
            ),
            Update(
                theta[t],
                Piecewise(
                    (other[t], u[t] * Abs(other[t] - nearest[t]) < Abs(rest[t])),
                    (nearest[t], True),
                ),
            ),
        ],
    )
)
NORMED = analyse(
    Optimizer(
        "Normed",
        summary="Steps of one length, with noise.",
        source="this test",
        hyper=[RATE],
        states=[],
        inputs=[Input(z, Source.NORMAL, "the noise")],
        updates=[Update(theta[t], theta[t - 1] - lr * (G + z[t]) / (1 + norm(G + z[t])))],
    )
)
ORTHOGONAL = analyse(
    Optimizer(
        "NearlyOrthogonal",
        summary="Gradients with noise, times themselves.",
        source="this test",
        hyper=[RATE],
        states=[],
        inputs=[Input(z, Source.NORMAL, "the noise")],
        updates=[
            Update(x[t], G + z[t]),
            Update(theta[t], theta[t - 1] - lr * matmul(matmul(x[t], transpose(x[t])), x[t])),
        ],
    )
)
SHAPES = [(3, 5), (), (0,), (2, 4, 3), (1030,)]
WAYS = [{"foreach": False}, {"foreach": True}, {"capturable": True}, {"fused": True}]
STEPS = 3
SEED = 2**40 + 7
# Box and Muller's logarithm, root and sine, of a few units each, of a number that is itself rounded
# three times. Measured: 3.3 at most.
NORMAL_ULP = 8


@pytest.fixture(scope="module")
def made(package):
    return package([DRAWN, NOISY, ROUNDED, NORMED, ORTHOGONAL], kernels=True)


def params(dtype="float64", shapes=SHAPES):
    rng = np.random.default_rng(3)
    return [np.asarray(rng.normal(size=shape)).astype(dtype) for shape in shapes]


@pytest.fixture(scope="module")
def expected():
    """What is drawn for each parameter, by dtype and step, in float64."""
    known = defaultdict(dict)

    def of(dtype, step):
        if (dtype, step) not in known:
            form = FORMATS[dtype]
            known[dtype, step] = [
                {
                    name: to_floats(x, FORMATS["float64"])
                    for name, x in draws(
                        DRAWN, shape, t=step, form=form, seed=SEED, parameter=i
                    ).items()
                }
                for i, shape in enumerate(SHAPES)
            ]
        return known[dtype, step]

    return of


def check(found, expected, step, dtype):
    for own, drawn in zip(found, expected(dtype, step), strict=True):
        np.testing.assert_array_equal(own["kept"], drawn["u"])
        last = drawn if step % 2 else None
        if last:
            np.testing.assert_array_equal(own["signs"], last["xi"])
        unit = NORMAL_ULP * np.finfo(dtype).eps
        np.testing.assert_allclose(own["normal"], drawn["z"], rtol=unit, atol=0)


@pytest.mark.parametrize(
    ("engine", "dtype"), [("numpy", "float32"), ("numpy", "float64"), ("numba", "float32")]
)
def test_numpy_draws_what_the_oracle_does(made, expected, dtype, engine):
    layouts = [np.asfortranarray, np.asarray, np.asarray, np.asfortranarray]
    layouts.append(lambda x: np.repeat(x, 2)[::2])
    thetas = [layout(p) for layout, p in zip(layouts, params(dtype), strict=True)]
    optimizer = made.optimizer("numpy", DRAWN)(seed=SEED, engine=engine)
    for step in range(1, STEPS + 1):
        optimizer.update(thetas, params(dtype))
        states_ = optimizer.state_dict()
        names = ("kept", "signs", "normal")
        found = [{n: states_[f"{n}/{i}"] for n in names} for i in range(len(SHAPES))]
        check(found, expected, step, dtype)


@pytest.mark.parametrize(
    ("way", "dtype"),
    [(way, dtype) for dtype in ("float32", "float64") for way in WAYS[:3]] + [(WAYS[3], "float32")],
    ids=str,
)
def test_torch_draws_what_the_oracle_does(made, expected, dtype, way):
    given = [nn.Parameter(torch.tensor(p)) for p in params(dtype)]
    given[3] = nn.Parameter(given[3].detach().mT.contiguous().mT)
    groups = [{"params": given[:2]}, {"params": given[2:]}]
    optimizer = made.optimizer("torch", DRAWN)(groups, seed=SEED, **way)
    for step in range(1, STEPS + 1):
        for p in given:
            p.grad = p.detach().clone()
        optimizer.step()
        check([optimizer.state[p] for p in given], expected, step, dtype)


def oracle_step(spec, theta_, gradient, step, form, *, seed=0, parameter=0):
    """One step of a rule without states or options, with its defaults."""
    drawn = draws(spec, theta_.shape, t=step, form=form, seed=seed, parameter=parameter)
    known = {"machine_epsilon": float(form.epsilon)}
    hyper = {
        h.name: float(h.default if h.derived is None else known[str(h.derived)])
        for h in spec.hyperparameters
    }
    new = oracle.step(
        spec,
        t=step,
        theta=theta_,
        gradient=gradient,
        states={},
        hyper=hyper,
        options={},
        inputs=drawn,
        form=form,
    )
    return to_floats(new["theta"], form)


@pytest.mark.parametrize("way", ["numpy", *map(str, range(4))])
def test_gradient_noise(made, way):
    """The fused kernel and the others take the noise that the oracle does."""
    thetas, gradients = params(), [np.asarray(2 * p) for p in params()]
    if way == "numpy":
        made.optimizer("numpy", NOISY)(seed=SEED).update(found := params(), gradients)
    else:
        given = [nn.Parameter(torch.tensor(p)) for p in thetas]
        for p, x in zip(given, gradients, strict=True):
            p.grad = torch.tensor(x)
        made.optimizer("torch", NOISY)(given, seed=SEED, **WAYS[int(way)]).step()
        found = [p.detach().numpy() for p in given]
    for i, (p, x) in enumerate(zip(thetas, gradients, strict=True)):
        expected = oracle_step(NOISY, p, x, 1, FORMATS["float64"], seed=SEED, parameter=i)
        # A step of a few roundings, of numbers of about 1.
        np.testing.assert_allclose(found[i], expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("way", WAYS[:3], ids=str)
def test_stochastic_rounding(made, way):
    """A step to a quarter of the way from 1 to the next bfloat16 goes there once in four times."""
    p = nn.Parameter(torch.ones(2**14, dtype=torch.bfloat16))
    p.grad = torch.full_like(p, -10 / 2**9)  # times a rate of 0.1, which is a little more
    made.optimizer("torch", ROUNDED)([p], **way).step()
    (up,) = torch.nonzero(p.detach().float() - 1, as_tuple=True)
    assert {*(p.detach().float() - 1).tolist()} == {0, 2**-7}
    (drawn,) = draws(ROUNDED, p.shape, t=1, form=FORMATS["float32"]).values()
    assert up.tolist() == [i for i, x in enumerate(drawn) if 4 * x < 1]
    # Five standard deviations of the number of those.
    assert abs(len(up) - p.numel() / 4) < 5 * (p.numel() * 3 / 16) ** 0.5


def test_halves_are_drawn_as_they_are_computed_with(made):
    """In float16 arrays, and bfloat16 tensors: in float32, of which they hold the first bits."""
    theta_ = np.ones((7, 3), np.float16)
    made.optimizer("numpy", DRAWN)().update({"w": theta_}, {"w": theta_.copy()})
    optimizer = made.optimizer("numpy", DRAWN)()
    optimizer.update(theta_, theta_.copy())
    p = nn.Parameter(torch.ones(7, 3, dtype=torch.bfloat16))
    p.grad = p.detach().clone()
    for way in WAYS:
        other = made.optimizer("torch", DRAWN)([p], **way)
        other.step()
        drawn = to_floats(
            draws(DRAWN, (7, 3), t=1, form=FORMATS["bfloat16"])["u"], FORMATS["float64"]
        )
        assert other.state[p]["kept"].tolist() == torch.tensor(drawn).to(p.dtype).tolist()
    np.testing.assert_array_equal(optimizer.state_dict()["kept"], drawn.astype(np.float16))


def test_complex_numbers_are_pairs_of_reals(made):
    p = nn.Parameter(torch.ones(3, 2, dtype=torch.complex128))
    p.grad = p.detach().clone()
    drawn = draws(DRAWN, (3, 2, 2), t=1, form=FORMATS["float64"])["u"]
    for way in WAYS:
        optimizer = made.optimizer("torch", DRAWN)([p], **way)
        optimizer.step()
        found = torch.view_as_real(optimizer.state[p]["kept"])
        np.testing.assert_array_equal(found, to_floats(drawn, FORMATS["float64"]))


def test_a_checkpoint_goes_on_with_the_same_numbers(made):
    kind, theta_ = made.optimizer("numpy", DRAWN), np.ones(9)
    first = kind(seed=SEED)
    first.update(theta_, theta_.copy())
    kept, state = theta_.copy(), first.state_dict()
    assert (state["step"], state["seed"]) == (1, SEED)
    first.update(theta_, kept)
    second = kind(seed=1)
    second.load_state_dict(state)
    second.update(resumed := kept.copy(), kept)
    np.testing.assert_array_equal(resumed, theta_)
    for wrong, words in (({"seed": -1}, "seed must be a whole number"), ({}, "'seed' is missing")):
        with pytest.raises(ValueError, match=words):
            second.load_state_dict({k: x for k, x in state.items() if k != "seed"} | wrong)
    assert second.seed == SEED


def test_a_checkpoint_of_torch_does(made):
    kind = made.optimizer("torch", DRAWN)

    def after(optimizer, p):
        p.grad = torch.ones_like(p)
        optimizer.step()
        return p.detach().clone()

    p = nn.Parameter(torch.ones(9))
    first = kind([p], seed=SEED)
    kept = after(first, p)
    state = first.state_dict()
    assert state["param_groups"][0]["seed"] == SEED
    second = kind([q := nn.Parameter(kept.clone())], seed=1)
    second.load_state_dict(state)
    assert after(second, q).tolist() == after(first, p).tolist()


def test_who_is_skipped_changes_nobody_elses_numbers(made):
    def kept(skipped, shape=(5,)):
        given = [nn.Parameter(torch.ones(shape)) for _ in range(3)]
        optimizer = made.optimizer("torch", DRAWN)([{"params": given[:2]}, {"params": given[2:]}])
        for i, p in enumerate(given):
            p.grad = None if i == skipped else torch.ones_like(p)
        optimizer.step()
        return [optimizer.state[p].get("kept") for p in given]

    all_, some = kept(None), kept(0)
    assert some[0] is None
    assert [x.tolist() for x in all_[1:]] == [x.tolist() for x in some[1:]]
    assert len({tuple(x.tolist()) for x in all_}) == 3


def test_groups_have_seeds_of_their_own(made):
    first, second = (nn.Parameter(torch.ones(4)) for _ in range(2))
    kind = made.optimizer("torch", DRAWN)
    optimizer = kind([{"params": [first]}, {"params": [second], "seed": 3}], seed=2)
    first.grad, second.grad = torch.ones(4), torch.ones(4)
    optimizer.step()
    for i, (p, seed) in enumerate([(first, 2), (second, 3)]):
        own = draws(DRAWN, (4,), t=1, form=FORMATS["float32"], seed=seed, parameter=i)["u"]
        assert optimizer.state[p]["kept"].tolist() == [float(x) for x in own]
    for wrong in (-1, 2**64, 1.0, True, "1"):
        for make in (kind, lambda p, seed: made.optimizer("numpy", DRAWN)(seed=seed)):
            with pytest.raises(ValueError, match=r"seed must be a whole number from 0 to 2\*\*64"):
                make([nn.Parameter(torch.ones(1))], seed=wrong)


def test_a_draw_in_an_algorithm():
    shown = box(DRAWN, LatexPrinter(DRAWN)).draws
    assert [*map(latex, shown)] == [
        r"$u_t \sim \mathcal{U}[0, 1)$",
        r"$\xi_t \sim \mathcal{U}\{-1, 1\}$ if $t \bmod 2 = 1$",
        r"$z_t \sim \mathcal{N}(0, 1)$",
    ]


def test_nobody_hands_over_what_is_drawn(made):
    theta_ = np.ones(2)
    with pytest.raises(TypeError, match="a step of Drawn has no input 'u'"):
        made.optimizer("numpy", DRAWN)().update(theta_, theta_.copy(), u=theta_)
    p = nn.Parameter(torch.ones(2))
    with pytest.raises(TypeError, match="a step of Drawn has no input 'u'"):
        made.optimizer("torch", DRAWN)([p]).step(u=[p])


@pytest.mark.slow  # torch.compile takes seconds to import
def test_a_step_that_is_compiled(made, expected):
    given = [nn.Parameter(torch.tensor(p)) for p in params()]
    optimizer = made.optimizer("torch", DRAWN)(given, seed=SEED)
    step = torch.compile(optimizer.step, backend="eager")
    for count in (1, 2):
        for p in given:
            p.grad = p.detach().clone()
        step()
        check([optimizer.state[p] for p in given], expected, count, "float64")


@pytest.mark.slow
def test_ranks_draw_what_one_process_does(made):
    rules = [DRAWN.name, NORMED.name, ORTHOGONAL.name]
    script = Path(__file__).with_name("ranks_that_draw.py")
    run = subprocess.run(
        [sys.executable, script, made.folder, *rules], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    for found in json.loads(run.stdout.splitlines()[-1]):
        assert len(found) == 5
        for name, off in found.items():
            # Sums of norms are of the same terms in another order; of products, in another shape.
            assert off <= (0 if name.startswith(DRAWN.name) else 1e-12), (name, off)
