"""What happened to the events that were sent: read-back through an observer, and packed submissions that checks share.

It may send requests through the client and wait. It says whether an event was stored; what that means for a requirement is
decided in ``suite/``.
"""

from conformance.ingestion.read_back import (
    NEEDS_OBSERVER,
    NEVER_SHOWN,
    ReadBack,
    StoreSnapshot,
    expect_not_stored,
    expect_stored,
)

__all__ = [
    "NEEDS_OBSERVER",
    "NEVER_SHOWN",
    "ReadBack",
    "StoreSnapshot",
    "expect_not_stored",
    "expect_stored",
]
