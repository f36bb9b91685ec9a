"""Kernels that Numba compiles, one an optimizer; imported when an engine asks for them.

A kernel is compiled at its first use with a dtype, in about a second, and kept on disk beside
this file, or where ``NUMBA_CACHE_DIR`` says: later processes load it in some milliseconds.
"""
