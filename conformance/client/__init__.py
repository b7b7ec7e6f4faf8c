"""HTTP: requests and replies, the target, connections, deadlines, limits on what is sent.

This is the only room that knows httpx, and it imports no other room. It reports what happened and judges nothing.
"""

from conformance.client.addresses import addresses_of
from conformance.client.comparison import differing_parts
from conformance.client.html import is_page, page_in_words, page_title
from conformance.client.http_client import GIVES_UP_AFTER, STOPPED_ANSWERING, THROTTLING, HttpClient
from conformance.client.json_text import bearable, parse_strictly, parse_tolerantly
from conformance.client.memo import Memo
from conformance.client.messages import CUT, Exchange, Header, NoReply, Reply, Request
from conformance.client.rate_limit import Load, RequestBudget
from conformance.client.reading import LONGEST_REPLY, digest_of
from conformance.client.route import DIRECT, Route, server_of
from conformance.client.target import BROWSER, TOKEN_HEADER, TOKEN_SOURCES, UNRESERVED, Target, browser_lines
from conformance.client.time_limits import MOST_TIMEOUTS, TimeLimits

__all__ = [
    "BROWSER",
    "CUT",
    "DIRECT",
    "GIVES_UP_AFTER",
    "LONGEST_REPLY",
    "MOST_TIMEOUTS",
    "STOPPED_ANSWERING",
    "THROTTLING",
    "TOKEN_HEADER",
    "TOKEN_SOURCES",
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
    "Route",
    "Target",
    "TimeLimits",
    "addresses_of",
    "bearable",
    "browser_lines",
    "differing_parts",
    "digest_of",
    "is_page",
    "page_in_words",
    "page_title",
    "parse_strictly",
    "parse_tolerantly",
    "server_of",
]
