"""Tokens that a run sends in addition to those in its settings, and their names in reports."""

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


@dataclass(frozen=True)
class Alteration:
    """A way to alter a token, and how a report names the result without the token itself."""

    name: str
    """Its name in reports, before the alias of the token."""
    alter: Callable[[str], str]
    shell: str
    """A POSIX shell filter that does the same; ``{middle}`` is half the token's length."""


ALTERATIONS = (
    Alteration("first half of", half, "cut -c1-{middle}"),
    Alteration(
        "one character changed in",
        one_changed,
        r"sed -e 's/^\(.\{{{middle}\}}\)x/\1y/' -e t -e 's/^\(.\{{{middle}\}}\)./\1x/'",
    ),
    Alteration("letter case swapped in", other_case, "tr 'a-zA-Z' 'A-Za-z'"),
    Alteration(
        "percent-encoded", percent_encoded, r"od -An -v -tx1 | tr -d ' \n' | tr a-f A-F | sed 's/../%&/g'"
    ),
)
