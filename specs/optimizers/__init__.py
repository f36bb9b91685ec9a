"""One file an optimizer, named for it. Every :class:`Optimizer` found in them is generated."""
