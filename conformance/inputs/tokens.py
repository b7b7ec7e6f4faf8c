"""The tokens that probes send beside those that a run was told, and what each is called in reports."""

from collections.abc import Callable
from dataclasses import dataclass

UNKNOWN = "conformance-token-that-no-store-has"
"""A token that no store has; it is no secret, so it stands in reports as it is."""


def half(token: str) -> str:
    """Return the first half of a token."""
    return token[: len(token) // 2]


def longer(token: str) -> str:
    """Return a token with a tail."""
    return f"{token}conformance"


def one_changed(token: str) -> str:
    """Return a token with one character changed, in its middle: some encodings ignore bits of the last one."""
    middle = len(token) // 2
    return token[:middle] + ("x" if token[middle] != "x" else "y") + token[middle + 1 :]


def other_case(token: str) -> str:
    """Return a token with the case of its letters swapped; equal to the token where it has none."""
    return token.swapcase()


def percent_encoded(token: str) -> str:
    """Return a token with every byte percent-encoded, which is the same value to whoever decodes."""
    return "".join(f"%{byte:02X}" for byte in token.encode())


@dataclass(frozen=True)
class Alteration:
    """A way to send a token altered, and what shows it without showing the token."""

    name: str
    """What reports call it, before the token's own alias."""
    alter: Callable[[str], str]
    shell: str
    """A POSIX shell filter that does the same; ``{middle}`` stands for half the token's length."""


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
