"""The only room that speaks HTTP: requests, replies, the wire between them, and the target."""

from conformance.client.comparison import telling_parts
from conformance.client.http_client import GIVES_UP_AFTER, GONE, LONGEST_REPLY, HttpClient
from conformance.client.memo import Memo
from conformance.client.messages import Exchange, Header, NoReply, Reply, Request
from conformance.client.rate_limit import Load, RequestBudget
from conformance.client.target import BROWSER, TOKEN_HEADER, UNRESERVED, Target

__all__ = [
    "BROWSER",
    "GIVES_UP_AFTER",
    "GONE",
    "LONGEST_REPLY",
    "TOKEN_HEADER",
    "UNRESERVED",
    "Exchange",
    "Header",
    "HttpClient",
    "Load",
    "Memo",
    "NoReply",
    "Reply",
    "Request",
    "RequestBudget",
    "Target",
    "telling_parts",
]
