"""The truth: a spec's equations evaluated as they stand, without rounding.

``exact`` numbers are rationals as long as they last; ``sequences`` says what the heads on lists,
functions and schedules mean on them, ``arrays`` computes with tensors of them, and ``formats``
leads from floats to them and back. ``evaluate`` walks SymPy's trees over these, for the updates of
``optimizers`` and for ``schedules``, whose ``arguments`` are those of Python.

Nothing here knows of the programs that backends print, so that a mistake there cannot hide here.
"""
