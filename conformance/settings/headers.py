"""Checks the header lines that a user adds to requests."""

import re

from conformance.settings.errors import ConfigurationError

FRAMING = {"connection", "content-length", "host", "transfer-encoding"}
"""Headers that the client sets itself."""


def check_header_lines(text: str) -> None:
    """Check the header lines for an observer. Raises ConfigurationError, whose text repeats no value."""
    for number, line in enumerate(filter(str.strip, text.splitlines()), start=1):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name, re.ASCII):
            raise ConfigurationError(
                f"--observer-headers: line {number} is not a header line; write Name: value"
            )
        if not re.fullmatch(r"[\t\x20-\x7e]+", value) or name.lower() in FRAMING:
            raise ConfigurationError(
                f"--observer-headers: {name} cannot be sent; a value must be printable ASCII, and the suite sets"
                f" {', '.join(sorted(FRAMING))} itself"
            )
