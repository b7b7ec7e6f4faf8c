"""Recognises what stands in front of an application: an access gate, a redirect, a request for a client's certificate; pure."""

import re
from urllib.parse import urljoin, urlsplit

from conformance.client import Reply

CERTIFICATE = re.compile(
    rb"no required ssl certificate|ssl certificate error|client certificate (?:is )?required", re.IGNORECASE
)
"""What gateways write to a client without a certificate; nginx sends it with status 400."""
BAD_REQUEST = 400
GATE_HOSTS = (
    *("cloudflareaccess.com", "login.microsoftonline.com", "accounts.google.com"),
    *("okta.com", "auth0.com", "onelogin.com", "vercel.com", "pingidentity.com"),
)
"""Hosts of services at which people log in."""
GATE_PATH = re.compile(r"/(?:oauth2?|sso|saml2?|login|signin|sign-in|auth|cdn-cgi/access)(?:[/?._-]|$)")
"""A path at which people log in."""
GATE = (
    "an access gate asks for a login: pass the lines that it accepts with --headers (a service token of the gate),"
    " or allow this machine"
)


def client_certificate(reply: Reply) -> str:
    """Return what to do if a gateway asks for a client's certificate; empty if it does not."""
    if reply.status >= BAD_REQUEST and CERTIFICATE.search(reply.body[:8192]):
        return "the target asks for a client's certificate: pass it with --client-cert"
    return ""


def redirect_advice(url: str, location: str) -> str:
    """Return what to do about a redirect from ``url``; empty if nothing is known about its place."""
    here, there = urlsplit(url), urlsplit(urljoin(url, location))
    host = there.hostname or ""
    if any(host == gate or host.endswith(f".{gate}") for gate in GATE_HOSTS) or GATE_PATH.search(
        there.path.lower()
    ):
        return GATE
    if (there.netloc, there.path) == (here.netloc, f"{here.path}/"):
        return (
            "a framework redirects /beacon to /beacon/, and a browser's preflight may not be redirected: serve /beacon"
            " itself (FastAPI: redirect_slashes, Django: APPEND_SLASH, Flask: strict_slashes)"
        )
    if (here.scheme, there.scheme, there.hostname) == ("http", "https", here.hostname):
        return f"the target is served by https: pass --target https://{there.netloc}{_base(there.path)}"
    return ""


def _base(path: str) -> str:
    return path.rstrip("/").removesuffix("/beacon")
