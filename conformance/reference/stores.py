"""The shops that the reference knows: whose token, and which browser origins.

The tokens are made up. They have a real one's prefix, and on purpose not its shape.
"""

from dataclasses import dataclass

TOKEN = "shpat_reference-shop-a-not-a-secret"  # noqa: S105
"""Shop A's token."""
OTHER_TOKEN = "shpat_reference/shop+b/not+a+secret=="  # noqa: S105
"""Shop B's token. It survives a query string only when it is percent-encoded."""
REVOKED_TOKEN = "shpat_reference-shop-a-revoked"  # noqa: S105
"""Once shop A's token, refused since, exactly like one that nobody ever had."""
ORIGIN = "https://shop.example"
"""An origin that shop A allows."""
OTHER_ORIGIN = "https://checkout.shop.example:8443"
"""A second origin of shop A, on a port that is not the default."""
FOREIGN_ORIGIN = "https://second-shop.example"
"""An origin that shop B allows and shop A does not."""


@dataclass(frozen=True)
class Shop:
    """One tenant: the owner of a token, of events, and of a list of allowed origins."""

    name: str
    token: str
    allowed_origins: tuple[str, ...]
    revoked_tokens: tuple[str, ...] = ()


SHOPS = (
    Shop("a", TOKEN, (ORIGIN, OTHER_ORIGIN), (REVOKED_TOKEN,)),
    Shop("b", OTHER_TOKEN, (FOREIGN_ORIGIN,)),
)
"""The two shops of every reference server."""
