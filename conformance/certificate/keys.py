"""Keys: Ed25519, in the PEM files of OpenSSL. The only module that knows the library of the extra ``certify``."""

import hashlib
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from conformance.certificate.envelope import read_bytes
from conformance.certificate.errors import UnusableCertificate

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NEEDS = "signatures need the extra certify: pip install 'beacon-conformance[certify]'"
MAKE = "make one with: openssl genpkey -algorithm ed25519 -out key.pem"
TAKE = "take it from the private key with: openssl pkey -in key.pem -pubout -out key.pub"


class PublicKey:
    """A public key. Raises UnusableCertificate if the text is not one."""

    def __init__(self, pem: bytes, where: str) -> None:
        serialization, ed25519 = _library()
        if b"PRIVATE KEY" in pem:
            raise UnusableCertificate(f"{where}: is a private key, which only its owner may have; {TAKE}")
        try:
            key = serialization.load_pem_public_key(pem)
        except ValueError:
            raise UnusableCertificate(f"{where}: is not a public key in PEM; {TAKE}") from None
        if not isinstance(key, ed25519.Ed25519PublicKey):
            raise UnusableCertificate(f"{where}: is not an Ed25519 key; {MAKE}")
        self._key: Ed25519PublicKey = key

    @property
    def keyid(self) -> str:
        """The SHA-256 of the key in DER."""
        return _keyid(self._key)

    def accepts(self, signature: bytes, signed: bytes) -> bool:
        """Whether a signature of some bytes was made with the private part of this key."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an optional dependency

        try:
            self._key.verify(signature, signed)
        except InvalidSignature:
            return False
        return True


class PrivateKey:
    """A private key. Raises UnusableCertificate if the file has none."""

    def __init__(self, path: Path) -> None:
        serialization, ed25519 = _library()
        try:
            key = serialization.load_pem_private_key(read_bytes(path), password=None)
        except TypeError:
            raise UnusableCertificate(f"{path}: has a password; give a key without one") from None
        except UnusableCertificate:
            raise
        except ValueError:
            raise UnusableCertificate(f"{path}: is not a private key in PEM; {MAKE}") from None
        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise UnusableCertificate(f"{path}: is not an Ed25519 key; {MAKE}")
        self._key: Ed25519PrivateKey = key

    @property
    def keyid(self) -> str:
        """The SHA-256 of the public key in DER."""
        return _keyid(self._key.public_key())

    def sign(self, content: bytes) -> bytes:
        """Return the signature of some bytes."""
        return self._key.sign(content)


def _library() -> tuple[ModuleType, ModuleType]:
    """Return the two modules of the library that read keys. Raises UnusableCertificate without the library."""
    try:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an optional dependency
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - an optional dependency
    except ImportError:
        raise UnusableCertificate(NEEDS) from None
    return serialization, ed25519


def _keyid(key: "Ed25519PublicKey") -> str:
    serialization, _ = _library()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(key.public_bytes(serialization.Encoding.DER, form)).hexdigest()
