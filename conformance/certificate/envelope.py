"""The envelope of a certificate: DSSE, a signed text in JSON. Pure, except for reading a file."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.certificate.errors import UnusableCertificate
from conformance.results import limits

PAYLOAD_TYPE = "application/vnd.in-toto+json"
LONGEST = 1 << 20
"""Bytes of a certificate or of a small file beside it."""


@dataclass(frozen=True)
class Signature:
    """One signature and the id of its key, which is only a hint."""

    keyid: str
    value: bytes


@dataclass(frozen=True)
class Envelope:
    """A text and its signatures. The text is not to be read before a signature is verified."""

    payload: bytes
    signatures: tuple[Signature, ...] = ()
    payload_type: str = PAYLOAD_TYPE

    @property
    def signed(self) -> bytes:
        """The bytes that are signed, which also contain the type and both lengths."""
        kind = self.payload_type.encode()
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)

    def as_text(self) -> str:
        """Return the content of ``certificate.json``."""
        content = {
            "payload": base64.b64encode(self.payload).decode(),
            "payloadType": self.payload_type,
            "signatures": [
                {"keyid": one.keyid, "sig": base64.b64encode(one.value).decode()} for one in self.signatures
            ],
        }
        return json.dumps(content, indent=1) + "\n"


def read_bytes(path: Path, longest: int = LONGEST) -> bytes:
    """Return the content of a small file. Raises UnusableCertificate."""
    try:
        with path.open("rb") as file:
            content = file.read(longest + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise UnusableCertificate(f"{path}: cannot be read ({getattr(error, 'strerror', error)})") from None
    if len(content) > longest:
        raise UnusableCertificate(f"{path}: has more than {longest} bytes")
    return content


def read_envelope(path: Path) -> Envelope:
    """Return the envelope in a file. Raises UnusableCertificate if it is not one."""
    try:
        content = limits.parse(read_bytes(path).decode())
        return _envelope(content)
    except UnusableCertificate:
        raise
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise UnusableCertificate(f"{path}: is not a certificate (a DSSE envelope in JSON)") from None


def _envelope(content: Mapping[str, Any]) -> Envelope:
    signatures = tuple(
        Signature(_text(one.get("keyid", "")), _decoded(one["sig"])) for one in content["signatures"]
    )
    if not signatures:
        raise ValueError("no signature")
    return Envelope(_decoded(content["payload"]), signatures, _text(content["payloadType"]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _decoded(value: Any) -> bytes:
    try:
        return base64.b64decode(_text(value), validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
