"""Timestamps as clients send them, and as they are stored."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_RFC_7231 = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII)


def parse(text: str) -> datetime | None:
    """Parse an RFC 3339 timestamp (with ``T`` and a zone) or an HTTP date; return None for anything else.

    The published rule is wider: everything that a JavaScript ``Date`` parses. Parsers disagree on the rest, so no target is
    judged on it, and the reference skips it.
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
    """Return a timestamp in the form of ``Date.prototype.toISOString``."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
