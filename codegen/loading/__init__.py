"""Specs as they are found: by name or in a file of somebody's own.

``load`` knows specs by name; what is a file is ``executed``, or imported, where it is ``packaged``
with this package's own: within a ``deadline``, with its ``neighbours``, looking at what it is
``asked`` to decide and at ``foreign`` functions, and with ``hints`` at what is usually meant;
``peer`` says whether there is what a spec names. ``selection`` is what a command works on, valid;
a ``fingerprint`` names the declarations of a spec.
"""
