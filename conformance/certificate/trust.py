"""Which keys a reviewer trusts: one public key, or a TOML file with names and days."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from conformance.certificate.envelope import Envelope, read_bytes
from conformance.certificate.errors import NotGenuine, UnusableCertificate
from conformance.certificate.implementation import parse_toml
from conformance.certificate.keys import PublicKey

KEYS = {"name", "key", "from", "until"}


@dataclass(frozen=True)
class TrustedKey:
    """A key, its owner, and the days on which certificates may arrive that it signed."""

    name: str
    key: PublicKey
    first: date | None = None
    last: date | None = None

    def refuses(self, day: date) -> str:
        """Return why a certificate that arrived on a day is not accepted; empty if it is."""
        if self.first is not None and day < self.first:
            return f"the key of {self.name} counts only from {self.first}"
        if self.last is not None and day > self.last:
            return f"the key of {self.name} counted only until {self.last}"
        return ""


def read_trust(path: Path) -> tuple[TrustedKey, ...]:
    """Return the keys of a file: a PEM file, or TOML if its name ends in ``.toml``. Raises UnusableCertificate."""
    if path.suffix != ".toml":
        return (TrustedKey(path.name, PublicKey(read_bytes(path), str(path))),)
    content = parse_toml(path)
    entries = content.get("key", [])
    if not isinstance(entries, list) or not entries or content.keys() != {"key"}:
        raise UnusableCertificate(
            f"{path}: write one or more entries that begin with [[key]], and nothing else"
        )
    return tuple(_entry(path, number, entry) for number, entry in enumerate(entries, start=1))


def _entry(path: Path, number: int, entry: Any) -> TrustedKey:
    where = f"{path}: entry {number}"
    if not isinstance(entry, dict) or entry.keys() - KEYS or not {"name", "key"} <= entry.keys():
        raise UnusableCertificate(f"{where}: its keys are name, key (the PEM text), from and until")
    if not all(isinstance(entry[key], str) and entry[key].strip() for key in ("name", "key")):
        raise UnusableCertificate(f"{where}: name and key must be texts")
    days = []
    for key in ("from", "until"):
        day = entry.get(key)
        if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
            raise UnusableCertificate(f"{where}: {key} must be a day, such as {key} = 2026-11-27")
        days.append(day)
    return TrustedKey(entry["name"], PublicKey(entry["key"].encode(), where), *days)


def signer_of(envelope: Envelope, trusted: tuple[TrustedKey, ...], arrived: date) -> TrustedKey:
    """Return the trusted key that signed an envelope. Raises NotGenuine if none did, or not in its time."""
    for one in trusted:
        if any(one.key.accepts(signature.value, envelope.signed) for signature in envelope.signatures):
            if why := one.refuses(arrived):
                raise NotGenuine(why)
            return one
    names = ", ".join(one.name for one in trusted)
    raise NotGenuine(f"no signature of the certificate was made by a trusted key ({names})")
