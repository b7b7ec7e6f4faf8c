"""Whether a page at an origin can send requests to a target at all. Pure, except for looking up a name."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from conformance.client import addresses_of

BLOCKED_PORTS = frozenset(
    {
        *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102),
        *(103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465),
        *(512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993),
        *(995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668),
        *(6669, 6679, 6697, 10080),
    }
)
"""Ports that no browser connects to (Fetch standard, Port blocking)."""
LOOKUP = 10.0
"""Seconds that looking up a name may take."""
PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """Return the host of a URL."""
    return urlsplit(url).hostname or ""


def port_of(url: str) -> int:
    """Return the port of a URL, given or usual."""
    parts = urlsplit(url)
    return parts.port or PORTS.get(parts.scheme, 0)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its name or address, as browsers see it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def hindrance(origin: str, target: str) -> str:
    """Return why no page at an origin can reach a target, and what to do; empty if a page can."""
    scheme = urlsplit(origin).scheme
    if scheme not in PORTS:
        return f"a browser cannot open a page at {origin}: pass an --origin that begins with https://"
    if (port := port_of(target)) in BLOCKED_PORTS:
        return f"browsers connect to no server at port {port}: serve the target at another port"
    if scheme == "https" and urlsplit(target).scheme == "http" and not is_loopback(host_of(target)):
        return (
            f"a page at {origin} cannot reach an http:// target (mixed content): serve the target with https"
        )
    return ""


def private_addresses(url: str) -> list[str]:
    """Return the addresses of a URL's host that are not public, each with the port, as Chromium writes them."""
    port = port_of(url)
    try:
        found = addresses_of(host_of(url), port, LOOKUP)
    except OSError:
        return []  # the doctor reports it
    addresses = {address.partition("%")[0] for address in found}
    return [
        f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        for address in sorted(addresses)
        if not ip_address(address).is_global
    ]
