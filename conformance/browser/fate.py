"""Decides what became of a call from the network log: read, withheld, lost or failed; or why nothing can be said. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from conformance.browser.network_log import BrowserRequest, NetworkLog


class Fate(StrEnum):
    """What became of a request of a page."""

    READ = "the browser gave the answer to the page"
    WITHHELD = "the answer arrived, but the browser withholds it from the page"
    LOST = "the POST was never sent"
    FAILED = "the browser could not use the answer"


@dataclass(frozen=True)
class Outcome:
    """What became of a call, or why that says nothing about the target."""

    fate: Fate
    error: str = ""
    """The code of the browser's CORS check or its network error."""
    hindrance: str = ""
    """Why the target cannot be judged by this call, and what to do."""


OF_A_PREFLIGHT = frozenset(
    {
        "HeaderDisallowedByPreflightResponse",
        "MethodDisallowedByPreflightResponse",
        "InvalidAllowHeadersPreflightResponse",
        "InvalidAllowMethodsPreflightResponse",
    }
)
"""CORS errors of a preflight whose names do not begin with Preflight."""
LOCAL_NETWORK = (
    "LocalNetworkAccess",
    "InsecureLocalNetwork",
    "InsecurePrivateNetwork",
    "PrivateNetworkAccess",
)
OF_THE_ANSWER = (
    *("ERR_INVALID_HTTP_RESPONSE", "ERR_CONTENT_DECODING_FAILED", "ERR_RESPONSE_HEADERS_MULTIPLE_"),
    *("ERR_EMPTY_RESPONSE", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONTENT_LENGTH_MISMATCH"),
    *("ERR_HTTP2_PROTOCOL_ERROR", "ERR_INVALID_CHUNKED_ENCODING", "ERR_RESPONSE_HEADERS_TOO_BIG"),
    *("ERR_INVALID_REDIRECT", "ERR_TOO_MANY_REDIRECTS", "ERR_UNSAFE_REDIRECT"),
)
"""Network errors that an answer can cause. They count only if another client got the answer to the same request."""
REMEDIES = {
    "mixed-content": "a page of an https:// origin cannot reach an http:// target: serve the target with https",
    "ERR_CERT_": "the browser does not trust the certificate of the target: give the target a certificate that this"
    " machine trusts; the browser has its own list of authorities, and SSL_CERT_FILE does not change it",
    "ERR_SSL_": "the browser and the target could not agree on TLS: look at the target's TLS settings",
    "ERR_NAME_": "the browser finds no address for the target's host: check that this machine can look it up",
    "ERR_UNSAFE_PORT": "browsers connect to no server at this port: serve the target at another port",
    "ERR_CONNECTION_": "the browser could not keep a connection to the target: check the network, and run again",
    "ERR_PROXY_": "the browser could not use the proxy: check --proxy",
    "ERR_TUNNEL_": "the browser could not use the proxy: check --proxy",
    "ERR_ADDRESS_": "the browser could not reach the target's address: check the network",
    "ERR_INTERNET_": "the browser has no network: run again with one",
    "ERR_NETWORK_": "the network changed during the call: run again",
    "ERR_BLOCKED_BY_CLIENT": "an extension or a policy of the browser blocked the call: use another browser",
    "ERR_BLOCKED_BY_ADMINISTRATOR": "a policy of the browser blocked the call: use another browser",
}
"""What to do about an error that says nothing about the target, by its beginning."""
NO_REQUEST = "the browser reported no POST of the page: use another version of the browser"


def outcome_of(log: NetworkLog) -> Outcome:
    """Return what became of the POST of a page."""
    post = log.post()
    if post is None:
        return Outcome(Fate.LOST, hindrance=NO_REQUEST)
    preflight = log.preflight(post)
    errors = [one.cors_error for one in (post, preflight) if one is not None and one.cors_error]
    for error in errors:
        if error.startswith(LOCAL_NETWORK):
            return Outcome(Fate.LOST, error, _local_network(error))
    if post.response is not None:
        return Outcome(Fate.READ, post.error)
    if post.cors_error:
        lost = post.cors_error.startswith("Preflight") or post.cors_error in OF_A_PREFLIGHT
        return Outcome(Fate.LOST if lost else Fate.WITHHELD, post.cors_error)
    return _network_error(post, preflight)


def _network_error(post: BrowserRequest, preflight: BrowserRequest | None) -> Outcome:
    if post.failed is None:
        return Outcome(Fate.FAILED, "no answer in time")
    error = post.error
    if error == "ERR_FAILED" and preflight is not None and preflight.error:
        error = preflight.error
    if error.startswith(OF_THE_ANSWER):
        return Outcome(Fate.FAILED, error)
    remedy = next((text for start, text in REMEDIES.items() if error.startswith(start)), "")
    remedy = remedy or "the suite does not know this error of the browser: run again, or use another browser"
    return Outcome(Fate.FAILED, error, f"{remedy} ({error})")


def _local_network(error: str) -> str:
    return (
        "this browser lets no page reach a target on this machine or in a private network: use a browser on this"
        f" machine (--browser auto) ({error})"
    )
