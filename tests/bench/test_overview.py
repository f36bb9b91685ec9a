"""All optimizers in one table, of results that are made up."""

from rich.console import Console
from steprule.codegen.bench.contenders import Family
from steprule.codegen.bench.overview import overview, told
from steprule.codegen.bench.race import Result


def result(optimizer, contender, family, milliseconds, deviation=0.5):
    samples = tuple(m / 1e3 for m in milliseconds)
    return Result(optimizer, "large tensors", contender, family.value, None, samples, deviation)


RESULTS = [
    # As steps of one repeat are compared, what slows the machine in the second counts for nothing.
    result("Adam", "limit", Family.LIMIT, [1, 2, 1], None),
    result("Adam", "steprule torch fused", Family.OURS, [1, 2, 2]),
    result("Adam", "steprule numba", Family.OURS, [2, 4, 2]),
    result("Adam", "torch.optim fused", Family.TORCH, [2, 4, 4]),
    result("Adam", "torch.optim loop", Family.TORCH, [8, 8, 8]),
    result("Adan", "limit", Family.LIMIT, [1, 1, 1], None),
    result("Adan", "steprule torch fused", Family.OURS, [2, 2, 2]),
    result("Adan", "somebodys.Adan", Family.LIBRARY, [1.6, 1.6, 1.6], None),
    result("Lion", "limit", Family.LIMIT, [1, 1, 1], None),
    result("Lion", "steprule torch fused", Family.OURS, [1, 1, 1], deviation=3.0),
]


def test_a_line_for_each_optimizer():
    console = Console(width=200)
    with console.capture() as captured:
        console.print(overview(RESULTS))
    _, *rows = (" ".join(line.split()) for line in captured.get().splitlines())
    assert rows == [
        "Adam 1.00 2.00 1.00 [0.75 1.00] 0.50 [0.50 0.50] torch.optim fused 4.00 0.50 [0.50 0.50]",
        "Adan 1.00 2.00 0.50 [0.50 0.50] - somebodys.Adan 1.60 1.25 [1.25 1.25]",
        "Lion 1.00 - - - - - -",  # what did not do the work has no time
    ]


def test_what_they_come_to():
    assert told(RESULTS) == [
        "1 of 2 fused steps reach 0.9 of the limit",
        "of 2 that are elsewhere too, 1 is slower than there: Adan",
    ]
    assert told(RESULTS[:5])[1] == "of 1 that is elsewhere too, none is slower than there"
