"""A visit: the calls that a run has a page make, each once, and what became of them."""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from conformance.browser.calls import IN_ORDER, MADE_UP_ORIGIN, Call, Page
from conformance.browser.driver import Browser, result_of
from conformance.browser.fate import Fate, Outcome, outcome_of
from conformance.browser.launching import Unusable
from conformance.browser.network_log import BrowserRequest
from conformance.browser.places import hindrance
from conformance.browser.tab import Observed, Script
from conformance.client import Exchange, NoReply, Reply, Request, Target, clock, parse_strictly
from conformance.client.page import PageExchange, PageView
from conformance.expect import NotJudged
from conformance.inputs.factory import EventFactory, SentEvent, body
from conformance.inputs.tokens import UNKNOWN

BEACON_CODE = "(() => {{ try {{ return {{said: String({call})}}; }} catch (error) {{ return {{said: String(error)}}; }} }})()"
FETCH_CODE = (
    "(async () => {{ try {{ const answer = await {call}; const seen = {{said: `status ${{answer.status}}`,"
    " status: answer.status}}; try {{ seen.body = (await answer.text()).slice(0, 262144); }} catch (error) {{ seen.broken ="
    " String(error); }} return seen; }} catch (error) {{ return {{said: String(error)}}; }} }})()"
)
"""Run a call and return what the page learned, up to LONGEST_REPLY characters of the body; a page never learns more than this."""
UNLOAD_CODE = (
    "(() => {{ addEventListener('pagehide', () => {{ {call} }}); return {{said: 'registered'}}; }})()"
)
CONSOLE = ".then(async (answer) => console.log(answer.status, await answer.text()))"
"""Ends a call of fetch in a console, where a person wants to see the answer."""
NO_ORIGIN = "needs an origin that the token's store allows: pass --origin https://…"
NO_OTHER_ORIGIN = "needs a second origin that a store allows: pass --other-origin https://… or --other-store-origin https://…"


@dataclass(frozen=True)
class PageCall:
    """One call of a page, and what became of it."""

    call: Call
    outcome: Outcome
    exchange: PageExchange
    """The POST; without a reply if it was not sent or not answered."""
    sent: SentEvent | None
    """The event in its batch."""
    status: int | None
    """The status that the page read."""
    body: str | None
    """The body that the page read."""
    broken: str
    """Why the page could not read the body."""
    preflight_seconds: float | None
    on_the_wire: tuple[Request, ...] = field(repr=False)
    """The requests as the browser sent them, for another client."""
    method: str = "POST"
    """The method of the last request, after any redirect."""


