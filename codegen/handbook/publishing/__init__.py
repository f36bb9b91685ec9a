"""From pages to outputs: the sources, Sphinx, LaTeX, and putting what was built in place."""
