"""Tokens that a run sends in addition to those in its settings, and their names in reports."""

import re
from collections.abc import Callable
from dataclasses import dataclass

UNKNOWN = "conformance-token-that-no-store-has"
"""A token that no store has. It is not a secret, so reports show it."""


def half(token: str) -> str:
    """Return the first half of a token."""
    return token[: len(token) // 2]


def longer(token: str) -> str:
    """Return a token with a suffix."""
    return f"{token}conformance"


def one_changed(token: str) -> str:
    """Return a token with its middle character changed. Some encodings ignore bits of the last character, so it is not used."""
    middle = len(token) // 2
    return token[:middle] + ("x" if token[middle] != "x" else "y") + token[middle + 1 :]


def other_case(token: str) -> str:
    """Return a token with the case of its letters swapped; the token itself if it has no letters."""
    return token.swapcase()


def percent_encoded(token: str) -> str:
    """Return a token with every byte percent-encoded."""
    return "".join(f"%{byte:02X}" for byte in token.encode())


def any_letter(token: str) -> str:
    """Return a token with a character of its second half replaced by ``_``, which LIKE reads as any character."""
    altered = re.sub(rf"^(.{{{len(token) // 2}}}_*)[^_]", r"\1_", token, count=1)
    return altered if altered != token else f"{half(token)}%"


@dataclass(frozen=True)
class Alteration:
    """A way to alter a token, and how a report names the result without the token itself."""

    name: str
    """Its name in reports, before the alias of the token."""
    alter: Callable[[str], str]
    shell: str
    """A POSIX shell filter that does the same; ``{middle}`` is half the token's length."""


MATCHING: dict[str, tuple[str, Callable[[str], str]]] = {
    "any-letter-header": ("header", any_letter),
    "begins-query": ("query", lambda token: f"{half(token)}%"),
    "any-text-header": ("header", lambda _: "%"),
    "any-letter-query": ("query", any_letter),
    "begins-header": ("header", lambda token: f"{half(token)}*"),
    "any-text-query": ("query", lambda _: "*"),
    "regular-expression-header": ("header", lambda _: ".*"),
}
"""Texts that match a token as a pattern of SQL, of file names or of regular expressions, and where each is sent.

Each is in one place only, because a target looks up a token in the same way wherever it comes from.
"""
MEMBERS = {
    "header": ("constructor", "__proto__", "0", "keys", "undefined"),
    "query": ("toString", "length", "hasOwnProperty", "null"),
}
"""Names that objects of a language have, or that a look-up without a result becomes.

``__proto__`` is in no query: usual rules of firewalls take it there for an attack.
"""


ALTERATIONS = (
    Alteration("first half of", half, "cut -c1-{middle}"),
    Alteration(
        "one character changed in",
        one_changed,
        r"sed -e 's/^\(.\{{{middle}\}}\)x/\1y/' -e t -e 's/^\(.\{{{middle}\}}\)./\1x/'",
    ),
    Alteration("one letter left open in", any_letter, r"sed 's/^\(.\{{{middle}\}}_*\)[^_]/\1_/'"),
    Alteration("letter case swapped in", other_case, "tr 'a-zA-Z' 'A-Za-z'"),
    Alteration(
        "percent-encoded", percent_encoded, r"od -An -v -tx1 | tr -d ' \n' | tr a-f A-F | sed 's/../%&/g'"
    ),
)
