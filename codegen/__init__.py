"""How specs are turned into code.

``analysis`` checks a spec; ``program`` lowers it to a small typed tree and rewrites that
with one pass after another; ``backends`` print the tree (NumPy, PyTorch) or the spec
itself (LaTeX); ``emit`` formats the files and replaces the old ones whole. ``verify``
holds what was generated against exact evaluation of the spec; ``prove`` settles claims about
formulations; ``handbook`` publishes all of it; ``cli`` is the command.

Shared by the stages: ``load`` and ``selection`` find specs, ``order`` and ``text`` write equations
as papers do, ``exact`` computes without rounding, ``fingerprint`` names what a file came from.
"""
