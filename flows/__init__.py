"""The Prefect flows: one line each around backfile.pipeline."""
