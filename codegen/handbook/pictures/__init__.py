"""The pictures: each module draws one kind, from what the generated NumPy code does."""
