"""Generated files: ``emit`` plans them and compares with what is there, ``write`` makes the
changes, each file ``whole``, one process at a time in a folder (``turns``).
"""
