"""Rule courses: a step's courses double by each option."""

from steprule.codegen.analysis import analyse
from steprule.codegen.analysis.courses import Courses
from steprule.specs.language import Option, flags, grad, t, theta
from sympy import Add, Eq, Mod, Piecewise

G = grad(theta[t - 1])


def with_options(step, count):
    options = flags(" ".join(f"f{k}" for k in range(count)))
    value = Add(*[Piecewise((G * k, f), (G, True)) for k, f in enumerate(options, 2)])
    return step(value, hyper=[Option(f, "x") for f in options])


def test_as_many_as_anybody_has(step):
    assert analyse(with_options(step, 7))


def test_more(step, refused):
    refused(with_options(step, 14), "courses", "hyper", "16384 courses", "Leave out options")


def test_of_the_numbers_that_a_value_can_be_one_is_taken(step):
    turns = [(G * k, Eq(Mod(t, 30), k)) for k in range(30)]
    spec = step(Piecewise(*turns, (G, True)))
    analyse(spec)
    courses = Courses(spec, spec.updates)
    at_first, later = 1, 31
    assert len([*courses.of(spec.updates[-1])]) == at_first + later
