"""How conditions on arguments are said in Python: ``mode == "min"``, ``scale_fn is not None``."""

from ...specs.language import Function, Optimizer, Schedule


def words(spec: Optimizer | Schedule) -> dict[str, str]:
    """The text of every condition that is no argument itself, by its symbol's name."""
    chosen = {
        flag.name: f'{choice.name} == "{word}"'
        for choice in spec.choices
        for word, flag in choice.flags.items()
    }
    functions = [h for h in spec.hyper if isinstance(h, Function) and h.optional]
    return chosen | {f.flag.name: f"{f.name} is not None" for f in functions}
