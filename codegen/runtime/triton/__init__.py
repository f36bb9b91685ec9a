"""Kernels that Triton compiles, one an optimizer; imported when an engine asks for them."""
