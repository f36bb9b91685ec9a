"""What a rule is tried on that can see a parameter otherwise than by its last two axes.

Whatever the view, the equations are the same. So each argument of the view is changed by itself,
all others at their defaults, and tried on a few steps of a matrix, a batch and the kernel of a
convolution, as far as the rule can see them.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ....specs.language import Choice, Hyper, Optimizer, Option
from ...oracle.known import allowed
from ...oracle.views import shape_seen
from .cases import Case
from .configurations import Configuration, contains, large_rate

_SHAPES = ((6, 12), (6, 6, 2), (6, 3, 2, 2))
"""Their rows go into two parts and into three, by the last two axes and by the first."""

_STEPS = 2

_COUNTS = (1.0, 2.0, 3.0)
"""Of parts, or of axes."""


def of_views(spec: Optimizer, cases: Sequence[Case]) -> Iterator[tuple[Configuration, Case]]:
    """The trials, cut from the case that has numbers enough; none of a rule without a view."""
    if spec.view.is_plain:
        return
    (given,) = [case for case in cases if case.name == "random"]
    for configuration in _configurations(spec):
        for shape in _SHAPES:
            try:
                shape_seen(spec, shape, configuration.hyper, configuration.options)
            except ValueError:
                continue  # as users are told, too
            yield configuration, _cut(given, shape)


def _cut(case: Case, shape: tuple[int, ...]) -> Case:
    """As many numbers of a case as a shape takes."""
    count = math.prod(shape)
    theta, *gradients = (x.ravel()[:count].reshape(shape) for x in (case.theta, *case.gradients))
    name = f"{case.name} {' x '.join(map(str, shape))}"
    return replace(case, name=name, theta=theta, gradients=tuple(gradients[:_STEPS]))


def _configurations(spec: Optimizer) -> Iterator[Configuration]:
    """The defaults, and these with one argument changed that the view reads."""
    hyper, options = large_rate(spec), spec.defaults
    found = [Configuration(hyper, options, is_of_views=True)]
    read = spec.view.symbols
    for h in spec.hyper:
        match h:
            case Hyper() if h.symbol in read:
                values = (x for x in _COUNTS if contains(h.domain, x))
                found += [replace(found[0], hyper=hyper | {h.name: x}) for x in values]
            case Option() if h.flag in read:
                switched = options | {h.name: not options[h.name]}
                found.append(replace(found[0], options=switched))
            case Choice() if read & {*h.flags.values()}:
                words = (spec.changed(flag.name) for flag in h.flags.values())
                found += [replace(found[0], options=chosen) for chosen in words]
    seen: list[Configuration] = []
    for each in found:
        if each not in seen and allowed(spec, each.hyper, each.options):
            seen.append(each)
    yield from seen
