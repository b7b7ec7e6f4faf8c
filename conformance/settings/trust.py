"""Checks the files of certificates, and the address to connect to."""

import re
import ssl
from collections.abc import Mapping

from conformance.settings.errors import ConfigurationError


def check_environment(environment: Mapping[str, str], *addresses: str) -> None:
    """Check ``SSL_CERT_FILE`` if one of the addresses is https. Raises ConfigurationError."""
    if any(address.startswith("https:") for address in addresses):
        check_ca_file(environment.get("SSL_CERT_FILE", ""), "SSL_CERT_FILE")


def check_ca_file(path: str, named: str = "--ca-file") -> None:
    """Check that a file has certificates of authorities; ``named`` is what names it. Raises ConfigurationError."""
    if not path:
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(path)
    except ssl.SSLError:
        raise ConfigurationError(
            f"{named} {path}: has no certificate in it; name a PEM file (BEGIN CERTIFICATE), not DER or PKCS #12"
        ) from None
    except OSError as error:
        raise ConfigurationError(f"{named} {path}: cannot be read ({error.strerror})") from None


def check_client_cert(path: str) -> None:
    """Check that a file has a certificate and its key, without a passphrase. Raises ConfigurationError."""
    if not path:
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_cert_chain(path, password="")
    except ssl.SSLError:
        raise ConfigurationError(
            f"--client-cert {path}: must have a certificate and its key without a passphrase, both as PEM, one after the"
            " other (cat client.crt client.key > client.pem)"
        ) from None
    except OSError as error:
        raise ConfigurationError(f"--client-cert {path}: cannot be read ({error.strerror})") from None


def check_connect_to(address: str, proxy: str) -> None:
    """Check a host and port. Raises ConfigurationError."""
    if not address:
        return
    found = re.fullmatch(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})", address)
    if found is None or not 0 < int(found[1]) < 1 << 16:
        raise ConfigurationError(
            f"--connect-to {address}: write HOST:PORT, such as 192.0.2.7:443 or [2001:db8::7]:443"
        )
    if proxy:
        raise ConfigurationError(
            "--connect-to: cannot be used together with --proxy, which makes the connection"
        )
