"""The commands about specs and what is generated of them: new, generate, list, show, cost."""
