"""Whether the tests would notice: single mutants of the code, and what the tests say of them.

    python -m tests.mutation --count 300 --seed 0

It needs cosmic-ray, which makes the mutants. What runs them is here: each file is concerned by
some tests and not by others, and generated files must not be told from their mutants by their
bytes, which one test of the suite would.

``subjects``   what is mutated, part by part, and the tests that concern each part.
``mutants``    a source file -> its mutants, of which some are drawn.
``trial``      a mutant and its tests -> killed or survived, in a copy of the package.
``__main__``   the command: draws, runs on several processes, and prints the survivors.
"""
