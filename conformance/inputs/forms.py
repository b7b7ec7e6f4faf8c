"""Bodies that are forms, in which a token is one of the fields. A target that reads the token there can use the events, too."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from conformance.inputs.factory import SentEvent

URLENCODED = "application/x-www-form-urlencoded"
BOUNDARY = "conformance-boundary"


def json_and_form(token: str, sent: SentEvent) -> bytes:
    """Return a text that is a batch as JSON, and has the field ``token`` if it is read as a form."""
    return json.dumps({"events": [sent.entry], "form": f"&{urlencode({'token': token})}&"}).encode()


def fields(token: str, sent: SentEvent) -> bytes:
    """Return an urlencoded form with the fields ``token`` and ``events[0][…]``."""
    return urlencode([("token", token), *_flat("events[0]", sent.entry)]).encode()


def parts(token: str, sent: SentEvent) -> bytes:
    """Return a multipart form with the fields ``token`` and ``events``, the latter as JSON."""
    contents = {"token": token, "events": json.dumps([sent.entry])}
    lines = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{content}\r\n'
        for name, content in contents.items()
    ]
    return "".join((*lines, f"--{BOUNDARY}--\r\n")).encode()


FORMS = {
    "json-and-form": (json_and_form, URLENCODED),
    "multipart": (parts, f"multipart/form-data; boundary={BOUNDARY}"),
    "fields": (fields, URLENCODED),
}
"""What makes a body from a token and an event, and the content type of the body."""


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the fields of a value, named as PHP, Rails and Express read them."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _flat(f"{name}[{key}]", member)
    else:
        yield name, str(value)
