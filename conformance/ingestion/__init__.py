"""Finds out through an observer which events were stored, and sends the batches that several checks share.

This room may send requests through the client and wait. It only finds out whether an event was stored; ``suite/`` decides
what that means for a requirement.
"""

from conformance.ingestion.expectations import expect_not_stored, expect_stored
from conformance.ingestion.read_back import NEEDS_OBSERVER, NO_SENTINEL_VISIBLE, ReadBack
from conformance.ingestion.snapshot import StoreSnapshot

__all__ = [
    "NEEDS_OBSERVER",
    "NO_SENTINEL_VISIBLE",
    "ReadBack",
    "StoreSnapshot",
    "expect_not_stored",
    "expect_stored",
]
