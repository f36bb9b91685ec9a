"""Rewrites of a program, one a file; each takes a Program and returns an equal one."""
