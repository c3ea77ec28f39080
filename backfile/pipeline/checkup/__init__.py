"""What `backfile doctor` looks at, but for Prefect: the installation, the archive's directory, its contents, sources.

Every look is one that harms nobody: nothing is written, and no lock is taken unless `full` is asked for. Nothing grows
with the archive but counting rows by an index; what reads all of it is left to `full`, or to archives that are small.
"""
