"""The Markdown of documents that are made up, with cells worked out by hand."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "table.py"


def result(optimizer, contender, median, *, workload="large tensors", wrong=False):
    """Times in seconds, with quartiles a tenth of a millisecond from the median."""
    return {
        "optimizer": optimizer,
        "workload": workload,
        "contender": contender,
        "median": median,
        "lower": median - 1e-4,
        "upper": median + 1e-4,
        "wrong": wrong,
    }


def document(*results, **changed):
    return {
        "date": "2026-01-02T03:04:05+00:00",
        "machine": {"processor": "P", "accelerator": "GPU 80", "cores": 16},
        "versions": {"python": "3.12", "torch": "2.13"},
        "parameters": 1_000_000_000,
        "dtype": "float32",
        "device": "cuda",
        "threads": 16,
        "repeats": 20,
        "results": list(results),
        **changed,
    }


def printed(tmp_path, *documents):
    files = [tmp_path / f"{i}.json" for i in range(len(documents))]
    for file, content in zip(files, documents, strict=True):
        file.write_text(json.dumps(content))
    ran = subprocess.run(
        [sys.executable, SCRIPT, *files], capture_output=True, text=True, check=True
    )
    return ran.stdout


def test_tables(tmp_path):
    adam = document(
        result("Adam", "limit", 9e-3),
        result("Adam", "steprule torch fused", 10e-3),
        result("Adam", "torch.optim fused", 12.5e-3),
        result("Adam", "steprule torch foreach", 0.0254321),
        result("Adam", "torch.optim loop", 1.2349),
        result("Adam", "steprule torch fused", 0.5e-3, workload="300 tensors"),
    )
    lion = document(
        result("Lion", "limit", 7.5e-3),
        result("Lion", "steprule torch fused", 8e-3, wrong=True),
        date="2026-01-02T04:00:00+00:00",
    )
    assert printed(tmp_path, adam, lion) == (
        "GPU 80; 2026-01-02; python 3.12, torch 2.13; float32, 1,000,000,000 parameters in the "
        "large tensors, 20 repeats. Milliseconds: median [quartiles].\n"
        "\n"
        "### large tensors\n"
        "\n"
        "| optimizer | ours fused | ours foreach | torch fused | torch loop | limit "
        "| ours fused, of the limit | torch fused, of the limit | ours fused / torch fused |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        # 9 / 10, 9 / 12.5 and 10 / 12.5.
        "| Adam | 10.00 [9.900 10.10] | 25.43 [25.33 25.53] | 12.50 [12.40 12.60] "
        "| 1235 [1235 1235] | 9.000 [8.900 9.100] | 90% | 72% | 0.800 |\n"
        "| Lion | 8.000 [7.900 8.100] wrong | - | - | - | 7.500 [7.400 7.600] | - | - | - |\n"
        "\n"
        "### 300 tensors\n"
        "\n"
        "| optimizer | ours fused | ours fused / torch fused |\n"
        "| --- | ---: | ---: |\n"
        "| Adam | 0.5000 [0.4000 0.6000] | - |\n"
    )


def test_every_setting_has_its_own(tmp_path):
    entry = result("Adam", "steprule numba", 1e-3)
    here = {"machine": {"processor": "Some CPU", "cores": 4}, "threads": 2, "device": "cpu"}
    read = printed(tmp_path, document(entry), document(entry, **here, dtype="bfloat16"))
    settings = [line for line in read.splitlines() if "repeats" in line]
    assert [line.partition(";")[0] for line in settings] == ["GPU 80", "Some CPU, 2 threads"]
    assert "bfloat16, 1,000" in settings[1]
    assert read.count("| Adam | 1.000 [0.9000 1.100] | - |") == 2
    assert read.count("| ours numba |") == 2
