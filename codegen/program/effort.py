"""How much work a program is to run."""

from .nodes import Apply, Node, is_host_select


def tensor_operations(node: Node) -> int:
    """How many operations on tensors evaluating the node takes, at most one branch a choice."""
    if not isinstance(node, Apply):
        return 0
    below = [tensor_operations(a) for a in node.args]
    if is_host_select(node):
        return max(below)
    return sum(below) + (0 if node.on_host else 1)
