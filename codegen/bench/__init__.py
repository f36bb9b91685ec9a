"""``steprule bench``: every optimizer's step, side by side in one run, on this machine.

Stages, each a module: ``workload`` says which tensors are stepped and gives them data, which
live where ``arrays`` makes them, on the host or on a device. ``contenders`` finds the ways there
are to take a step (``textbook`` is one of them, made from the equations), ``measure`` times them
in turns, ``check`` holds where they ended against the equations in float64, ``race`` runs these
for one optimizer, and ``report``, ``overview`` and ``chart`` show what came of it. ``libraries``
has the ways of others, ``limit`` what none can be faster than, and ``machine`` says where it was.
"""
