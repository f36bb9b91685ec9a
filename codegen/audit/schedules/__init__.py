"""Anybody's schedule, held against a spec, as optimizers are in :mod:`steprule.codegen.audit`.

The truth is the oracle: the equations at each step, exactly. Stages:

``arguments``  the names of our arguments -> those of theirs, or expressions in ours.
``trials``     what is tried: arguments, and steps: the first, around every boundary, past the end.
``courses``    a trial -> the rates that each of the two gives.
``smaller``    a trial where they part -> one of small numbers that still does.
``dialects``   what theirs agrees with instead, if that is known.
``audit``      all of it. ``report`` says what was found, ``facts`` as JSON.
"""
