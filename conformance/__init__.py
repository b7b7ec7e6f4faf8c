"""Tests any implementation of the Tracking API's ``POST /beacon`` against its contract.

Each package below is one topic. Only the version is defined here; it is the single source of it. ``judge`` is loaded when it
is used: it needs pytest and an HTTP client, which most commands do not.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.cli.in_process import judge as judge

__version__ = "0.1.0"
__all__ = ["__version__", "judge"]


def __getattr__(name: str) -> Any:
    if name != "judge":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from conformance.cli.in_process import judge  # noqa: PLC0415 - see above

    return judge
