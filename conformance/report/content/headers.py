"""Which headers of a request tell a reader something, and which every request has."""

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
"""Headers that requests have unless a check says otherwise, in lower case, with the values that they then have."""
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
"""Headers that accompany a request and decide nothing, whatever their value."""


def telling_headers(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the headers that a failure should show; the command and the page have the others, too."""
    for name, value in headers:
        key = name.lower()
        if key not in ACCOMPANYING and value not in USUAL_VALUES.get(key, ()):
            yield name, value
