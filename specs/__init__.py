"""What is true: optimizers declared as update equations. Nothing but declarations; needs SymPy alone."""
