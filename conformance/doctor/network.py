"""The way to a target, a step at a time: its name, a connection, TLS. Nothing of HTTP is sent."""

import socket
import ssl
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from conformance.doctor.step import Step, StepResult

PORTS = {"http": 80, "https": 443}


def network(
    base: str, authorities: Callable[[], ssl.SSLContext], timeout: float, proxy: str = ""
) -> Iterator[Step]:
    """Yield a line a step on the way to a base URL; the first problem is the last line.

    ``authorities`` gives the certificates that the run itself trusts, ``timeout`` is the seconds of each step. Through
    a ``proxy`` it is the proxy's name and connection; the rest of the way is the proxy's.
    """
    told, url = ("--proxy", urlsplit(proxy)) if proxy else ("--target", urlsplit(base))
    host, port = url.hostname or "", url.port or PORTS[url.scheme]
    name = _name(host, port, told)
    yield name
    if name.result is not StepResult.OK:
        return
    where = f"{host}:{port}"
    try:
        connection = socket.create_connection((host, port), timeout)
    except OSError as error:
        yield Step(
            "connection",
            StepResult.PROBLEM,
            f"connect to {where}",
            f"no connection to {where} ({_why(error)})",
            f"check {told}'s port, whether it is started, and what is in between (a VPN, a firewall)",
        )
        return
    with connection:
        peer = connection.getpeername()[0]
        yield Step("connection", StepResult.OK, f"connect to {where}", f"connected to {peer}")
        if url.scheme == "https" and not proxy:
            yield _tls(connection, host, where, authorities())


def _name(host: str, port: int, told: str) -> Step:
    tried = f"look up {host}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return Step(
            "name",
            StepResult.PROBLEM,
            tried,
            f"the name {host} has no address ({_why(error)})",
            f"check the host in {told}, and whether this machine can look it up (a VPN, a private DNS)",
        )
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    return Step("name", StepResult.OK, tried, ", ".join(addresses))


def _tls(connection: socket.socket, host: str, where: str, context: ssl.SSLContext) -> Step:
    tried = f"shake hands with {host}"
    try:
        with context.wrap_socket(connection, server_hostname=host) as secured:
            return Step("TLS", StepResult.OK, tried, f"{secured.version()}, a certificate that is trusted")
    except ssl.SSLCertVerificationError as error:
        return Step(
            "TLS",
            StepResult.PROBLEM,
            tried,
            f"the certificate of {where} is not trusted ({error.verify_message})",
            "give the target a certificate for this host, or name its authority's file in SSL_CERT_FILE",
        )
    except OSError as error:
        return Step(
            "TLS",
            StepResult.PROBLEM,
            tried,
            f"no TLS with {where} ({_why(error)})",
            "check --target's port; where it speaks plain HTTP, write http://",
        )


def _why(error: Exception) -> str:
    """Return an error's own words, without the place in the interpreter where it arose."""
    if isinstance(error, TimeoutError):
        return "nothing came in time"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    return str(getattr(error, "strerror", None) or error)
