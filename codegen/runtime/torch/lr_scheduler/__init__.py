"""Learning-rate schedulers in place of torch.optim.lr_scheduler's; needs torch alone."""
