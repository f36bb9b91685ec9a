"""The source that generated packages hold whatever the specs: modules the generator copies.

A folder here is the package that a backend writes, as it is where there are no specs. A module of
it is copied unless something stands for it:

- a template of the same name, in the backend's folder ``templates``, which fills in what specs
  say. The module here then says what the rest can rely on, as of no specs.
- another module whose names it does nothing but pass on: that one is copied in its place. So
  packages that import nothing of one another have in common what lies beside their folders.

What is no Python is a file for a backend to hand on: ``latex`` holds what LaTeX reads.

Relative imports, between packages too, mean the same here and in what is generated.
"""
