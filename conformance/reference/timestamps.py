"""Moments as clients write them, and as the store keeps them."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_RFC_7231 = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII)


def parse(text: str) -> datetime | None:
    """Read an RFC 3339 moment (with ``T`` and a zone) or an HTTP date; ``None`` for everything else.

    The published rule is wider: whatever a JavaScript ``Date`` parses. Parsers disagree on the rest, so nobody
    is judged on it, and the reference is free to skip it.
    """
    try:
        if _RFC_3339.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
        if _RFC_7231.fullmatch(text):
            return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None


def utc_text(moment: datetime) -> str:
    """Write a moment as ``Date.prototype.toISOString`` does."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
