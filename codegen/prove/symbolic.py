"""One step of a spec on expressions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sympy import Basic, Expr, Piecewise, S, Symbol, sympify
from sympy.core.relational import Eq, Ne

from ...specs.language import GradientAt, Optimizer, SpecError, Value, t
from ...specs.language.execution import execution_order

GradientOf = Callable[[Expr], Expr]


@dataclass(frozen=True)
class Setting:
    """A spec with its options decided and its hyperparameters given as expressions."""

    spec: Optimizer
    options: Mapping[Symbol, bool]
    hyper: Mapping[Symbol, Expr]

    def decide(self, expression: Basic, first: bool | None = None) -> Basic:
        """The expression under these options; ``first`` settles ``t = 1``, None leaves it.

        A hyperparameter that is compared with 0 is taken not to be 0.
        """
        decided: dict[Basic, Basic] = {f: sympify(on) for f, on in self.options.items()}
        if first is not None:
            decided |= {Eq(t, 1): sympify(first), Ne(t, 1): sympify(not first)}
            decided |= {t > 1: sympify(not first)}
        decided |= {
            test: self._not_zero(test) for test in expression.atoms(Eq, Ne) if test.rhs == 0
        }
        return expression.xreplace(decided).xreplace(dict(self.hyper))

    def _not_zero(self, test: Basic) -> Basic:
        given = test.args[0].xreplace(dict(self.hyper))
        return sympify((given == 0) == isinstance(test, Eq))

    def exists(self, name: str) -> bool:
        state = next(s for s in self.spec.states if s.name == name)
        return self.decide(state.when) != S.false

    @property
    def quantities(self) -> tuple[str, ...]:
        """The parameter and every state that exists, by name."""
        return ("theta", *(s.name for s in self.spec.states if self.exists(s.name)))

    def initial(self, theta: Expr) -> dict[str, Expr | None]:
        """What is stored before the first step; None where that step's equations give it."""
        stored: dict[str, Expr | None] = {"theta": theta}
        for s in self.spec.states:
            if self.exists(s.name):
                start = theta if s.starts_as_parameter else s.init
                stored[s.name] = None if start is None else self.decide(sympify(start))  # pyright: ignore
        return stored


def symbolic_step(
    setting: Setting, stored: Mapping[str, Expr | None], gradient: GradientOf, *, first: bool
) -> dict[str, Expr]:
    """The new value of every quantity that exists, as an expression in the stored ones."""
    known: dict[Basic, Basic] = {}

    def value_of(e: Basic) -> Basic:
        match e:
            case GradientAt():
                return gradient(value_of(e.point))  # pyright: ignore[reportArgumentType]
            case Value() if e.lag == 0:
                if e not in known:
                    raise _given(setting.spec, e.name)
                return known[e]
            case Value():
                if e.lag != 1:
                    raise SpecError(
                        "time",
                        spec=setting.spec.name,
                        where=str(e),
                        problem="only values at t and t - 1 can be read",
                        remedy="Keep an older value in a state of its own",
                    )
                value = stored[e.name]
                if value is None:
                    raise ValueError(f"{setting.spec.name}: {e} is read before it exists")
                return value
            case Piecewise():
                for pair in e.args:
                    value, test = pair.args
                    if test == S.true:
                        return value_of(value)
                    if test != S.false:
                        break
        if not e.args:
            return e
        return e.func(*(value_of(a) for a in e.args))

    for update in execution_order(setting.spec.updates):
        name = update.target.name
        if name in {s.name for s in setting.spec.states} and not setting.exists(name):
            continue
        known[update.target] = value_of(setting.decide(update.value, first))
    return {name: known[Value(Symbol(name, real=True), t)] for name in setting.quantities}  # pyright: ignore


def _given(spec: Optimizer, name: str) -> SpecError:
    """That a step reads more than a proof knows of."""
    doc = next((i.doc for i in spec.inputs if i.name == name), "")
    return SpecError(
        "inputs",
        spec=spec.name,
        where=name,
        problem=f"a step is given more than the gradient: {doc or name}; a proof is about rules of "
        "the gradient alone",
        remedy="Give two rules that read nothing else",
    )
