"""The handbook: a site and a book, from the same declarations as the code.

Stages, and what passes between them:

1. ``material`` gathers what there is to say: the specs, the code generated from them afresh, and
   every claim, settled. Nothing later reads a spec file or runs the prover.
2. ``edition`` is one language: the chapters and the words that a person wrote, and nothing else.
3. ``pages`` turn material and edition into pages: MyST Markdown from the templates, and the
   pictures they show. A page is a name, a text and pictures; a picture is a name, a digest of all
   it is drawn from, and a function that draws it with the generated code. No page knows how it
   will be published. ``rules`` reads variants, roles and differences off the equations, ``api``
   reads signatures and docstrings off the generated source, ``proofs`` writes claims as
   mathematics, ``pictures`` draws, and ``markdown`` and ``writer`` hold the constructs pages are
   made of.
4. ``contents`` puts the pages in order. ``short`` takes the chapters out for a book of their own.
5. ``publishing`` brings a folder of sources up to date, in which a page that stays the same keeps
   its time stamp and a picture with a known digest is not drawn; builds it with Sphinx, which
   reads again only what has changed; and puts what was built in place of the old, whole or not
   at all.

The two hardest cases shaped this. *A coefficient changes in one spec*: its code, equations,
pictures and claims all come out of one ``material``, so they change together, and a claim that
breaks is shown broken. *A spec of one's own*: it has no claims, no peers and perhaps reductions
that have no cost, so each part of a page stands or falls away by itself.
"""
