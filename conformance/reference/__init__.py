"""The bundled conforming target: what the suite is tried on before it judges anybody else."""

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
