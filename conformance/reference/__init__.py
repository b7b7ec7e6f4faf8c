"""The bundled reference: a target that conforms to the contract, on which the suite is tested.

It imports no other room, so that it cannot share a mistake with the code that judges it. The web server is loaded when
it is first used: a run of another target only needs to know the reference's tokens and origins.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from conformance.reference.stores import (
    FOREIGN_ORIGIN,
    ORIGIN,
    OTHER_ORIGIN,
    OTHER_TOKEN,
    REVOKED_TOKEN,
    TOKEN,
)

if TYPE_CHECKING:
    from conformance.reference.rules import Rules
    from conformance.reference.server import Server, serve_forever

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

_LOADED_LATER = {"Rules": "rules", "Server": "server", "serve_forever": "server"}


def __getattr__(name: str) -> Any:
    """Load the module of a name of the server when it is used."""
    if name not in _LOADED_LATER:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{_LOADED_LATER[name]}"), name)
