"""The command ``beacon-conformance``: one module for each subcommand, which returns an exit status.

It reads arguments, calls other rooms and prints. What happens in a run is decided in ``plugin/`` and ``runner/``.
"""

from conformance.cli.main import main

__all__ = ["main"]
