"""Decides from one reply to an ordinary event what answered it: the application, or something in front of it; pure."""

from enum import Enum, auto
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from conformance.client import THROTTLING, NoReply, Reply, is_page, page_in_words
from conformance.doctor.gates import client_certificate, redirect_advice
from conformance.doctor.silence import silence_advice

SUCCESS = range(200, 300)
REDIRECTS = range(300, 400)
SERVER_ERRORS = (500, 501)
UNAUTHENTICATED, FORBIDDEN, UNAVAILABLE = 401, 403, 503
BRISK = 20.0
"""Requests a second, if a run has no limit."""
REFUSED = frozenset({400, 406, 411, 413, 415, 419, 422})
"""Statuses with which an application refuses an ordinary event, wrongly."""
GUARDS = ("csrf", "xsrf", "forgery", '"path":"/beacon', '"path": "/beacon')
"""Words in a 403 of an application's own guard, which a gate in front of it does not write."""
BEHIND = (
    "the gateway answers, but the application behind it does not: start it, or wait for it with --wait 60"
)
ADVICE = {
    403: "check the firewall or address list in front of the target, and allow this machine",
    404: "check the host and path in --target; /beacon is appended to it",
    405: "check the host and path in --target; /beacon is appended to it",
    407: "a proxy in front of the target asks for a login: allow this machine without one",
    426: "the target speaks another version of HTTP only: let it speak HTTP/1.1, too",
    464: "the target speaks another version of HTTP only: let it speak HTTP/1.1, too",
    495: "the target does not accept the client's certificate: pass one that it accepts with --client-cert",
    496: "the target asks for a client's certificate: pass it with --client-cert",
    502: BEHIND,
    504: BEHIND,
    505: "the target speaks another version of HTTP only: let it speak HTTP/1.1, too",
}
"""What to do about a status that ``/beacon`` itself never sends for an ordinary event."""
OTHER_ADVICE = "check --target and the proxy or gateway in front of it"
JUDGED_ANYWAY = "check --target and what is in front of it; a run judges it anyway"
CHECK_TOKEN = "check --token: it must be a token of store A in this environment"  # noqa: S105 - a text
CHECK_OTHER_TOKEN = "check --other-token: it must be a token of a second store in this environment"  # noqa: S105 - a text


class From(Enum):
    """What sent an answer, and whether a run can judge it."""

    ENDPOINT = auto()
    """``/beacon`` accepted the event."""
    APPLICATION = auto()
    """It may be the application's own mistake, so a run judges it."""
    ELSEWHERE = auto()
    """Nothing can be judged: no connection, a gate in front of the application, or a refused token."""


class Answer(NamedTuple):
    """What answered an ordinary event."""

    source: From
    observed: str = ""
    """What is wrong with the answer; empty if nothing is."""
    advice: str = ""


def classify(
    outcome: Reply | NoReply,
    url: str,
    named: str = "its own token",
    check_token: str = CHECK_TOKEN,
    rate: float | None = None,
) -> Answer:
    """Return what answered an ordinary event that was sent to ``url``.

    ``named`` and ``check_token`` say which token was sent, and what to do if it is unknown; ``rate`` is how many requests a
    second the run may send.
    """
    if isinstance(outcome, NoReply):
        observed = f"no reply ({outcome.kind}: {outcome.detail})"
        return Answer(From.ELSEWHERE, observed, silence_advice(outcome, url))
    if advice := _throttled(outcome, rate) or client_certificate(outcome):
        return not_from_beacon(outcome, advice)
    if outcome.status in SUCCESS:
        page = is_page(outcome)
        observed = f"the answer is an HTML page ({_named(outcome)})"
        return Answer(From.APPLICATION, observed, JUDGED_ANYWAY) if page else Answer(From.ENDPOINT)
    if outcome.status == UNAUTHENTICATED:
        return _unauthenticated(outcome, named, check_token)
    return _redirect(outcome, url) if outcome.status in REDIRECTS else _refusal(outcome)


def _unauthenticated(reply: Reply, named: str, check_token: str) -> Answer:
    login = ", ".join(reply.lines("www-authenticate"))
    is_json = any("json" in line for line in reply.lines("content-type"))
    if login and not is_json:
        return Answer(
            From.ELSEWHERE,
            f"the answer is not from /beacon (status 401, it asks for a login: {login})",
            "a login is asked for in front of the target: pass it with --headers 'Authorization: …', or allow this machine without one",
        )
    return Answer(From.ELSEWHERE, f"the target refuses {named} (401)", check_token)


def _refusal(reply: Reply) -> Answer:
    if reply.status in REFUSED or reply.status in SERVER_ERRORS or _is_own_guard(reply):
        return Answer(From.APPLICATION, f"an ordinary event is refused ({_named(reply)})", JUDGED_ANYWAY)
    return not_from_beacon(reply, ADVICE.get(reply.status, OTHER_ADVICE))


def not_from_beacon(reply: Reply, advice: str) -> Answer:
    """Return that a reply is not from the application."""
    return Answer(From.ELSEWHERE, f"the answer is not from /beacon ({_named(reply)})", advice)


def _redirect(reply: Reply, url: str) -> Answer:
    """Return what a redirect means: to another path of the same host, it may be the application's own mistake."""
    target = ", ".join(reply.lines("location"))
    there, here = urlsplit(urljoin(url, target)), urlsplit(url)
    if target and (there.scheme, there.netloc) == (here.scheme, here.netloc):
        advice = f"{redirect_advice(url, target) or 'serve /beacon itself, without a redirect'}; a run judges it anyway"
        return Answer(From.APPLICATION, f"an ordinary event is redirected ({_named(reply)})", advice)
    return not_from_beacon(
        reply,
        redirect_advice(url, target) or "pass the URL that it redirects to as --target, without /beacon",
    )


def _is_own_guard(reply: Reply) -> bool:
    text = reply.body[:20_000].decode("utf-8", "replace").lower()
    return reply.status == FORBIDDEN and any(word in text for word in GUARDS)


def _named(reply: Reply) -> str:
    media = page_in_words(reply) if is_page(reply) else ", ".join(reply.lines("content-type"))
    to = ", ".join(reply.lines("location"))
    return f"status {reply.status}, {media or 'no content type'}{f', to {to}' if to else ''}"


def _throttled(reply: Reply, rate: float | None) -> str:
    """Return what to do about a 429 or 503, with a number; empty for another status."""
    if reply.status not in THROTTLING:
        return ""
    slower = max(1, int((rate or BRISK) / 4))
    after = next((f" in {text} s" for text in reply.lines("retry-after") if text.isdecimal()), "")
    advice = f"run again{after or ' later'} with --max-rate {slower}, or raise the limit for this machine"
    if reply.status == UNAVAILABLE:
        return f"{BEHIND}. Some rate limits send 503, too: then {advice}"
    return f"requests are throttled: {advice}"
