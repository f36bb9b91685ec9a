"""Equivalences between formulations: to be proved, or refuted with a witness."""
