"""Optimizers in place of torch.optim's; needs torch alone."""
