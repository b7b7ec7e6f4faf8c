"""Origins as browsers send them (RFC 6454, section 6.2, and the URL standard)."""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import unquote

import idna

from conformance.settings.errors import ConfigurationError

DEFAULT_PORTS = {"http": 80, "https": 443}
LARGEST_PORT = 65_535
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(?:[^/?#\\\s]*@)?([^/?#\\\s@]+)(?:[/?#\\].*)?", re.DOTALL)
_HOST_AND_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]+)(?::(\d*))?")


def check_origin(flag: str, origin: str) -> None:
    """Raise ConfigurationError for an origin that no browser sends. Its text says the right form, if there is one."""
    right = browser_form(origin)
    if right == origin:
        return
    instead = right or "https://shop.example or https://shop.example:8443"
    if "@" in origin:  # the text must not repeat a password
        raise ConfigurationError(
            f"{flag}: has a user or password in it, which browsers do not send; write {instead}"
        )
    raise ConfigurationError(f"{flag} {origin}: is not an origin as browsers send it; write {instead}")


def browser_form(origin: str) -> str:
    """Return an origin as browsers send it: without a default port, a path or a user, and with its host in ASCII.

    The result is empty if the text has no scheme and host.
    """
    url = _URL.fullmatch(origin.strip())
    place = _HOST_AND_PORT.fullmatch(url[2]) if url is not None else None
    if url is None or place is None:
        return ""
    scheme, port = url[1].lower(), place[2]
    if scheme not in DEFAULT_PORTS:
        return f"{scheme}://{url[2].lower()}"  # for example an app's; its host has no rules
    host = _host(place[1])
    if not host or (port and int(port) > LARGEST_PORT):
        return ""
    return f"{scheme}://{host}" + (f":{int(port)}" if port and int(port) != DEFAULT_PORTS[scheme] else "")


def _host(written: str) -> str:
    """Return a host in ASCII and in lower case; empty if it is not a host."""
    try:
        if written.startswith("["):
            return f"[{IPv6Address(written[1:-1]).compressed}]"
        host = unquote(written).lower()
        if not host.isascii():
            host = idna.encode(host, uts46=True).decode()
        if re.fullmatch(r"\d+|0x[0-9a-f]*", host.rstrip(".").rpartition(".")[2]):
            return str(IPv4Address(host))
    except (idna.IDNAError, AddressValueError):
        return ""
    return host if re.fullmatch(r"[a-z0-9._-]+", host) else ""
