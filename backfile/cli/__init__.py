"""The command line: parse, call, print. Each command is a module that is imported when it is asked for."""

from backfile.cli.main import main

__all__ = ["main"]
