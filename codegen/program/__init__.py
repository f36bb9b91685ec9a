"""The program: our own small typed tree, on the way from a spec to code.

Stages, each a function from data to data:

``lower``      spec -> :class:`Program`. SymPy ends here. One assignment an equation, options
               as ``select`` nodes, old and new value of a state under different names.
``passes``     Program -> Program, one a file, in the explicit list of ``compile``. After
               each, the program is evaluated beside the spec at random exact points, so a
               wrong rewrite cannot survive.
               Some are for backends to ask for: ``expand`` and ``contract`` fit heads to what a
               language has, ``sink`` lets products meet the sums of branches, ``settle`` moves
               every new value to its slot, ``separate`` gives each memory of its own,
               ``shield`` keeps derivatives finite, ``split_roots`` takes roots of rows and
               columns, and not of the elements they make.
``compiled``   a spec beside its programs, each made once for all backends.
``guards``     under which conditions a part of an expression is computed, for passes that move it.
``cut``        a transform of gradients -> its parts: what is reduced over tensors, the scalar
               that follows, and the Program of what is then done to each element.
``linearise``  Program -> Program in three-address form, for backends that have no expressions
               (out= buffers, lists of tensors); one operation a statement.
``allocate``   three-address Program -> :class:`Listing`: where each result is written, which
               values may share a buffer, and whether an in-place write would be read later.
``rest``       spec -> what must be set for a zero gradient to change nothing: then sparse
               gradients can be taken.

``evaluate`` runs a Program on exact numbers, and ``simulate`` a Listing in real memory, where a
bad overwrite shows; ``check`` and the tests hold both against the spec. ``listing`` and
``forms`` print: a table of forms for each language, and the printer of all.

The hard cases the tree was drawn for: AMSGrad (a state that exists under an option), SGD (a
first value given by the equations, in-place momentum, an alias of the gradient that must
never be written to), NAdam (scalar states on the host), LAMB (a reduction between two
elementwise parts), Adafactor (states that are rows and columns, and others of a vector) and Muon
(matrix products whose results have other shapes).
"""
