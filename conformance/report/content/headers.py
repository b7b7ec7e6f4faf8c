"""Selects the request headers that a failure shows."""

from collections.abc import Iterable, Iterator

USUAL_VALUES = {
    "accept": {"application/json", "*/*"},
    "content-type": {"application/json"},
    "user-agent": {
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/142.0.0.0 Safari/537.36"
        )
    },
}
"""Headers that every request has unless a check changes them, by name in lower case, with their usual values."""
ACCOMPANYING = frozenset(
    {
        "accept-encoding",
        "accept-language",
        "connection",
        "content-length",
        "host",
        "referer",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
    }
)
"""Headers that are never shown, because their values do not decide the answer."""


def unusual_headers(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the headers that differ from the usual ones. The command that repeats a request has all of them."""
    for name, value in headers:
        key = name.lower()
        if key not in ACCOMPANYING and value not in USUAL_VALUES.get(key, ()):
            yield name, value
