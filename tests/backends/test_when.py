"""Conditions under which a kernel has to do with memory, beside what statements do."""

from itertools import product

import pytest
from steprule.codegen.backends.numba.when import (
    ALWAYS,
    NEVER,
    When,
    assigned_when,
    on,
    used_when,
)
from steprule.codegen.program import operations as ops
from steprule.codegen.program.nodes import Assign, Branch, Name, apply
from steprule.codegen.program.types import HOST_REAL

FLAGS = ("a", "b", "c")
EVERY = [dict(zip(FLAGS, flags, strict=True)) for flags in product((False, True), repeat=3)]


def name(text):
    return Name(text, HOST_REAL)


def assign(target, *read):
    value = name(read[0])
    for other in read[1:]:
        value = apply(ops.ADD, value, name(other))
    return Assign(name(target), value)


def branch(flag, then, otherwise=()):
    return Branch(name(flag), tuple(then), tuple(otherwise))


BODIES = {
    "always": [assign("x", "y")],
    "in one branch": [branch("a", [assign("x", "y")])],
    "in both": [branch("a", [assign("x", "y")], [assign("x", "z")])],
    "in the other": [branch("a", [], [assign("x", "y")])],
    "in the other or always": [branch("a", [], [assign("x", "y")]), assign("y", "x")],
    "within": [branch("a", [branch("b", [assign("x", "y")], [assign("z", "y")])])],
    "here or there": [branch("a", [assign("x", "y")]), branch("b", [], [assign("x", "z")])],
    "here and there the rest": [
        branch("a", [branch("b", [assign("x", "y")])]),
        branch("b", [], [assign("x", "y")]),
        branch("c", [assign("x", "z", "y")], [branch("a", [assign("z", "x")])]),
    ],
    "every way of two": [
        branch("a", [branch("b", [assign("x", "y")])], [branch("b", [assign("x", "y")])]),
        branch("b", [], [branch("c", [assign("x", "y")])]),
    ],
}


def done(body, flags):
    """The statements that are, of some flags."""
    for s in body:
        if isinstance(s, Assign):
            yield s
        else:
            yield from done(s.then if flags[s.condition.id] else s.otherwise, flags)


def holds(when, flags):
    if when == NEVER:
        return False
    return eval(str(when) or "True", {}, flags)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_names_are_assigned_and_used_where_statements_do_so(body):
    conditions = {name(flag): flag for flag in FLAGS}
    assigned, used = assigned_when(tuple(body), conditions), used_when(tuple(body), conditions)
    for flags, each in product(EVERY, "xyz"):
        own = [*done(body, flags)]
        reads = {n for s in own for n in ([s.value] if isinstance(s.value, Name) else s.value.args)}
        writes = {s.target for s in own}
        assert holds(assigned.get(each, NEVER), flags) == (name(each) in writes)
        assert holds(used.get(each, NEVER), flags) == (name(each) in writes | reads)


WHENS = [ALWAYS, NEVER, *map(on, FLAGS), on("not a"), on("a") & on("b"), on("not a") | on("c")]


@pytest.mark.parametrize("one", WHENS, ids=str)
@pytest.mark.parametrize("other", WHENS, ids=str)
def test_one_and_the_other_and_one_or_the_other(one, other):
    for flags in EVERY:
        assert holds(one & other, flags) == (holds(one, flags) and holds(other, flags))
        assert holds(one | other, flags) == (holds(one, flags) or holds(other, flags))


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (on("a") & on("a"), "a"),
        (on("a") | (on("a") & on("b")), "a"),
        (on("a") | on("not a"), ""),
        ((on("a") & on("b")) | (on("not a") & on("b")), "b"),
        (on("a") | (on("not a") & on("b")), "a or b"),
        ((on("a") | on("not b")) & on("c"), "a and c or not b and c"),
    ],
)
def test_no_more_is_said_than_needed(when: When, text: str):
    assert str(when) == text


def test_what_never_holds():
    assert on("a") & on("not a") == NEVER
