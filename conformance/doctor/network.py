"""Tries the way to a target in steps: name, connection, TLS. It sends no HTTP."""

import socket
import ssl
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from conformance.client import NoReply, addresses_of
from conformance.doctor.silence import silence_advice
from conformance.doctor.step import Step, StepResult

PORTS = {"http": 80, "https": 443}
OTHER_AUTHORITY = "give the target a certificate for this host, or name the file of its authority with --ca-file or SSL_CERT_FILE"
CERTIFICATES = {
    9: "the certificate is not valid yet: compare the clock of this machine with the right time",
    10: "the certificate has expired: renew it",
    18: f"the certificate is signed by itself: {OTHER_AUTHORITY}",
    19: OTHER_AUTHORITY,
    20: f"let the server send its intermediate certificates, too (the full chain), or {OTHER_AUTHORITY}",
    23: "the certificate was revoked: replace it",
    62: "the certificate is for another host: check the host in --target, or give the target a certificate for it",
}
"""What to do about a certificate, by OpenSSL's code of verification (X509_V_ERR_…)."""


def network(
    base: str,
    authorities: Callable[[], ssl.SSLContext],
    timeout: float,
    proxy: str = "",
    address: tuple[str, int] | None = None,
) -> Iterator[Step]:
    """Yield the steps on the way to a base URL, and end with the first problem.

    ``authorities`` returns the certificate authorities that the run trusts; each step takes at most ``timeout`` seconds.
    With a ``proxy``, the steps try the way to the proxy, and with an ``address`` to that.
    """
    option, url = ("--proxy", urlsplit(proxy)) if proxy else ("--target", urlsplit(base))
    host, port = url.hostname or "", url.port or PORTS[url.scheme]
    named = host
    if address is not None:
        option, (host, port) = "--connect-to", address
    name = _name(host, port, option, timeout)
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
            f"check the port in {option}, whether the server runs, and the network (VPN, firewall)",
        )
        return
    with connection:
        peer = connection.getpeername()[0]
        yield Step("connection", StepResult.OK, f"connect to {where}", f"connected to {peer}")
        if url.scheme == "https" and not proxy:
            yield _tls(connection, named, where, authorities())


def _name(host: str, port: int, option: str, timeout: float) -> Step:
    tried = f"look up {host}"
    try:
        addresses = addresses_of(host, port, timeout)
    except OSError as error:
        return Step(
            "name",
            StepResult.PROBLEM,
            tried,
            f"the name {host} has no address ({_why(error)})",
            f"check the host in {option}, and whether this machine can look it up (VPN, private DNS)",
        )
    return Step("name", StepResult.OK, tried, ", ".join(addresses))


def _tls(connection: socket.socket, host: str, where: str, context: ssl.SSLContext) -> Step:
    tried = f"start TLS with {host}"
    context.set_alpn_protocols(["http/1.1"])  # as the run's own connections do
    try:
        with context.wrap_socket(connection, server_hostname=host) as secured:
            return Step("TLS", StepResult.OK, tried, f"{secured.version()}, with a trusted certificate")
    except ssl.SSLCertVerificationError as error:
        observed = f"the certificate of {where} is not trusted ({error.verify_message})"
        return Step(
            "TLS", StepResult.PROBLEM, tried, observed, CERTIFICATES.get(error.verify_code, OTHER_AUTHORITY)
        )
    except OSError as error:
        why = _why(error)
        return Step(
            "TLS",
            StepResult.PROBLEM,
            tried,
            f"no TLS with {where} ({why})",
            silence_advice(NoReply("closed", why), ""),
        )


def _why(error: Exception) -> str:
    """Return the text of an error, without the place in Python's source that OpenSSL adds."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    return str(getattr(error, "strerror", None) or error)
