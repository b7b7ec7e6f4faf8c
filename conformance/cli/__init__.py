"""The command ``beacon-conformance``: a module for each subcommand, each of which returns an exit status.

It reads arguments, prints and calls other rooms. Nothing that a run needs is decided here.
"""

from conformance.cli.main import main

__all__ = ["main"]
