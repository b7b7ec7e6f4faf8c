"""The bundled conforming target, for trying out the suite. Imports no other room: it shares no code with the checks."""

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
