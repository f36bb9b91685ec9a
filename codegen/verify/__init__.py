"""Hold what was generated against the spec, evaluated on exact numbers.

Stages: ``configurations`` and ``cases`` choose arguments and inputs; ``oracle`` evaluates the
equations on them (``evaluate``, over ``arrays`` of exact numbers); ``engines`` run the generated
classes (found by ``package``) and their peers (``implementations``) on the same inputs; ``verify``
compares the two in units in the last place (``ulp``, ``formats``) at the ``reach`` of each result;
``clipping`` does so for what happens to gradients before, ``schedules``, with modules of the same
stages, for learning rates; ``command`` shows the table.
"""
