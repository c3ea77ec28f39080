"""`python -m backfile` is the command `backfile`."""

from backfile.cli import main

main()
