"""The schedules, a family a file."""