@dataclass
class Visit:
    """The calls of one run on pages of the store. Equal calls of an attempt are made once."""

    browser: Browser
    target: Target
    factory: EventFactory
    origin: str
    other_origin: str = ""
    proxy: str = ""
    one_page: bool = False
    """Whether the calls of an origin share one page: faster, but preflights are cached."""
    second_token: str = ""
    """The token of the second origin's store; empty if it is the same store."""
    shows: Callable[[SentEvent, str], bool | None] = lambda *_: None
    """Whether an event that should be in a token's store is, after waiting for it; None without read-back that works."""
    shows_now: Callable[[SentEvent, str], bool | None] = lambda *_: None
    """Whether an event is stored that should not be; None without read-back that works."""
    _begun: dict[Call, tuple[SentEvent | None, Future[Observed]]] = field(default_factory=dict, init=False)

    def begin(self, calls: Iterable[Call]) -> None:
        """Have the browser make calls while other checks run."""
        for call in sorted(set(calls), key=IN_ORDER.index):
            try:
                self._begun[call] = self._started(call)
            except NotJudged:
                continue  # the check that needs the call gets the reason

    def made(self, call: Call) -> PageCall:
        """Return what became of a call; a fresh attempt makes it again, in a fresh context.

        Raises NotJudged if the call says nothing about the target.
        """
        return self.target.memo.get(("call of a page", call), lambda: self._made(call))

    def origin_of(self, call: Call) -> str:
        """Return the origin of the page that makes a call. Raises NotJudged if the run knows none."""
        match call.page:
            case Page.STORE | Page.SANDBOX:
                if not self.origin:
                    raise NotJudged(NO_ORIGIN)
                return self.origin
            case Page.OTHER:
                if not self.other_origin:
                    raise NotJudged(NO_OTHER_ORIGIN)
                return self.other_origin
            case Page.STRANGER:
                return MADE_UP_ORIGIN

    def _started(self, call: Call) -> tuple[SentEvent | None, Future[Observed]]:
        origin = self.origin_of(call)
        if reason := hindrance(origin, self.target.base):
            raise NotJudged(reason)
        sent = self.factory.valid() if call.with_event else None
        data = _batch(sent)
        script = Script(
            origin,
            self._code(call, data),
            sandboxed=call.page is Page.SANDBOX,
            leave=call.at_unload,
            proxy=self.proxy,
            seconds=call.requests * self.target.http_client.timeout,
            keep=self.one_page,
            permit=lambda: self._permit(call, len(data)),
        )
        return sent, self.browser.run(script)

    def _permit(self, call: Call, size: int) -> str:
        """Count the requests of a call; return why they must not be sent, or an empty text."""
        over, budget = self.target.http_client.times.over, self.target.http_client.budget
        if over is not None:
            return over.detail
        for length in (size, 0)[: call.requests]:
            if not budget.take(length):
                return budget.refusal(length)
        return ""

    def _made(self, call: Call) -> PageCall:
        begun = None if self.target.is_fresh_attempt else self._begun.pop(call, None)
        sent, future = begun or self._started(call)
        try:
            observed = result_of(future)
        except Unusable as reason:
            raise NotJudged(str(reason)) from None
        if self.target.http_client.is_stopped:
            raise NotJudged("the run was ended")
        wanted = "null" if call.page is Page.SANDBOX else self.origin_of(call)
        if observed.origin != wanted:
            raise NotJudged(
                f"the browser gives a page at {wanted} the origin {observed.origin}: pass the origin as browsers send it"
            )
        if call.at_unload:
            return self._left_page(call, sent, observed)
        outcome = outcome_of(observed.log)
        if outcome.hindrance:
            raise NotJudged(outcome.hindrance)
        return self._page_call(call, sent, observed, outcome)

    def _left_page(self, call: Call, sent: SentEvent | None, observed: Observed) -> PageCall:
        """Return a call whose requests the browser reports to nobody, because its page is gone."""
        request = Request("POST", self._url(call), self._plain_lines(call), _batch(sent))
        view = PageView(self._javascript(call, _batch(sent)), observed.origin, "", "the page was left")
        silence = NoReply("not seen", "a browser does not report the requests of a page that is gone")
        exchange = PageExchange(request, silence, 0.0, clock.now(), page=view)
        return PageCall(call, Outcome(Fate.READ), exchange, sent, None, None, "", None, (request,))

    def _page_call(
        self, call: Call, sent: SentEvent | None, observed: Observed, outcome: Outcome
    ) -> PageCall:
        post = observed.log.post()
        assert post is not None  # noqa: S101 - without it there is a hindrance
        preflight = observed.log.preflight(post)
        said = observed.said
        data = _batch(sent)
        content = str(said.get("body") or "").encode()
        asked = self._exchange(preflight, b"", NoReply("closed", outcome.error)) if preflight else None
        self._count(asked)
        none = NoReply("not sent" if outcome.fate is Fate.LOST else "closed", outcome.error)
        answered = self._exchange(post, data, none, content)
        view = PageView(
            self._javascript(call, data),
            observed.origin,
            str(said.get("said", "")),
            f"{outcome.fate}{f': {outcome.error}' if outcome.error else ''}",
            tuple(observed.console),
            asked,
        )
        exchange = PageExchange(**vars(answered), page=view)
        self._count(exchange)
        sent_ones = [one for one in (asked, exchange if post.sent else None) if one is not None]
        return PageCall(
            call,
            outcome,
            exchange,
            sent,
            said.get("status"),
            said.get("body"),
            str(said.get("broken", "")),
            preflight.ended - preflight.started if preflight is not None and preflight.ended else None,
            tuple(one.request for one in sent_ones),
            post.method,
        )

    def _count(self, exchange: Exchange | None) -> None:
        if exchange is not None:
            reply = exchange.reply
            self.target.http_client.timeline.add(exchange.at, reply.status if reply is not None else None)

    def _exchange(
        self, request: BrowserRequest, data: bytes, none: NoReply, content: bytes = b""
    ) -> Exchange:
        lines = request.lines or (("Origin", self.origin),)
        reply: Reply | None = request.reply(content)
        return Exchange(
            Request(request.first_method, request.first_url, lines, data),
            reply or none,
            max(0.0, request.ended - request.started),
            request.at or clock.now(),
        )

    def _code(self, call: Call, data: bytes) -> str:
        line = call.javascript(self._url(call), self.token_of(call), data.decode())
        code = UNLOAD_CODE if call.at_unload else BEACON_CODE if call.beacon else FETCH_CODE
        return code.format(call=line)

    def _javascript(self, call: Call, data: bytes) -> str:
        """Return a call as a person makes it in a console."""
        line = call.javascript(self._url(call), self.token_of(call), data.decode())
        if call.at_unload:
            return f'addEventListener("pagehide", () => {line}); location.href = "about:blank"'
        return line if call.beacon else f"{line}{CONSOLE}"

    def token_of(self, call: Call) -> str:
        """Return the token that a call sends."""
        known = (self.second_token if call.page is Page.OTHER else "") or self.target.token
        return known if call.known_token else UNKNOWN

    def _url(self, call: Call) -> str:
        in_query = call.token_in == "query"  # noqa: S105 - names a place
        return self.target.url(token=self.token_of(call)) if in_query else self.target.url()

    def _plain_lines(self, call: Call) -> tuple[tuple[str, str], ...]:
        return (("Content-Type", "application/json"), ("Origin", self.origin_of(call)))


def _batch(sent: SentEvent | None) -> bytes:
    return body([sent]) if sent is not None else json.dumps({"events": []}).encode()


def as_json(text: str | None) -> Any:
    """Return a text that a page read as JSON, or None if it is not JSON."""
    try:
        return parse_strictly((text or "").encode("utf-8", "replace"))
    except ValueError:
        return None
