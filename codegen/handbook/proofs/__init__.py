"""Claims as pages show them: statements, verdicts, derivations, witnesses."""
