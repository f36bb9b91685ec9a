"""Learning-rate schedules: functions of the 0-based step, for ``lr=`` of every optimizer."""
