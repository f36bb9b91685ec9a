"""Optimizers generated from equations: ``steprule.numpy``, ``steprule.torch``, ``steprule.latex``."""
