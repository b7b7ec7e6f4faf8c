"""Tokens that are sent besides those of the run's settings, and their names in reports."""

from collections.abc import Callable
from dataclasses import dataclass

UNKNOWN = "conformance-token-that-no-store-has"
"""A token that no store has. It is not a secret, so reports show it."""


def half(token: str) -> str:
    """Return the first half of a token."""
    return token[: len(token) // 2]


def longer(token: str) -> str:
    """Return a token with a tail."""
    return f"{token}conformance"


def one_changed(token: str) -> str:
    """Return a token with one character in its middle changed: some encodings ignore bits of the last one."""
    middle = len(token) // 2
    return token[:middle] + ("x" if token[middle] != "x" else "y") + token[middle + 1 :]


def other_case(token: str) -> str:
    """Return a token with the case of its letters swapped; equal to the token where it has none."""
    return token.swapcase()


def percent_encoded(token: str) -> str:
    """Return a token with every byte percent-encoded: decoded, it is the same value."""
    return "".join(f"%{byte:02X}" for byte in token.encode())


@dataclass(frozen=True)
class Alteration:
    """A way to alter a token, and how a report repeats it without the token itself."""

    name: str
    """Its name in reports, which the token's own alias follows."""
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
