"""Prove that two formulations are one algorithm, or show where they part.

To show that A and B are one algorithm, a claim gives a map phi from A's state to B's. For one
step from an arbitrary state it is proved that

    phi(step_A(s, g)) = step_B(phi(s), g),

that both ask for the gradient at the same point, and that phi takes A's initial state to B's.
That is induction over t, for every loss.

Stages: ``symbolic`` runs one step of a spec on expressions; ``normal_form`` decides whether
an expression is zero (polynomials are expanded, quotients cancelled, roots are symbols with
their side relation; nothing is simplified by heuristics); where it does not say so, ``in_cases``
asks it once more in each of the ``cases`` that are possible, hyperparameters being in their
``domains``, and ``equalities`` finds states that are the same at every step; ``induction`` puts
them together into a proof or a residual; ``witness`` looks for rational numbers at which a residual
shows in the iterates, and has the oracle replay them. A verdict of REFUTED needs a witness.

Equations between expressions go through ``identity``: ``cases`` tells cases apart, as far as
``conditions`` finds them possible; ``functions`` and ``sums`` bring calls and finite sums to
one form; the same normal form decides the difference, and of sums whether one term more changes it.
"""
