"""The bundled reference: a target that conforms to the contract, on which the suite is tested.

It imports no other room, so that it cannot share a mistake with the code that judges it.
"""

from conformance.reference.rules import Rules
from conformance.reference.server import Server, serve_forever
from conformance.reference.stores import (
    FOREIGN_ORIGIN,
    ORIGIN,
    OTHER_ORIGIN,
    OTHER_TOKEN,
    REVOKED_TOKEN,
    TOKEN,
)

__all__ = [
    "FOREIGN_ORIGIN",
    "ORIGIN",
    "OTHER_ORIGIN",
    "OTHER_TOKEN",
    "REVOKED_TOKEN",
    "TOKEN",
    "Rules",
    "Server",
    "serve_forever",
]
