"""Generated packages as a reference describes them: read from their source, never imported.

``sources``     a class or a function -> its parameters and its public methods
``docstrings``  what its docstring says -> paragraphs, arguments, results, errors
"""
