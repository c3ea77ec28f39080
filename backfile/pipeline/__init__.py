"""The order of things: list, read, extract, clean, store, index, report. Knows no Prefect and prints nothing."""
