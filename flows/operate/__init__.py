"""What `backfile up`, `deploy`, `schedule`, `runs`, `run` and `doctor` ask Prefect for, by its own client.

`home`, `check` and `start` load Prefect late or never: `up` says what its Prefect is told before that is imported.
"""
