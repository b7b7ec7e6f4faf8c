"""Decides from one reply to an ordinary event whether the application's ``/beacon`` answered; pure."""

from conformance.client import NoReply, Reply

OWN_ANSWERS = frozenset({*range(200, 300), 400, 415, 422})
"""Statuses that ``/beacon`` may send for a valid request with a known token, rightly or wrongly."""
ADVICE = {
    403: "check the firewall or address list in front of the target, and allow this machine",
    404: "check the host and path in --target; /beacon is appended to it",
    405: "check the host and path in --target; /beacon is appended to it",
    407: "a proxy in front of the target asks for a login: allow this machine without one",
    429: "requests are throttled: wait, or raise the limit for this machine",
    502: "the gateway answers, but the application behind it does not: start it, or wait",
    503: "the gateway answers, but the application behind it does not: start it, or wait",
    504: "the gateway answers, but the application behind it does not: start it, or wait",
}
"""What to do about a status that ``/beacon`` itself never sends for an ordinary event."""
OTHER_ADVICE = "check --target and the proxy or gateway in front of it"
CHECK_TOKEN = "check --token: it must be a token of store A in this environment"  # noqa: S105 - a text
CHECK_OTHER_TOKEN = "check --other-token: it must be a token of a second store in this environment"  # noqa: S105 - a text
UNAUTHENTICATED = 401


def refusal(
    outcome: Reply | NoReply, named: str = "its own token", check_token: str = CHECK_TOKEN
) -> tuple[str, str]:
    """Return what is wrong with the reply to an ordinary event, and what to do; both empty if ``/beacon`` answered.

    A success with a wrong status counts as an answer: the checks judge it. ``named`` and ``check_token`` say which token
    was sent, and what to do if it is unknown.
    """
    if isinstance(outcome, NoReply):
        return f"no reply ({outcome.kind}: {outcome.detail})", "check --target and the network"
    login = ", ".join(outcome.lines("www-authenticate"))
    if outcome.status == UNAUTHENTICATED and login and not _is_json(outcome):
        return (
            f"the answer is not from /beacon (status 401, it asks for a login: {login})",
            "check the login in front of the target, and allow this machine without one",
        )
    if outcome.status == UNAUTHENTICATED:
        return f"the target refuses {named} (401)", check_token
    media = ", ".join(outcome.lines("content-type")) or "no content type"
    if outcome.status in OWN_ANSWERS and "html" not in media:
        return "", ""
    to = ", ".join(outcome.lines("location"))
    observed = (
        f"the answer is not from /beacon (status {outcome.status}, {media}{f', to {to}' if to else ''})"
    )
    if 300 <= outcome.status < 400:  # noqa: PLR2004 - redirects
        return observed, "pass the URL that it redirects to as --target, without /beacon"
    return observed, ADVICE.get(outcome.status, OTHER_ADVICE)


def _is_json(reply: Reply) -> bool:
    return any("json" in line for line in reply.lines("content-type"))
