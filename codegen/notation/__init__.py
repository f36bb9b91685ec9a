"""How papers and programs write: ``order`` of terms and factors, equations as plain ``text``, and
conditions on arguments in ``words`` of Python.
"""
