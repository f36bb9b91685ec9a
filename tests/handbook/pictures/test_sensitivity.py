"""The losses by rate: measured as said, kept, and drawn where they are."""

import importlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import steprule.numpy
from steprule.codegen.analysis import analyse
from steprule.codegen.handbook.pictures import sensitivity, small, tried
from steprule.codegen.handbook.pictures.sensitivity import LOST
from steprule.codegen.handbook.pictures.tried import RATES
from steprule.codegen.loading.load import builtin
from steprule.numpy import SGD, Adam, Lamb

CODE = Path(steprule.numpy.__file__).parent


@pytest.fixture(scope="module")
def generated():
    """The material, of the code as it is installed."""
    return SimpleNamespace(
        code={f"numpy/{file.name}": file.read_text() for file in CODE.glob("*.py")},
        module=lambda name: importlib.import_module(f"steprule.{name}"),
        optimizers=[analyse(builtin()[name]) for name in ("SGD", "Adam", "Muon")],
    )


def rule(name):
    return analyse(builtin()[name])


def by_hand(run, rate, beta2):
    """The loss at the end of a run: example by example, and Adam as its paper writes it."""
    task, beta1, eps = small.task(), 0.9, 1e-8
    first, second = (task.start[name][run].copy() for name in ("hidden", "output"))

    def chances(image):
        scores = np.tanh(image @ first) @ second
        return np.exp(scores) / np.exp(scores).sum()

    moments = [[np.zeros_like(w), np.zeros_like(w)] for w in (first, second)]
    for t, rows in enumerate(task.batches[:, run], start=1):
        slopes = [np.zeros_like(first), np.zeros_like(second)]
        for image, label in zip(task.images[rows], task.labels[rows], strict=True):
            hidden = np.tanh(image @ first)
            off = chances(image)
            off[label] -= 1
            slopes[1] += np.outer(hidden, off) / len(rows)
            slopes[0] += np.outer(image, (second @ off) * (1 - hidden**2)) / len(rows)
        for w, g, both in zip((first, second), slopes, moments, strict=True):
            both[0] = beta1 * both[0] + (1 - beta1) * g
            both[1] = beta2 * both[1] + (1 - beta2) * g**2
            m, v = both[0] / (1 - beta1**t), both[1] / (1 - beta2**t)
            w -= rate * m / (np.sqrt(v) + eps)
    examples = zip(task.images, task.labels, strict=True)
    return np.mean([-np.log(chances(image)[label]) for image, label in examples])


def test_the_losses_are_those_of_a_loop_written_otherwise(generated, monkeypatch):
    monkeypatch.setattr(tried, "RATES", (0.1,))
    measured = tried._measured(rule("Adam"), "0.99", generated)
    expected = [[by_hand(run, 0.1, 0.99) for run in range(small.RUNS)]]
    np.testing.assert_allclose(measured, expected, rtol=1e-9)  # summed in another order
    assert len(np.unique(measured)) == measured.size


def test_runs_side_by_side_are_those_of_each_alone():
    def made():
        return Adam(lr=0.1, engine="numpy")

    alone = [small._run(made(), run) for run in range(small.RUNS)]
    np.testing.assert_allclose(small.trained(made), alone, rtol=1e-9)


def test_runs_of_a_rule_that_takes_norms_are_apart():
    def made():
        return Lamb(lr=0.03, engine="numpy")

    alone = [small._run(made(), run) for run in range(small.RUNS)]
    together = small._run(made(), slice(None))
    np.testing.assert_array_equal(small.trained(made), alone)
    assert not np.allclose(together, alone, rtol=1e-3)


class Still:
    _is_whole, _points, _inputs, _outputs = False, (), (), ("averaged",)

    def update(self, params, gradients):
        pass

    def output(self, name, params):
        return {key: 0 * values for key, values in params.items()}


def test_a_network_is_evaluated_at_the_average_that_a_rule_keeps():
    np.testing.assert_allclose(small.trained(Still), np.full(small.RUNS, np.log(10)))


def test_a_run_that_is_lost_is_infinite():
    class Stuck(Still):
        def update(self, params, gradients):
            raise OverflowError

    np.testing.assert_array_equal(small.trained(Stuck), np.full(small.RUNS, np.inf))
    assert np.all(small.trained(lambda: SGD(lr=1e6, engine="numpy")) > LOST)


