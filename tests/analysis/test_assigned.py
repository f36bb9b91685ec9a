"""Rule unassigned: the parameter and every state have an equation."""

from steprule.codegen.analysis import analyse
from steprule.specs.language import State, states


def test_both(momentum):
    assert analyse(momentum())


def test_no_parameter(momentum, refused):
    update_m, _ = momentum().updates
    refused(momentum(updates=[update_m]), "unassigned", "theta[t]", "Add Update(theta[t], ...)")


def test_state_without_equation(momentum, refused):
    (v,) = states("v")
    spec = momentum(states=[*momentum().states, State(v, 0, "exp_avg_sq")])
    refused(spec, "unassigned", "state v", "v[t]", "or remove the state")
