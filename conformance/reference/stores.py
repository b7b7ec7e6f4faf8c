"""The stores that the reference knows: whose token, and which browser origins.

The tokens are made up. They have a real one's prefix, and on purpose not its shape.
"""

from dataclasses import dataclass

TOKEN = "shpat_reference-shop-a-not-a-secret"  # noqa: S105
"""Store A's token."""
OTHER_TOKEN = "shpat_reference/shop+b/not+a+secret=="  # noqa: S105
"""Store B's token. It survives a query string only when it is percent-encoded."""
REVOKED_TOKEN = "shpat_reference-shop-a-revoked"  # noqa: S105
"""Once store A's token, refused since, exactly like one that nobody ever had."""
ORIGIN = "https://shop.example"
"""An origin that store A allows."""
OTHER_ORIGIN = "https://checkout.shop.example:8443"
"""A second origin of store A, on a port that is not the default."""
FOREIGN_ORIGIN = "https://second-shop.example"
"""An origin that store B allows and store A does not."""


@dataclass(frozen=True)
class Store:
    """One tenant: the owner of a token, of events, and of a list of allowed origins."""

    name: str
    token: str
    allowed_origins: tuple[str, ...]
    revoked_tokens: tuple[str, ...] = ()


STORES = (
    Store("a", TOKEN, (ORIGIN, OTHER_ORIGIN), (REVOKED_TOKEN,)),
    Store("b", OTHER_TOKEN, (FOREIGN_ORIGIN,)),
)
"""The two stores of every reference server."""
