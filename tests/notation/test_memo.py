"""What follows from a spec is worked out once, and goes nowhere without it."""

import pickle
from dataclasses import dataclass, replace

from steprule.codegen.notation.memo import once


@dataclass(frozen=True)
class Spec:
    name: str


def test_it_is_worked_out_once_for_one_object_and_one_function():
    asked: list[str] = []

    @once
    def length(spec: Spec) -> int:
        asked.append(spec.name)
        return len(spec.name)

    @once
    def letters(spec: Spec) -> list[str]:
        return [*spec.name]

    spec = Spec("adam")
    assert [length(spec), length(spec)] == [4, 4]
    assert asked == ["adam"]
    assert letters(spec) is letters(spec)
    assert length(replace(spec, name="sgd")) == 3
    assert spec == Spec("adam")


def test_a_copy_that_is_sent_works_it_out_again():
    found: list[object] = []

    @once
    def of_functions(spec: Spec) -> object:
        found.append(spec)
        return lambda: spec  # which cannot be sent

    spec = Spec("adam")
    of_functions(spec)
    sent = pickle.loads(pickle.dumps(spec))
    assert sent == spec
    of_functions(sent)
    assert len(found) == 2
