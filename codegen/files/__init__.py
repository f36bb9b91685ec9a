"""Generated files, from specs to the disk.

``build``      specs -> the text of their files, rendered, stamped and formatted (``formatting``)
``together``   the same for many: what did not change from the cache, the rest on all cores
``emit``       that, compared with what is there
``write``      the changes made, each file ``whole``, one process at a time in a folder (``turns``)
``unchanged``  whether all of this would come to nothing, told before any of it is imported

What is made of a spec follows from what is ``declared`` in it and from the ``sources`` of the
generator, and is kept in a ``cache`` under digests of both. A spec with one coefficient changed is
thus built anew, and no other; a line of the generator changed builds all of them; and a run in
which nothing changed reads bytes alone: the sources', the specs' and the files' that it wrote. What
cannot be known to follow from those alone (a backend of somebody else's) is not kept.
"""
