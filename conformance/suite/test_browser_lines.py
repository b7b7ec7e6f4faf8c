"""Checks of chapter cors: a POST with the lines of a browser gets the answer of the same POST without them."""

import json
from typing import Any

import pytest

from conformance import expect
from conformance.client import Exchange, Reply, Target, browser_lines
from conformance.inputs.factory import EventFactory, body
from conformance.inputs.tokens import UNKNOWN
from conformance.plugin.markers import covers, parameters
from conformance.requirements import cors as clause

POSTS = {
    "201-query": ("query", 201),
    "422-header": ("header", 422),
    "401-header": ("header", 401),
    "201-header": ("header", 201),
}
"""Where the token is sent, and the status of the usual answer."""


def _post(target: Target, factory: EventFactory, kind: str, origin: str, **more: Any) -> Exchange:
    form, status = POSTS[kind]
    content = b'{"events": []}' if status == 422 else body(factory.reusable())
    token = UNKNOWN if status == 401 else target.token
    return target.post(content, **{form: token}, origin=origin, **more)


@covers(clause.BROWSER_LINES)
@pytest.mark.parametrize("kind", parameters(list(POSTS), quick=3))
def test_a_browser_s_lines_change_nothing(
    target: Target, factory: EventFactory, origin: str, kind: str
) -> None:
    usual = _post(target, factory, kind, origin)
    expect.assume(usual, POSTS[kind][1])
    exchange = _post(target, factory, kind, origin, headers=browser_lines(origin))

    _expect_readable(exchange)
    _expect_alike(target, usual, exchange)


def _expect_readable(exchange: Exchange) -> None:
    """Expect a body that is encoded as its Content-Encoding says. Without Accept-Encoding, few servers encode it."""
    reply = expect.answer(exchange)
    encodings = ", ".join(reply.lines("content-encoding"))
    got = f"Content-Encoding: {encodings}, and {reply.undecodable}" if reply.undecodable else "such a body"
    expected = "a body that is encoded as its Content-Encoding says"
    expect.condition(exchange, met=not reply.undecodable, expected=expected, got=got)


def _expect_alike(target: Target, usual: Exchange, exchange: Exchange) -> None:
    reading = _content
    if _content(exchange) != _content(usual) != _content(target.resend(usual.request)):
        reading = _shape  # the body is another one each time, for example because it has an id of the request
    expected, got = _told(usual, reading(usual)), _told(exchange, reading(exchange))
    because = "the same POST without the lines of a browser got this answer"
    expect.condition(exchange, met=got == expected, expected=expected, got=got, because=because)


def _content(exchange: Exchange) -> str:
    """Return the body; JSON without its white space. In a success, null and no body are both documented."""
    reply, value = expect.reply(exchange), expect.json_body(exchange)
    if reply.status < 300 and (value is None or not reply.body.strip()):
        return "null or empty"
    if value is expect.NOT_JSON:
        return reply.body.decode("utf-8", "replace").strip()
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _shape(exchange: Exchange) -> str:
    """Return what kind of value the body is."""
    value = expect.json_body(exchange)
    return f"an object with {', '.join(sorted(value))}" if isinstance(value, dict) else type(value).__name__


def _told(exchange: Exchange, content: str) -> str:
    reply = expect.reply(exchange)
    return ", ".join([f"status {reply.status}", *_cors_lines(reply), f"body {content or 'empty'}"])


def _cors_lines(reply: Reply) -> list[str]:
    named = [(name.lower(), value) for name, value in reply.headers]
    return sorted(f"{name}: {value}" for name, value in named if name.startswith("access-control-"))
