"""Finds the parts of answers that depend on the request, by comparing several answers.

Which parts differ between any two answers is measured and never guessed from a header's name: if the answers to equal
requests differ in a part, only what those answers have in common is compared.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence

from conformance.client.messages import Reply

Lines = tuple[str, ...]
"""The lines of one part of an answer; empty if the answer does not have it."""
Parts = dict[str, Lines]

NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
WHOLE_NUMBER = re.compile(rf"(?<![\w.-]){NUMBER.pattern}(?![\w.-])")
"""A number that is not a part of a word or of an identifier."""
RUN = re.compile(r"[\w~+/.:-]++(?:={1,2}(?=$|[\s,;\"]))?")
HEXADECIMAL = re.compile(r"\b[0-9a-fA-F]{6,}+\b(?:={1,2}$)?")
WORD = re.compile(r"[\w~+/.%-]+(?:={1,2}(?=$|[\s,;\"]))?")
MOST_NUMBERS = 50
"""The numbers of one part that are compared one by one."""
ABSENT = "absent"


def _without(pattern: re.Pattern[str]) -> Callable[[Lines], Hashable]:
    return lambda lines: tuple(pattern.sub("0", line) for line in lines)


def _without_identifiers(lines: Lines) -> Hashable:
    """Replace what has a digit or is hexadecimal. Two patterns: one for both would take the square of a line's length."""
    return tuple(RUN.sub(_without_identifier, line) for line in lines)


def _without_identifier(run: re.Match[str]) -> str:
    return "0" if re.search(r"\d", run[0]) else HEXADECIMAL.sub("0", run[0])


PRECISIONS: tuple[Callable[[Lines], Hashable], ...] = (
    lambda lines: lines,
    _without(NUMBER),
    _without_identifiers,
    _without(WORD),
    lambda lines: tuple(bool(line.strip()) for line in lines),
)
"""What is compared of a part: all of it, or all but its numbers, its identifiers, its words, or only how many lines it has."""


def differing_parts(
    usual: Sequence[Reply], other: Sequence[Reply], also: Sequence[Reply] = ()
) -> dict[str, str]:
    """Return the parts in which each of some replies differs from all usual ones, with their values.

    A part is the status with its reason phrase, the body or a header. The ``usual`` replies answer equal requests. A part is
    compared as precisely as they allow: every value has to occur in two of them. A value that one of the replies in ``also``
    has is usual, too: a header may depend on the size of the request.
    """
    measured, known = [_parts(reply) for reply in usual], [_parts(reply) for reply in also]
    found = [_parts(reply) for reply in other]
    names = sorted({name for parts in (*measured, *found) for name in parts})
    differing = [name for name in names if _differs(name, measured, known, found)]
    shown = dict.fromkeys(name.partition("\n")[0] for name in differing)
    return {name: " or ".join(sorted({_text(parts, name) for parts in found})) for name in shown}


def _differs(name: str, measured: Sequence[Parts], known: Sequence[Parts], found: Sequence[Parts]) -> bool:
    for precise in PRECISIONS:
        seen = Counter(precise(parts.get(name, ())) for parts in measured)
        if all(count > 1 for count in seen.values()):
            usual = seen.keys() | {precise(parts.get(name, ())) for parts in known}
            return all(precise(parts.get(name, ())) not in usual for parts in found)
    return False


def _parts(reply: Reply) -> Parts:
    """Return the parts of a reply, and each number in its headers and body as another part."""
    body = reply.body.decode("utf-8", "replace")
    parts: Parts = {"body": (body,) if body else ()}
    for name in {name.lower() for name, _ in reply.headers}:
        parts[name] = tuple(reply.lines(name))
    numbers = {
        f"{name}\n{_without(WORD)(lines)}\n{place}": (number,)
        for name, lines in parts.items()
        for place, number in enumerate(WHOLE_NUMBER.findall("\n".join(lines))[:MOST_NUMBERS])
    }
    return {"status": (f"{reply.status} {reply.reason}".rstrip(),), **parts, **numbers}


def _text(parts: Parts, name: str) -> str:
    return ", ".join(parts[name]) or "empty" if parts.get(name) else ABSENT
