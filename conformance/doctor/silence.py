"""Says what to do if a request gets no reply, by the reason; pure."""

from conformance.client import NoReply

REASONS = (
    (
        ("certificate required", "certificate_required", "handshake failure", "bad certificate"),
        "the target probably asks for a client's certificate: pass it with --client-cert",
    ),
    (
        ("no application protocol", "no_application_protocol", "http/2"),
        "the target probably speaks HTTP/2 only: let it speak HTTP/1.1, too",
    ),
    (
        ("record layer", "wrong version number"),
        "the target probably speaks no TLS: write http:// in --target",
    ),
)
"""What stands in the detail of a missing reply, and what to do about it."""
BY_KIND = {
    "timeout": "it takes longer than --timeout: look whether the application is stuck, or give it more seconds",
    "closed": "the target ends connections: look into the log of the gateway and the application for this moment",
    "garbled": "the reply is not HTTP/1.1: check the port and the scheme in --target; it may speak HTTP/2 only, or TLS",
}
"""What to do by the kind of the missing reply."""


def silence_advice(outcome: NoReply, url: str) -> str:
    """Return what to do about a request to ``url`` that got no reply; an empty one means that TLS could not begin."""
    detail = outcome.detail.lower()
    for texts, advice in REASONS:
        if any(text in detail for text in texts):
            return advice
    if outcome.kind == "closed" and url.startswith("https:"):
        return f"{BY_KIND['closed']}; some close it if a client has no certificate (--client-cert)"
    if not url:
        return "check the port in --target; if it serves plain HTTP, write http://"
    return BY_KIND.get(outcome.kind, "check --target and the network")
