"""Cases that are stepped together are each what they would be alone; and so are their bounds."""

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.load import load
from steprule.codegen.oracle.formats import FORMATS
from steprule.codegen.program.compiled import CompiledRule
from steprule.codegen.program.passes.expand import expand
from steprule.codegen.verify.optimizers.allowance import allowances
from steprule.codegen.verify.optimizers.bounds import bounds
from steprule.codegen.verify.optimizers.cases import inputs
from steprule.codegen.verify.optimizers.configurations import at_the_ends, configurations
from steprule.codegen.verify.optimizers.trajectory import Batch, batches, trajectory
from steprule.codegen.verify.optimizers.verify import trials

# A scalar state, one whose first value the equations give, one under an option.
NAMES = ["nadam", "sgd", "adam"]


def rule_of(name: str) -> CompiledRule:
    return CompiledRule(analyse(load(name)[0]))


@pytest.mark.parametrize("name", NAMES)
def test_a_case_is_the_same_alone(name: str) -> None:
    spec = rule_of(name).spec
    configuration = configurations(spec)[-1]
    cases = [case for case in inputs("float16") if case.start == 1]
    ((together,),) = batches(spec, [(configuration, case) for case in cases], elementwise=True)
    assert {case.name for case in together.cases} == {case.name for case in cases}
    steps = list(trajectory(spec, together))
    place = dict.fromkeys(range(len(steps)), 0)
    for index, case in enumerate(together.cases):
        for i, alone in enumerate(trajectory(spec, Batch(configuration, (case,)))):
            step, own = steps[i], slice(place[i], place[i] + case.theta.size)
            np.testing.assert_array_equal(step.theta[own], np.ravel(alone.theta))
            np.testing.assert_array_equal(step.gradient[own], np.ravel(alone.gradient))
            assert step.states.keys() == alone.states.keys()
            for quantity, known in alone.expected.items():
                for part in ("high", "low", "nearest"):
                    of_all, of_one = vars(step.expected[quantity])[part], vars(known)[part]
                    taken = of_all[own] if of_all.ndim else of_all
                    np.testing.assert_array_equal(
                        taken, np.ravel(of_one) if of_all.ndim else of_one
                    )
            place[i] += case.theta.size
            assert step.tensors > index
    assert [step.live for step in steps] == list(place.values())


@pytest.mark.parametrize("name", NAMES)
def test_bounds_of_many_steps_are_those_of_each(name: str) -> None:
    rule = rule_of(name)
    program, form = expand(rule.program), FORMATS["float32"]
    tensors = {slot.name for slot in program.tensor_slots}
    tried = [t for t in trials(rule, "float32") if t[0] == at_the_ends(rule.spec)[0]]
    tried += [t for t in trials(rule, "float32") if t[0] == configurations(rule.spec)[-1]]
    for found in batches(rule.spec, tried, elementwise=True):
        configuration = found[0].configuration
        settings = {**configuration.hyper, **configuration.options}
        steps = [step for batch in found for step in trajectory(rule.spec, batch)]
        together = allowances(program, settings, steps, form, form)
        rng = np.random.default_rng(1)
        for quantity, allowed in together.items():
            place = 0
            results = rng.choice([0.0, 1.0, np.inf, -np.inf, np.nan], allowed.off.size)
            is_saturated = allowed.is_saturated(results)
            for step in steps:
                states = {n: step.alive(x) for n, x in step.states.items()}
                values = {**settings, **states, "theta": step.alive(step.theta)}
                values |= {"grad": step.bounded, "t": step.t, "first": step.t == 1}
                alone = bounds(program, values, form, form)[quantity]
                count = step.live if quantity in tensors else step.tensors
                own = slice(place, place + count)
                place += count
                np.testing.assert_array_equal(
                    allowed.off[own], np.broadcast_to(np.ravel(alone.off), count)
                )
                if step.live == 0 or np.ndim(alone.off) == 0:
                    continue
                # Beside steps that overflow, what does not is what it is by its own bounds.
                shaped = results[own].reshape(np.shape(alone.off))
                within = np.ravel(step.expected[quantity].distance(shaped) <= alone.off)
                also = np.ravel(alone.is_saturated(shaped))
                np.testing.assert_array_equal(is_saturated[own] | within, also | within)
            assert place == allowed.off.size


def test_a_rule_that_reduces_is_evaluated_case_by_case() -> None:
    rule = rule_of("sgd")
    tried = [t for t in trials(rule, "float32") if t[0] == configurations(rule.spec)[0]]
    (found,) = batches(rule.spec, tried, elementwise=False)
    assert [[case.name for case in batch.cases] for batch in found] == [[c.name] for _, c in tried]
