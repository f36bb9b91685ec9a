"""Hold what was generated against the spec, evaluated on exact numbers.

Two rooms, ``optimizers`` and ``schedules``, have the same stages: ``configurations`` chooses
arguments, ``cases`` or ``steps`` what to try them on; ``engines`` run the generated classes (found
by ``package``) and their peers on the same; ``bounds`` says how far roundings can lead from exact
results, and ``verify`` compares. They share how exact values are taken apart, and what an ulp is
(``ulp``), how one operation rounds, and what it carries on (``roundings``), and what a verdict is
(``results``). ``verdicts`` shares the work out, of what is not known to be right (``unchanged``),
and shows the table.

Of an optimizer all cases of a configuration go together: as the tensors of one optimizer
(``running``), in one evaluation of the equations (``trajectory``) and few of the program
(``allowance``). What must come of them, and how near, is worked out in one process, and what comes
of them in another beside it (``elsewhere``), as each needs what takes the other long to import.
"""
