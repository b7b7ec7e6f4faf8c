"""How requests reach a server, beside its URL: another address, authorities, a client certificate, the lines of a gate."""

import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from conformance.client.messages import Header

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Route:
    """The way to a server."""

    headers: tuple[Header, ...] = field(default=(), repr=False)
    """Sent with every request, and in no evidence."""
    ca_file: str = ""
    """A PEM file of authorities that are trusted besides the usual ones; empty: none."""
    client_cert: str = ""
    """A PEM file with a certificate and its key; empty: none."""
    connect_to: str = ""
    """``HOST:PORT`` to connect to, in place of those of the URL; empty: those."""

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port of ``connect_to``."""
        url = urlsplit(f"//{self.connect_to}")
        return (url.hostname or "", url.port or 0) if self.connect_to else None

    def context(self) -> ssl.SSLContext:
        """Return the TLS context. ``SSL_CERT_FILE`` adds authorities, too. Raises OSError for a file that has changed."""
        context = httpx.create_ssl_context()
        context.load_default_certs()
        if self.ca_file:
            context.load_verify_locations(self.ca_file)
        if self.client_cert:
            context.load_cert_chain(self.client_cert, password="")
        return context


DIRECT = Route()
"""The way that the URL alone describes."""


def server_of(url: str) -> tuple[str | None, int | None]:
    """Return host and port of a URL; of what is not one, nothing."""
    try:
        split = urlsplit(url)
        return split.hostname, split.port or PORTS.get(split.scheme)
    except ValueError:
        return None, None
