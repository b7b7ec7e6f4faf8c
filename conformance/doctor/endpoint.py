"""Whether what answered is the application's ``/beacon``, told from one reply to an ordinary event: pure."""

from conformance.client import NoReply, Reply

OWN_ANSWERS = frozenset({*range(200, 300), 400, 415, 422})
"""Statuses of a valid request by which an endpoint that knows the token shows itself, right or wrong."""
TODO = {
    403: "look at what stands in front of it (a firewall, a list of addresses) and let this machine through",
    404: "check --target's host and path: /beacon is appended to it",
    405: "check --target's host and path: /beacon is appended to it",
    407: "look at what stands in front of it: a proxy wants a login",
    429: "it is throttled: wait, or have the limit raised for this machine",
    502: "the gateway is there and the application behind it is not: start it, or wait",
    503: "the gateway is there and the application behind it is not: start it, or wait",
    504: "the gateway is there and the application behind it is not: start it, or wait",
}
"""What to do about a status that no ``/beacon`` answers to an ordinary event."""
ELSE = "check --target, or what stands in front of it"
UNAUTHENTICATED = 401


def refusal(outcome: Reply | NoReply) -> tuple[str, str]:
    """Return what is wrong with the reply to an ordinary event, and what to do; nothing where ``/beacon`` is there.

    A wrong status for a success is none of it: that is for the checks to judge.
    """
    if isinstance(outcome, NoReply):
        return f"no reply ({outcome.kind}: {outcome.detail})", "check --target and the network"
    login = ", ".join(outcome.lines("www-authenticate"))
    if outcome.status == UNAUTHENTICATED and login and not _is_json(outcome):
        return (
            f"no /beacon answered there (status 401, it wants a login: {login})",
            "look at what stands in front of it, and let this machine through",
        )
    if outcome.status == UNAUTHENTICATED:
        return "the target refuses its own token (401)", "check --token: it is store A's, of this environment"
    media = ", ".join(outcome.lines("content-type")) or "no content type"
    if outcome.status in OWN_ANSWERS and "html" not in media:
        return "", ""
    to = ", ".join(outcome.lines("location"))
    observed = f"no /beacon answered there (status {outcome.status}, {media}{f', to {to}' if to else ''})"
    if 300 <= outcome.status < 400:  # noqa: PLR2004 - redirects
        return observed, "give the URL that it redirects to as --target, without /beacon"
    return observed, TODO.get(outcome.status, ELSE)


def _is_json(reply: Reply) -> bool:
    return any("json" in line for line in reply.lines("content-type"))
