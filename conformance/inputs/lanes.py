"""Describes the requests of a burst: which of them share a connection, and which are sent at the same time."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of requests in a burst."""

    VALID = "a valid batch"
    NO_ENTRIES = "an empty batch"
    UNKNOWN_TOKEN = "a batch with an unknown token"  # noqa: S105 - no token
    NO_TOKEN = "a batch without a token"  # noqa: S105 - no token


EXPECTED = {Kind.VALID: 201, Kind.NO_ENTRIES: 422, Kind.UNKNOWN_TOKEN: 401, Kind.NO_TOKEN: 401}
"""The status of each kind; 201 stands for any success."""


@dataclass(frozen=True)
class Lane:
    """The requests of one connection: in each wave one of the same kind, with the same token and origin."""

    kind: Kind
    store: str
    """``a`` or ``b``; without a second token, the events for ``b`` are sent to ``a``, too."""
    origin: int | None
    """The number of its origin among those of its store; None for requests without one."""
    sizes: tuple[int, ...]
    """The number of events in each wave."""
    sessions: tuple[str, ...]
    """The session of each wave. Sessions return, and two connections use one of them at the same time."""
    turn: int = 0
    """Which place of the token they use: the usual one, or with 1 the second one."""


LANES = (
    Lane(Kind.VALID, "a", 0, (10, 3, 1), ("first", "first", "first")),
    Lane(Kind.VALID, "a", 1, (3, 10, 2), ("second", "second", "second")),
    Lane(Kind.VALID, "b", 0, (10, 2, 1), ("third", "third", "third"), turn=1),
    Lane(Kind.UNKNOWN_TOKEN, "a", 0, (2, 3, 1), ("refused", "refused", "refused"), turn=1),
    Lane(Kind.VALID, "a", None, (2, 1, 1), ("first", "fourth", "fourth")),
    Lane(Kind.NO_TOKEN, "a", 1, (1, 1, 2), ("refused", "refused", "refused")),
    Lane(Kind.VALID, "b", None, (3, 2, 2), ("fifth", "fifth", "fifth"), turn=1),
    Lane(Kind.NO_ENTRIES, "b", 0, (0, 0, 0), ("", "", ""), turn=1),
)
"""At most eight connections; small batches are last."""
INTERLEAVED = (
    (
        Lane(Kind.VALID, "a", 0, (2,), ("first half",)),
        Lane(Kind.VALID, "b", 0, (2,), ("between",)),
    ),
    (
        Lane(Kind.UNKNOWN_TOKEN, "a", 0, (2,), ("refused",)),
        Lane(Kind.VALID, "a", 1, (1,), ("between refused",)),
    ),
    (
        Lane(Kind.VALID, "a", 1, (1,), ("first half of one",)),
        Lane(Kind.NO_TOKEN, "b", 0, (1,), ("refused between",)),
    ),
)
"""Pairs of requests: the second one is sent whole between the halves of the first one."""
WAVES = (0, 1, 2)
QUICK_LANES, QUICK_WAVES, QUICK_PAIRS = 5, (0, 2), 2
"""A quick run uses the first lanes, in these waves, and the first pairs."""
