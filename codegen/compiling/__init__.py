"""Classes of specs made where a program asks for them: ``steprule.compile``.

A class that is generated stands beside those of this package: it is of their base classes, runs on
their engines, and its module, ``steprule.torch.adamw_0123456789abcdef``, can be imported in every
process of a user, as pickles ask for. So only a spec's own files are made. They lie in an entry, a
folder in the user's cache, whose name is the mark that its modules' names end with: a digest of
what the spec declares and of the generator. Two ways of saying the same thus come to one
class, and two rules of one name to two.

Stages of a call, the quickest first; nothing imports SymPy before ``making``:

``known``    a text -> what it came to in an earlier run, if all that it followed from is the same
``making``   a spec, or a text -> its entry: an earlier one, or built, and published whole
``entries``  what is published, sealed by digests: one that is torn, or changed, is none
``finding``  the name of a module -> its file in an entry, for Python's imports
``classes``  all of it together
``shown``    what IPython shows of specs and classes

Where nothing can be kept, entries last as long as the process that made them, and it is said once.
The two hardest cases shaped this. *Schedules are made of schedules*, imported ones and compiled
ones, which must be of one base class. *A spec of a notebook's cell* has no file that could be
looked at for changes, so that entries are known by what is declared.
"""
