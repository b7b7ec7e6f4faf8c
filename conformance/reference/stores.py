"""The two stores that the reference knows: their tokens and their browser origins.

The tokens are made up. They begin like a real token, but deliberately have another form.
"""

from dataclasses import dataclass

TOKEN = "shpat_reference-shop-a-not-a-secret"  # noqa: S105
"""Store A's token."""
OTHER_TOKEN = "shpat_reference/shop+b/not+a+secret=="  # noqa: S105
"""Store B's token. In a query string it has to be percent-encoded."""
REVOKED_TOKEN = "shpat_reference-shop-a-revoked"  # noqa: S105
"""A former token of store A, which is refused like an unknown one."""
ORIGIN = "https://shop.example"
"""An origin that store A allows."""
OTHER_ORIGIN = "https://checkout.shop.example:8443"
"""A second origin of store A, on a port that is not the default."""
FOREIGN_ORIGIN = "https://second-shop.example"
"""An origin that store B allows and store A does not."""


@dataclass(frozen=True)
class Store:
    """One store: the owner of a token, of events, and of a list of allowed origins."""

    name: str
    token: str
    allowed_origins: tuple[str, ...]
    revoked_tokens: tuple[str, ...] = ()


STORES = (
    Store("a", TOKEN, (ORIGIN, OTHER_ORIGIN), (REVOKED_TOKEN,)),
    Store("b", OTHER_TOKEN, (FOREIGN_ORIGIN,)),
)
"""The two stores of every reference server."""
