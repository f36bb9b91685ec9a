"""Specs as they are found: by name or in a file of somebody's own.

``load`` runs a file: within a ``deadline``, looking at what it is ``asked`` to decide, and with
``hints`` at what is usually meant; ``peer`` says whether there is what it names. ``selection`` is
what a command works on, analysed; a ``fingerprint`` names the declarations of a spec.
"""
