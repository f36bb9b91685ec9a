"""What is true: optimizers declared as update equations. Declarations alone; needs only SymPy."""
