"""The rules a spec must keep: one file a rule, each with its code and its check."""
