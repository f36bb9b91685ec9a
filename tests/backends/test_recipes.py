"""The page that teaches writing rules: every block of it is a file, and does what is said."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from steprule.codegen.handbook.edition import edition
from steprule.codegen.loading.load import load
from steprule.codegen.loading.selection import selected
from steprule.codegen.prove.discover import claims_of
from steprule.codegen.prove.prove import prove
from steprule.specs import language as spec_language
from steprule.specs.language import Optimizer
from steprule.specs.language.claims import Verdict

LR, BETA, EPS = 0.1, 0.5, 1e-8
START = np.array([[1.0, -2.0], [0.5, 3.0]])
GRADIENTS = [
    np.array([[1.0, -2.0], [3.0, 0.5]]),
    np.array([[-0.5, -1.0], [2.0, 4.0]]),
    np.array([[2.0, 1.0], [-1.0, 0.25]]),
    np.array([[-3.0, 0.5], [1.0, -2.0]]),
]
LOSSES = [4.0, 3.0, 2.0, 1.5]
CURVATURES = [np.array([[2.0, 0.5], [1.0, 4.0]]), *(np.full((2, 2), np.nan) for _ in range(3))]
"""Of which every tenth is read, the first among them."""


def blocks(language: str) -> dict[str, str]:
    """The files on both pages, by their names, which their first lines say."""
    text = "\n".join(edition(language).chapters[name] for name in ("writing", "rule-recipes"))
    found = re.findall(r"^```python\n# (\w+\.py)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return dict(found)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recipes")
    for name, text in blocks("en").items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def rules(files: Path) -> dict[str, Optimizer]:
    names = sorted(path for path in files.glob("*.py") if path.name != "parts.py")
    found = selected([str(path) for path in names])
    return {rule.name: rule for rule in found if isinstance(rule, Optimizer)}


@pytest.fixture(scope="module")
def made(rules: Mapping[str, Optimizer], package: Any) -> Callable[[str], type]:
    built = package([*rules.values()], formatted=False, only=["numpy"])
    return lambda name: built.optimizer("numpy", rules[name])


def average() -> Callable[[np.ndarray], np.ndarray]:
    m = np.zeros_like(START)

    def following(g: np.ndarray) -> np.ndarray:
        m[:] = BETA * m + (1 - BETA) * g
        return m.copy()

    return following


# Each in plain NumPy: the directions that a rule takes, of the parameter and the gradient.
Directions = Callable[[Callable[[], np.ndarray]], Iterator[np.ndarray]]


def heavy_ball(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    b = np.zeros_like(START)
    for g in GRADIENTS:
        b = BETA * b + g
        yield b


def every_k(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    first, _, third, _ = GRADIENTS
    yield from (first, first, third, third)


def to_start(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    for g in GRADIENTS:
        yield g + 0.5 * (theta() - START)


def difference(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    for last, g in zip([0, *GRADIENTS], GRADIENTS, strict=False):
        yield 2 * g - last


def agree(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    following = average()
    for g in GRADIENTS:
        m = following(g)
        yield np.where(m * g > 0, m, g / 2)


def signed(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    yield from map(np.sign, GRADIENTS)


def by_rows(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    v = np.zeros((2, 1))
    for g in GRADIENTS:
        v = v + (g**2).mean(axis=1, keepdims=True)
        yield g / (np.sqrt(v) + EPS)


def of_a_tensor(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    largest = 0.0
    for g in GRADIENTS:
        largest = max(largest, float(np.sqrt((g**2).sum())))
        yield g / (largest + EPS)


def plain(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    yield from GRADIENTS


def polyak(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    for loss, g in zip(LOSSES, GRADIENTS, strict=True):
        yield loss * g / ((g**2).sum() + EPS)


def curvature(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    h = (1 - BETA) * CURVATURES[0]
    for g in GRADIENTS:
        yield g / np.maximum(h, EPS)


def orthogonal(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    following = average()
    for g in GRADIENTS:
        m = following(g)
        x = m / max(float(np.sqrt((m**2).sum())), EPS)
        for _ in range(5):
            x = (3 * x - x @ x.T @ x) / 2
        yield x


def softened(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    for g in GRADIENTS:
        yield 0.5 * g + 0.5 * np.sign(g)


def averaged_direction(theta: Callable[[], np.ndarray]) -> Iterator[np.ndarray]:
    yield from map(average(), GRADIENTS)


EXPECTED: dict[str, Directions] = {
    "HeavyBall": heavy_ball,
    "EveryK": every_k,
    "ToStart": to_start,
    "Difference": difference,
    "Agree": agree,
    "Signed": signed,
    "ByRows": by_rows,
    "OfATensor": of_a_tensor,
    "OfAll": of_a_tensor,  # of one tensor, the same
    "Averaged": plain,
    "Polyak": polyak,
    "Curvature": curvature,
    "Compensated": plain,
    "Orthogonal": orthogonal,
    "SoftenedDescent": softened,
    "Average": averaged_direction,
}
GIVEN: dict[str, dict[str, Sequence[Any]]] = {
    "Polyak": {"f": LOSSES},
    "Curvature": {"hessian": CURVATURES},
}
SET: dict[str, dict[str, Any]] = {"Signed": {"signs": True}}


def test_every_rule_of_the_page_is_here(rules: Mapping[str, Optimizer]) -> None:
    assert {*rules} == {*EXPECTED, "LookaheadCautiousPlain"}


@pytest.mark.parametrize("name", EXPECTED)
def test_it_does_what_is_said(name: str, made: Callable[[str], type]) -> None:
    optimizer = made(name)(**SET.get(name, {}))
    theta, expected = START.copy(), START.copy()
    directions = EXPECTED[name](lambda: expected.copy())
    for k, g in enumerate(GRADIENTS):
        optimizer.update(theta, g.copy(), **{i: x[k] for i, x in GIVEN.get(name, {}).items()})
        expected -= LR * next(directions)
        # Sums in another order, in four steps.
        np.testing.assert_allclose(theta, expected, rtol=1e-13, err_msg=f"step {k + 1}")


def test_two_operators(made: Callable[[str], type]) -> None:
    optimizer = made("LookaheadCautiousPlain")()
    theta, fast, slow = START.copy(), START.copy(), START.copy()
    following = average()
    for k, g in enumerate(GRADIENTS, 1):
        optimizer.update(theta, g.copy())
        m = following(g)
        mask = (m * g > 0).astype(float)
        fast = fast - LR * m * mask / max(float(mask.mean()), 1e-3)
        if k % 2 == 0:
            slow = slow + 0.5 * (fast - slow)
            fast = slow
        np.testing.assert_allclose(theta, fast, rtol=1e-13)


def test_a_vector_has_no_rows(made: Callable[[str], type]) -> None:
    theta = np.ones(2)
    made("ByRows")().update(theta, np.array([1.0, -2.0]))
    np.testing.assert_allclose(theta, [0.9, 1.2], rtol=1e-15)


def test_one_number_for_all_tensors(made: Callable[[str], type]) -> None:
    """Of gradients 3 and 4, of which the norm is 5; each alone has its own."""
    for name, moved in (("OfAll", [0.06, 0.08]), ("OfATensor", [0.1, 0.1])):
        params = [np.zeros(1), np.zeros(1)]
        made(name)().update(params, [np.full(1, -3.0), np.full(1, -4.0)])
        # EPS stands in the denominator, beside 3 at least.
        np.testing.assert_allclose(np.concatenate(params), moved, rtol=1e-8)


def test_the_output_is_the_mean(made: Callable[[str], type]) -> None:
    optimizer, theta = made("Averaged")(), START.copy()
    seen = []
    for g in GRADIENTS:
        optimizer.update(theta, g.copy())
        seen.append(theta.copy())
    np.testing.assert_allclose(
        optimizer.output("averaged", theta), np.mean(seen, axis=0), rtol=1e-14
    )


def test_the_claim_is_proved(files: Path) -> None:
    (claim,) = claims_of(str(files / "claims.py"))
    assert prove(claim).verdict is Verdict.PROVED


def test_both_languages_have_the_same_files() -> None:
    assert blocks("zh") == blocks("en")
    assert len(blocks("en")) == 17


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_lists_the_whole_language(language: str) -> None:
    """All of it but what parts of operators, claims and schedules are called, which have pages."""
    text = edition(language).chapters["writing"]
    table = text[text.rindex("| --- | --- |") :].partition("\n\n")[0]
    assert not {*re.findall(r"`(\w+)", table)} - {*vars(spec_language), "beta", "over", "help"}
    listed = {*re.findall(r"\b[A-Za-z]\w*\b", table)}
    elsewhere = {
        *(
            "Axis",
            "Fact",
            "FACTS",
            "Gradient",
            "GradientAt",
            "Iterand",
            "Numbers",
            "Series",
            "Value",
        ),
        *("Function", "Part", "Sample", "Schedule", "Schedules", "Side", "Spec", "SpecError"),
        *("Symbol", "Integer", "Transform", "Update", "Optimizer", "Verdict", "Option"),
        *("by_induction", "completed_cycles", "forgetting", "running_product", "squared"),
        *("added", "call", "carried_out", "chained", "chained_momentum", "eta", "item", "metric"),
        *("momentum_of", "passed", "points", "rate_of", "second_weight", "size", "squares"),
        *("direction", "given", "gradient", "kept", "momentum", "rate", "second_moment"),
        *("step", "stepped", "lr", "mu"),
    }
    assert not {*spec_language.__all__} - listed - elsewhere


def test_what_bfloat16_loses_is_carried_on(rules: Mapping[str, Optimizer], package: Any) -> None:
    built = package([rules["Compensated"], rules["Signed"]], formatted=False, only=["torch"])
    found = {}
    for name in ("Compensated", "Signed"):  # which descends, unless it is told otherwise
        param = torch.nn.Parameter(torch.ones(3, dtype=torch.bfloat16))
        optimizer = built.optimizer("torch", rules[name])([param], lr=1e-3)
        for _ in range(100):
            param.grad = torch.ones_like(param)
            optimizer.step()
        found[name] = param.detach().float()
    # Of 1 - 100/1000 the nearest there is; by itself each step is less than half of a last place.
    torch.testing.assert_close(found["Compensated"], torch.full((3,), 0.9).bfloat16().float())
    torch.testing.assert_close(found["Signed"], torch.ones(3))


def test_matrices_of_a_batch_have_norms_of_their_own(made: Callable[[str], type]) -> None:
    """So that each comes as near to an orthogonal one as it does alone."""
    batch = np.stack([*GRADIENTS[:2], 100 * GRADIENTS[2]])
    together = np.zeros_like(batch)
    made("Orthogonal")(lr=1.0).update(together, batch)
    for k, g in enumerate(batch):
        alone = np.zeros_like(g)
        made("Orthogonal")(lr=1.0).update(alone, g)
        # Sums of few products.
        np.testing.assert_allclose(together[k], alone, rtol=1e-13)


def test_imports_are_three_lines_at_most() -> None:
    for name, text in blocks("en").items():
        assert len(re.findall(r"^(?:from|import) ", text, re.MULTILINE)) <= 3, name


def test_a_rule_alone_is_loaded_by_its_name(files: Path) -> None:
    (rule,) = load(f"{files / 'numbers.py'}:of_all")
    assert rule.name == "OfAll"
