"""Identifiers of events: ULIDs, and UUIDs of each version in RFC 9562. Each is made from a random UUID, so that it is as unique."""

import random
import uuid
from collections.abc import Callable

from conformance.client import clock

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SINCE_1582 = 0x01B21DD213814000
"""Ticks of 100 nanoseconds from the beginning of the Gregorian calendar to 1970."""
VARIANT_AND_RANDOM = (1 << 64) - 1
VERSION = 76
"""The place of a UUID's version, in bits from its end."""


def ulid(mark: str) -> str:
    """Return a ULID for the current time. Its random part is computed from a mark."""
    milliseconds = int(clock.utc_now().timestamp() * 1000)
    number = milliseconds << 80 | random.Random(mark).getrandbits(80)  # noqa: S311 - an identity, not a secret
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def _named(version: int) -> Callable[[str], str]:
    """Return a function that makes a UUID from the hash of a name; its bits look random."""
    return lambda value: str(uuid.UUID(int=uuid.UUID(value).int & ~(0xF << VERSION) | version << VERSION))


def _by_clock(value: str) -> str:
    ticks, rest = clock.time_ns() // 100 + SINCE_1582, uuid.UUID(value).int & VARIANT_AND_RANDOM
    low, middle, high = ticks & 0xFFFFFFFF, ticks >> 32 & 0xFFFF, ticks >> 48 & 0xFFF
    return str(uuid.UUID(int=low << 96 | middle << 80 | 1 << VERSION | high << 64 | rest))


def _by_clock_in_order(value: str) -> str:
    ticks, rest = clock.time_ns() // 100 + SINCE_1582, uuid.UUID(value).int & VARIANT_AND_RANDOM
    return str(uuid.UUID(int=ticks >> 12 << 80 | 6 << VERSION | (ticks & 0xFFF) << 64 | rest))


def _by_milliseconds(value: str) -> str:
    rest = uuid.UUID(value).int & ((1 << VERSION) - 1)
    return str(uuid.UUID(int=clock.time_ns() // 1_000_000 << 80 | 7 << VERSION | rest))


ID_FORMS: dict[str, Callable[[str], str]] = {
    "ULID": ulid,
    "UUID version 1": _by_clock,
    "UUID version 3": _named(3),
    "UUID version 4": str,
    "UUID version 5": _named(5),
}
"""Functions that make an id in each old and common form from a random UUID."""
ID_SPELLINGS: dict[str, Callable[[str], str]] = {
    "UUID version 6": _by_clock_in_order,
    "UUID version 7": _by_milliseconds,
    "UUID in capitals": str.upper,
    "ULID in small letters": lambda value: ulid(value).lower(),
}
"""The versions of RFC 9562 that older readers do not know, and the letter case that readers should ignore."""
