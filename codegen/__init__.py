"""How specs are turned into code. There is one way down, and no import runs up it:

===============  ===================================================================================
``needs``        what is to be installed for all of it
``forks``        work is shared by all processors
``specs``        what is declared: rules and schedules, in the language for them
``runtime``      what generated packages hold whatever the specs: source, copied
``notation``     the order and the words in which equations are written
``oracle``       the truth: equations evaluated on exact numbers
``analysis``     a spec is checked, and its updates put into an order they can run in
``loading``      specs by name or by file, analysed
``program``      a spec is compiled to a small typed tree, held against the oracle
``cost``         what a program reads, writes and computes is counted
``backends``     print the tree (NumPy, PyTorch, Numba, Triton), or the spec itself (LaTeX)
``showing``      what a spec says is put on a page, for notebooks
``files``        what backends print is formatted, compared with what is there, and written whole
``compiling``    classes are made of specs where a program asks for them
``console``      what a command says
``device``       where torch runs
``commands``     specs are listed, shown and generated from
``prove``        claims about formulations are settled on the equations
``verify``       what was generated is run, and held against the oracle
``audit``        so is what others have written
``bench``        what was generated is timed
``handbook``     all of it is published
``cli``          the command
===============  ===================================================================================

On the way from a spec to a file: spec, analysed spec, program, text, file. The oracle takes the
spec as it stands, and so does whatever shows its equations: the handbook, LaTeX, a prover.
"""
