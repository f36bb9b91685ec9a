"""Tables, the document and the picture of results that are made up."""

import json

import pytest
from rich.console import Console
from steprule.codegen.bench.chart import picture
from steprule.codegen.bench.contenders import Family
from steprule.codegen.bench.race import LeftOut, Result
from steprule.codegen.bench.report import best, document, table


def result(contender, family, milliseconds, *, deviation=0.5, workload="large tensors"):
    samples = tuple(m / 1e3 for m in milliseconds)
    return Result("Adam", workload, contender, family.value, 2_800_000, samples, deviation)


RESULTS = [
    result("steprule torch fused", Family.OURS, [4, 4, 6]),
    result("steprule numba", Family.OURS, [1, 1, 1], deviation=3.0),
    result("torch.optim fused", Family.TORCH, [8, 8, 8]),
    result("limit", Family.LIMIT, [2, 2, 2], deviation=None),
]


def test_the_best_is_none_that_is_wrong():
    assert best(RESULTS, Family.OURS) == 0.004
    assert best(RESULTS, Family.TEXTBOOK) is None


def test_table():
    console = Console(width=200)
    with console.capture() as captured:
        console.print(table(RESULTS))
    title, _, *rows = (line.split() for line in captured.get().splitlines())
    assert title == ["Adam,", "large", "tensors"]
    # 2.8 MB, half of which are read: a step in 1 ms moves 2.8 GB in a second.
    assert [" ".join(row) for row in rows] == [
        "steprule numba 1.00 1.00 to 1.00 0.25 0.12 200% 2.80 wrong",
        "limit 2.00 2.00 to 2.00 0.50 0.25 100% 1.40",
        "steprule torch fused 4.00 4.00 to 5.00 1.00 0.50 50% 0.700 ok",
        "torch.optim fused 8.00 8.00 to 8.00 2.00 1.00 25% 0.350 ok",
    ]


def test_document():
    setting = {"date": "2026-01-01T00:00:00+00:00", "threads": 2}
    text = document(RESULTS, setting=setting, left_out=[LeftOut("steprule numba", "gone")])
    read = json.loads(text)
    assert read["date"] == setting["date"]
    assert read["threads"] == 2
    assert read["left_out"] == [{"contender": "steprule numba", "reason": "gone"}]
    assert read["results"][0] == {
        "optimizer": "Adam",
        "workload": "large tensors",
        "contender": "steprule torch fused",
        "family": "steprule",
        "bytes": 2_800_000,
        "samples": [0.004, 0.004, 0.006],
        "deviation": 0.5,
        "lower": 0.004,
        "median": 0.004,
        "upper": 0.005,
        "wrong": False,
    }
    assert [r["wrong"] for r in read["results"]] == [False, True, False, False]
    again = [
        Result(**{k: r[k] for k in Result.__dataclass_fields__} | {"samples": tuple(r["samples"])})
        for r in read["results"]
    ]
    assert again == RESULTS


def test_a_deviation_without_bound_is_no_number_of_json():
    lost = [result("steprule numba", Family.OURS, [1], deviation=float("inf"))]
    read = json.loads(document(lost, setting={}, left_out=[]))["results"][0]
    assert (read["deviation"], read["wrong"]) == (None, True)


@pytest.mark.parametrize(
    ("suffix", "start"), [(".png", b"\x89PNG\r\n"), (".svg", b"<?xml version")]
)
def test_picture(suffix, start):
    pytest.importorskip("matplotlib")
    both = [*RESULTS, result("torch.optim fused", Family.TORCH, [9], workload="model")]
    assert picture(both, "One step", suffix).startswith(start)
