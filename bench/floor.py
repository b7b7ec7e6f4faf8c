"""The bare loop: one httpx client sends the requests of a recorded run again, one after the other, and judges nothing.

``python -m bench.floor RECORD URL``
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bench.recording import Sent, load


def replay(requests: Sequence[Sent], url: str) -> None:
    """Send requests to another target as they were sent to the first one, with a new ``Host``."""
    base = httpx.URL(url)
    with httpx.Client(trust_env=False, timeout=60) as client:
        for sent in requests:
            client.send(_request(sent, base))


def _request(sent: Sent, base: httpx.URL) -> httpx.Request:
    host = urlsplit(str(base)).netloc
    headers = [
        (name.encode("latin-1"), (host if name.lower() == "host" else value).encode("latin-1"))
        for name, value in sent.headers
    ]
    middle = len(sent.body) // 2
    content: bytes | Iterable[bytes] = sent.body
    if sent.chunked:
        content = iter([sent.body[:middle], sent.body[middle:]])
    request = httpx.Request(
        sent.method, base.copy_with(raw_path=sent.target.encode("latin-1")), headers=headers, content=content
    )
    # httpx adds what it thinks is missing.
    request.headers = httpx.Headers(headers)
    return request


if __name__ == "__main__":
    replay(load(Path(sys.argv[1])), sys.argv[2])
