"""Optimizers over NumPy arrays; needs NumPy alone."""
