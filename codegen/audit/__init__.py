"""Anybody's optimizer, held against a spec: ``steprule audit adan --against optax:adan``.

The truth is the oracle: the equations, evaluated exactly and rounded once a step to what is stored.
So nothing need be generated, and a stack or a file of one's own is as good as a rule that is built
in. Both take the same steps from the same start, by gradients that nobody computes, and are looked
at after each. Stages, each a function from data to data:

``target``     a reference -> the callable it names; ``wrapping`` makes one of two.
``adapters``   a callable -> steps: classes of torch and of Keras, factories of optax, classes of
               NumPy arrays, plain functions. Each keeps what a step keeps, and gives it back as
               arrays.
``arguments``  the names of our arguments -> those of theirs, guessed, or as ``--map`` says, or as
               ``expressions`` of ours.
``trials``     what is tried: options, numbers, shapes, gradients, rates, dtypes; and ``inputs``,
               which are losses, estimates and random numbers.
``ours``       a trial -> the course that the equations take.
``theirs``     a trial -> the course that the other optimizer takes, or what it raises.
``compare``    two courses -> how far they are apart, and the first step and state where they part.
``shrink``     a trial where they part -> the smallest that still does.
``rounding``   whether that is only their rounding, in a format of fewer digits than is given.
``variants``   a spec -> dialects of it: as peers are known to write it, or as such equations are
               commonly written. Also other rules, and other options of the same.
``dialects``   the variant that takes their course, if one does.
``audit``      all of it, in this order. ``report`` says what was found, ``facts`` as JSON.
``schedules``  all of this for schedules, whose rates are compared.
"""