def test_what_was_measured_is_kept(generated, monkeypatch):
    kept = {}
    monkeypatch.setattr(tried, "found", kept.get)
    monkeypatch.setattr(tried, "keep", kept.__setitem__)
    asked = []

    def measure(spec, value, material):
        asked.append(value)
        return np.array([[1.0, np.inf]])

    monkeypatch.setattr(tried, "_measured", measure)
    for _ in range(2):
        losses = tried.losses(rule("SGD"), generated)
    assert asked == ["0", "0.9", "0.99"] == [*losses]
    np.testing.assert_array_equal(losses["0.9"], [[1.0, np.inf]])
    changed = SimpleNamespace(code=generated.code | {"numpy/sgd.py": "# another"})
    tried.losses(rule("SGD"), changed)
    assert len(asked) == 6


@pytest.fixture
def valleys(monkeypatch):
    """Losses whose least is known: lowest at 0.01, 0.1 and 1, lost to the right of 3."""
    deepest = {"0": 0.01, "0.9": 0.1, "0.99": 1.0}
    logs = np.log10(RATES)

    def losses(spec, material):
        found = {v: 0.5 + np.abs(logs - np.log10(rate)) / 4 for v, rate in deepest.items()}
        runs = {v: np.stack([x, 0.9 * x, 1.2 * x], axis=1) for v, x in found.items()}
        for each in runs.values():
            each[np.array(RATES) > 3, 2] = np.inf
        return runs

    monkeypatch.setattr(sensitivity, "losses", losses)
    return deepest


def test_the_picture_names_the_rate_at_which_its_line_is_lowest(valleys, generated, english):
    drawn = sensitivity.sensitivity(rule("SGD"), generated, english).picture.draw()
    (panel,) = drawn.axes
    named = [line for line in panel.lines if "lowest" in line.get_label()]
    for line, (value, rate) in zip(named, valleys.items(), strict=True):
        assert line.get_label() == f"momentum = {value}: lowest at lr {rate:g}"
        at, loss = line.get_data()
        assert at[np.argmin(loss)] == rate
        assert min(loss) == pytest.approx(0.5)  # the middle one of 0.45, 0.5 and 0.6
    assert len({line.get_linestyle() for line in named}) == 3
    assert len({line.get_marker() for line in named}) == 3


def test_lost_runs_and_the_default_are_marked(valleys, generated, english):
    (panel,) = sensitivity.sensitivity(rule("SGD"), generated, english).picture.draw().axes
    marks = [line for line in panel.lines if line.get_marker() == "x"]
    assert [list(line.get_xdata()) for line in marks] == [[10.0]] * 3
    rows = [line.get_ydata()[0] for line in marks]
    assert rows[0] == LOST < rows[1] < rows[2]
    (upright,) = (line for line in panel.lines if line.get_linestyle() == "-.")
    assert list(upright.get_xdata()) == [1e-3, 1e-3]


def test_where_most_runs_are_lost_there_is_no_line():
    losses = np.array([[1.0, 2.0, np.inf], [1.0, np.inf, np.inf]])
    np.testing.assert_array_equal(sensitivity._middle(losses), [2.0, np.nan])


def test_of_two_rates_alike_the_smaller_is_named():
    losses = np.ones((len(RATES), 3))
    assert tried.best(losses) == RATES[0] == 1e-4
    losses[4] = 0.5
    assert tried.best(losses) == RATES[4] == 0.01


def test_a_rule_side_by_side_with_others_has_its_defaults(monkeypatch, generated, english):
    def losses(spec, material):
        worse = {value: np.full((len(RATES), 3), 2.0) for value in tried.other(spec).tried}
        return worse | {{"SGD": "0.9", "Adam": "0.999", "Muon": "0.95"}[spec.name]: valley()}

    def valley():
        found = np.ones((len(RATES), 3))
        found[6] = 0.5
        return found

    monkeypatch.setattr(sensitivity, "losses", losses)
    drawn = sensitivity.all_sensitivities(generated, english).picture.draw()
    assert [panel.get_title() for panel in drawn.axes] == [
        f"{name}\nlr 0.1" for name in ("SGD", "Adam", "Muon")
    ]


@pytest.mark.exhaustive
def test_what_the_chapter_says_of_the_picture_is_so(generated):
    floors, rates = [], []
    for name in sensitivity._SIDE_BY_SIDE:
        middle = np.median(sensitivity._usual(rule(name), generated), axis=1)
        lowest = int(np.argmin(middle))
        assert middle[lowest - 2] > 2 * middle[lowest], name  # a tenth of the rate
        assert (middle[-1] > LOST) == (name != "Adafactor"), name
        floors.append(middle[lowest])
        rates.append(RATES[lowest])
    assert max(floors) < 2 * min(floors)
    assert max(rates) / min(rates) == pytest.approx(100 / 3, rel=0.01)
