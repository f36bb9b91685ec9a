"""Rules: their steps on tensors, and what happens to gradients before."""
