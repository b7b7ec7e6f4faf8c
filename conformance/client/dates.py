"""Reads the dates of HTTP."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 100
"""Characters of a date; the longest format of RFC 9110 has 33."""


def http_date(lines: Sequence[str]) -> datetime | None:
    """Return the moment of a header's first line (RFC 9110, 5.6.7); None if the header is missing, or is not a date."""
    if not lines or len(lines[0]) > LONGEST:
        return None
    try:
        moment = parsedate_to_datetime(lines[0])
    except (IndexError, OverflowError, TypeError, ValueError):  # it trusts the numbers of a date
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
