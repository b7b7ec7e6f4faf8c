"""The command ``beacon-conformance``: a module for each subcommand.

A subcommand reads its arguments, calls other rooms, prints, and returns an exit status. It decides nothing about a run.
"""

from conformance.cli.main import main

__all__ = ["main"]
