"""Schedules: learning rates and momenta, by the step or after a metric."""
