"""Finds the parts of an answer that depend on the request, by comparing several answers."""

from collections.abc import Sequence

from conformance.client.messages import Reply

VOLATILE = ("date", "age", "time", "duration", "timing", "elapsed", "latency", "bytes", "length")
"""Parts of the names of headers that differ between any two responses, or between requests of different sizes."""
NONE = "absent"
ABSENT = frozenset({NONE})


def differing_parts(usual: Sequence[Sequence[Reply]], other: Sequence[Reply]) -> dict[str, str]:
    """Return the parts of some replies that differ from every group of usual replies, with their values.

    A part is the status, the body or a header. It differs in two cases. Either each usual group has only one value of the
    part, and the other replies have none of these values; or every usual reply has the part, and no other reply has it.
    """
    groups, found = [_values(replies) for replies in usual], _values(other)
    names = sorted({name for values in (*groups, found) for name in values})
    return {
        name: " or ".join(sorted(found.get(name, ABSENT)))
        for name in names
        if _differs([values.get(name, ABSENT) for values in groups], found.get(name, ABSENT))
    }


def _values(replies: Sequence[Reply]) -> dict[str, frozenset[str]]:
    """Return the values of each part in some replies, without the headers that differ between any two responses."""
    parts = [_parts(reply) for reply in replies]
    names = {name for one in parts for name in one}
    return {name: frozenset(one.get(name, NONE) for one in parts) for name in names}


def _parts(reply: Reply) -> dict[str, str]:
    lines = {name.lower(): ", ".join(reply.lines(name)) for name, _ in reply.headers}
    steady = {name: text for name, text in lines.items() if not any(part in name for part in VOLATILE)}
    return {"status": str(reply.status), "body": reply.body.decode("utf-8", "replace"), **steady}


def _differs(usual: Sequence[frozenset[str]], found: frozenset[str]) -> bool:
    """Whether a part differs. A value that a usual group has, too, depends on something else, for example on the size."""
    is_steady = all(len(values) == 1 for values in usual)
    return found.isdisjoint(frozenset().union(*usual)) and (is_steady or found == ABSENT)
