"""Checks the header lines that a user adds to requests."""

import re
from collections.abc import Collection

from conformance.settings.errors import ConfigurationError

FRAMING = frozenset({"connection", "content-length", "host", "transfer-encoding"})
"""Headers that the client sets itself."""
JUDGED = frozenset(
    {
        *("origin", "content-type", "content-encoding", "x-storefront-access-token"),
        *("access-control-request-method", "access-control-request-headers"),
    }
)
"""Headers that requirements are about."""


def header_lines(text: str) -> tuple[tuple[str, str], ...]:
    """Return header lines as names and values."""
    parts = (line.partition(":") for line in text.splitlines() if line.strip())
    return tuple((name.strip(), value.strip()) for name, _, value in parts)


def check_header_lines(flag: str, text: str, more: Collection[str] = ()) -> None:
    """Check header lines; ``more`` are names that they must not have. Raises ConfigurationError, whose text repeats no value."""
    own = {*FRAMING, *more}
    for number, line in enumerate(filter(str.strip, text.splitlines()), start=1):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name, re.ASCII):
            raise ConfigurationError(f"{flag}: line {number} is not a header line; write Name: value")
        if not re.fullmatch(r"[\t\x20-\x7e]+", value) or name.lower() in own:
            raise ConfigurationError(
                f"{flag}: {name} cannot be sent; a value must be printable ASCII, and the suite sets"
                f" {', '.join(sorted(own))} itself"
            )
