"""backfile beside what a person would take instead, each from the same pile to the same answers."""
