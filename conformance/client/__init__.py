"""The only room that speaks HTTP: requests, replies, the wire between them, and the target."""

from conformance.client.messages import Exchange, Header, NoReply, Reply, Request
from conformance.client.pace import Load, Pace
from conformance.client.target import BROWSER, TOKEN_HEADER, UNRESERVED, Target
from conformance.client.wire import GIVES_UP_AFTER, GONE, LONGEST_REPLY, Wire

__all__ = [
    "BROWSER",
    "GIVES_UP_AFTER",
    "GONE",
    "LONGEST_REPLY",
    "TOKEN_HEADER",
    "UNRESERVED",
    "Exchange",
    "Header",
    "Load",
    "NoReply",
    "Pace",
    "Reply",
    "Request",
    "Target",
    "Wire",
]
