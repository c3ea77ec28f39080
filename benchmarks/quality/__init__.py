"""Scores of backfile and its peers on labelled pages and labelled lines: `python -m benchmarks.quality --help`."""
