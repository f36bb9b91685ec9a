"""The commands that are about specs and what is generated of them: generate, list, show, cost."""
